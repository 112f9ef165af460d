package io.holisticos.pages;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A language that pages of ours are written in. */
enum Language {
    ENGLISH("en"),
    GERMAN("de");

    /** Browsers send far less, and what is longer takes long to read. */
    private static final int LONGEST = 200;

    private final String tag;

    Language(String tag) {
        this.tag = tag;
    }

    /** As HTML and the names of text files have it. */
    String tag() {
        return tag;
    }

    /**
     * The language that a browser likes best of ours; English for one that likes none of them, or does not say.
     *
     * @param acceptLanguage the header field of that name; one that cannot be read, or is very long, says nothing
     */
    static Language wantedBy(@Nullable String acceptLanguage) {
        return rangesOf(acceptLanguage).stream()
                .filter(range -> range.getWeight() > 0)
                .map(range -> of(range.getRange()))
                .flatMap(Optional::stream)
                .findFirst()
                .orElse(ENGLISH);
    }

    private static List<Locale.LanguageRange> rangesOf(@Nullable String acceptLanguage) {
        if (acceptLanguage == null || acceptLanguage.length() > LONGEST) {
            return List.of();
        }
        try {
            return Locale.LanguageRange.parse(acceptLanguage);
        } catch (RuntimeException malformed) { // of "-" JDK 17 reads past the end of an array
            return List.of();
        }
    }

    /** Of {@code de-AT} the first part counts. */
    private static Optional<Language> of(String range) {
        String first = range.split("-", 2)[0];
        return first.equals("*")
                ? Optional.of(ENGLISH)
                : Stream.of(values())
                        .filter(language -> language.tag.equals(first))
                        .findFirst();
    }
}
