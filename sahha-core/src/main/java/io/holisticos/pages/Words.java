package io.holisticos.pages;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The texts of a page in the language of its reader; templates ask it. */
public final class Words {

    private final Language language;
    private final Map<String, Text> texts;

    Words(Language language, Map<String, Text> texts) {
        this.language = language;
        this.texts = texts;
    }

    /** As HTML has it: {@code en}. */
    public String language() {
        return language.tag();
    }

    /** The texts whose keys begin like this, with their placeholders as they are written, for a script that fills them. */
    public SortedMap<String, String> written(String beginning) {
        SortedMap<String, String> written = new TreeMap<>();
        texts.forEach((key, text) -> {
            if (key.startsWith(beginning)) {
                written.put(key, text.written());
            }
        });
        return written;
    }

    /** A text without placeholders. */
    public String text(String key) {
        return parts(key, Map.of()).stream().map(Text.Part::text).collect(Collectors.joining());
    }

    /**
     * A text in parts; the layout's macro {@code say} puts them together.
     *
     * @throws IllegalArgumentException when there is no such text, or no value for one of its placeholders
     */
    public List<Text.Part> parts(String key, Map<String, ?> values) {
        Text text = texts.get(key);
        if (text == null) {
            throw new IllegalArgumentException("no text " + key);
        }
        return text.filledWith(values);
    }
}
