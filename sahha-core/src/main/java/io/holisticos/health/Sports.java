package io.holisticos.health;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Tells whether two words for a sport can mean the same activity. Which words do stands in {@code sports.yml}, which a person
 * can read and extend. Immutable.
 */
public final class Sports {

    private static final String NAME = "sports.yml";

    /** The table that this version comes with. */
    public static final Table TABLE = shipped();

    private final List<String> prefixes;
    private final Set<String> general;
    private final Map<String, Set<String>> groupsOf = new HashMap<>();

    /** The content of the file. */
    public record Table(List<String> prefixes, List<String> general, Map<String, List<String>> groups) {}

    /** @throws IllegalArgumentException when the table contradicts itself */
    Sports(Table table) {
        this.prefixes = table.prefixes().stream().map(Sports::plain).toList();
        this.general = table.general().stream().map(this::word).collect(Collectors.toUnmodifiableSet());
        table.groups().forEach(this::add);
    }

    /** By the table that this version comes with. */
    public static Sports read() {
        return new Sports(TABLE);
    }

    private static Table shipped() {
        YAMLMapper mapper = YAMLMapper.builder()
                .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                .build();
        try (InputStream file = Sports.class.getResourceAsStream(NAME)) {
            return mapper.readValue(file, Table.class);
        } catch (IOException e) {
            throw new UncheckedIOException(NAME + " cannot be read", e);
        }
    }

    /** Whether these words, of whatever sources, can mean the same activity. */
    public boolean areCompatible(String one, String other) {
        String first = word(one);
        String second = word(other);
        return first.equals(second)
                || isGeneral(first)
                || isGeneral(second)
                || !Collections.disjoint(groupsOf(first), groupsOf(second));
    }

    private void add(String group, List<String> words) {
        Set<String> known = new HashSet<>();
        for (String written : words) {
            String word = word(written);
            if (isGeneral(word)) {
                throw new IllegalArgumentException(
                        NAME + ": " + written + " of group " + group + " is a general word, and goes with all groups");
            }
            if (!known.add(word)) {
                throw new IllegalArgumentException(NAME + ": group " + group + " names " + written + " twice");
            }
            groupsOf.computeIfAbsent(word, any -> new HashSet<>()).add(group);
        }
    }

    /** Nothing at all says as little as a general word. */
    private boolean isGeneral(String word) {
        return word.isEmpty() || general.contains(word);
    }

    private Collection<String> groupsOf(String word) {
        return groupsOf.getOrDefault(word, Set.of());
    }

    private String word(String written) {
        String plain = plain(written);
        return prefixes.stream()
                .filter(prefix -> plain.startsWith(prefix) && plain.length() > prefix.length())
                .map(prefix -> plain.substring(prefix.length()))
                .findFirst()
                .orElse(plain);
    }

    private static String plain(String written) {
        StringBuilder plain = new StringBuilder(written.length());
        written.toLowerCase(Locale.ROOT)
                .codePoints()
                .filter(Character::isLetterOrDigit)
                .forEach(plain::appendCodePoint);
        return plain.toString();
    }
}
