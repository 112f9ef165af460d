package io.holisticos.pages;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The texts of some pages, by language: files {@code texts_en.properties} and {@code texts_de.properties} (UTF-8) beside a class.
 * All languages have the same texts with the same placeholders, or the start ends.
 */
final class Texts {

    private final Map<Language, Map<String, Text>> byLanguage;

    private Texts(Map<Language, Map<String, Text>> byLanguage) {
        this.byLanguage = byLanguage;
    }

    /** @throws IllegalStateException when a file is missing, or the files do not agree */
    static Texts beside(Class<?> type) {
        Map<Language, Map<String, Text>> all = new EnumMap<>(Language.class);
        for (Language language : Language.values()) {
            all.put(language, read(type, language));
        }
        Texts texts = new Texts(all);
        texts.requireAgreement(type.getPackageName());
        return texts;
    }

    /** These texts, and for what they have none those others. */
    Texts before(Texts others) {
        Map<Language, Map<String, Text>> all = new EnumMap<>(Language.class);
        for (Language language : Language.values()) {
            Map<String, Text> both = new HashMap<>(others.of(language));
            both.putAll(of(language));
            all.put(language, both);
        }
        return new Texts(all);
    }

    Words in(Language language) {
        return new Words(language, of(language));
    }

    private Map<String, Text> of(Language language) {
        return byLanguage.getOrDefault(language, Map.of());
    }

    private static Map<String, Text> read(Class<?> type, Language language) {
        String file = "texts_" + language.tag() + ".properties";
        Properties lines = new Properties();
        try (InputStream found = type.getResourceAsStream(file)) {
            if (found == null) {
                throw new IllegalStateException(type.getPackageName() + " has no " + file);
            }
            lines.load(new InputStreamReader(found, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, Text> texts = new HashMap<>();
        lines.stringPropertyNames().forEach(key -> texts.put(key, Text.of(lines.getProperty(key))));
        return texts;
    }

    private void requireAgreement(String where) {
        Map<String, Text> english = of(Language.ENGLISH);
        for (Language language : Language.values()) {
            Map<String, Text> texts = of(language);
            var keys = new TreeSet<>(english.keySet());
            keys.addAll(texts.keySet());
            for (String key : keys) {
                if (!sameGaps(english.get(key), texts.get(key))) {
                    throw new IllegalStateException("texts of " + where + " do not agree in en and " + language.tag()
                            + ": " + key + " is missing, or has other placeholders");
                }
            }
        }
    }

    private static boolean sameGaps(@Nullable Text one, @Nullable Text other) {
        return one != null && other != null && one.gaps().equals(other.gaps());
    }
}
