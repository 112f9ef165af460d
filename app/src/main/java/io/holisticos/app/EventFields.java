package io.holisticos.app;

import ch.qos.logback.classic.spi.ILoggingEvent;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a line {@code event=name key=value key="two words"}. Keys are read from the text in the code, never
 * from its arguments, so a value that looks like {@code key=value} adds no field.
 */
final class EventFields {

    private static final Pattern FIELD = Pattern.compile("([a-z][a-z0-9_]*)=(?:\"([^\"]*)\"|(\\S*))");
    private static final String PLACE = "{}";

    /** What texts in the code say, by the text: there are a few hundred of them, each logged again and again. */
    private static final Cache<String, Template> TEMPLATES =
            Caffeine.newBuilder().maximumSize(1_000).build();

    private EventFields() {}

    static boolean isOurs(@Nullable String text) {
        return text != null && text.startsWith("event=");
    }

    /** Whether the text has nothing but fields. */
    static boolean areAll(String text) {
        return Template.of(text).hasNothingElse();
    }

    /** Empty for a line that is not ours. */
    static Map<String, Object> of(ILoggingEvent line) {
        return of(line.getMessage(), line.getArgumentArray());
    }

    /** @param arguments the values for the placeholders of the text */
    static Map<String, Object> of(@Nullable String text, @Nullable Object @Nullable [] arguments) {
        Map<String, Object> fields = new LinkedHashMap<>();
        if (text != null && isOurs(text)) {
            for (Field field : Template.of(text).fields()) {
                fields.put(field.key(), field.filled(arguments));
            }
        }
        return fields;
    }

    /** What a text in the code says: its fields, and whether it has words beside them. */
    private record Template(List<Field> fields, boolean hasNothingElse) {

        static Template of(String text) {
            return TEMPLATES.get(text, Template::parse);
        }

        private static Template parse(String text) {
            List<Field> fields = new ArrayList<>();
            Matcher field = FIELD.matcher(text);
            int argument = 0;
            int read = 0;
            while (field.find()) {
                argument += places(text.substring(read, field.start()));
                read = field.end();
                String value = field.group(2) == null ? field.group(3) : field.group(2);
                fields.add(new Field(field.group(1), List.of(value.split(Pattern.quote(PLACE), -1)), argument));
                argument += places(value);
            }
            return new Template(fields, FIELD.matcher(text).replaceAll("").isBlank());
        }

        private static int places(String text) {
            return text.split(Pattern.quote(PLACE), -1).length - 1;
        }
    }

    /**
     * A field of a text.
     *
     * @param words the words between the placeholders of its value
     * @param firstArgument which of the line's arguments fills the first placeholder
     */
    private record Field(String key, List<String> words, int firstArgument) {

        /** Numbers and booleans keep their type when they stand alone. */
        Object filled(@Nullable Object @Nullable [] arguments) {
            if (words.size() == 1) {
                return words.get(0);
            }
            if (words.size() == 2 && words.get(0).isEmpty() && words.get(1).isEmpty()) {
                Object value = argument(arguments, 0);
                return value instanceof Number || value instanceof Boolean ? value : String.valueOf(value);
            }
            StringBuilder filled = new StringBuilder(words.get(0));
            for (int i = 1; i < words.size(); i++) {
                filled.append(argument(arguments, i - 1)).append(words.get(i));
            }
            return filled.toString();
        }

        private @Nullable Object argument(@Nullable Object @Nullable [] arguments, int place) {
            int index = firstArgument + place;
            return arguments != null && index < arguments.length ? arguments[index] : PLACE;
        }
    }
}
