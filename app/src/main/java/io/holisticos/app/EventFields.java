package io.holisticos.app;

import ch.qos.logback.classic.spi.ILoggingEvent;
import java.util.LinkedHashMap;
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

    private EventFields() {}

    static boolean isOurs(@Nullable String text) {
        return text != null && text.startsWith("event=");
    }

    /** Whether the text has nothing but fields. */
    static boolean areAll(String text) {
        return FIELD.matcher(text).replaceAll("").isBlank();
    }

    /** Empty for a line that is not ours. */
    static Map<String, Object> of(ILoggingEvent line) {
        return of(line.getMessage(), line.getArgumentArray());
    }

    /** @param arguments the values for the placeholders of the text */
    static Map<String, Object> of(@Nullable String text, @Nullable Object @Nullable [] arguments) {
        Map<String, Object> fields = new LinkedHashMap<>();
        if (text == null || !isOurs(text)) {
            return fields;
        }
        Values values = new Values(arguments);
        Matcher field = FIELD.matcher(text);
        int read = 0;
        while (field.find()) {
            values.skipIn(text.substring(read, field.start()));
            read = field.end();
            String quoted = field.group(2);
            fields.put(field.group(1), values.filled(quoted == null ? field.group(3) : quoted));
        }
        return fields;
    }

    /** The arguments of the text, from left to right. */
    private static final class Values {

        private final @Nullable Object @Nullable [] values;
        private int next;

        Values(@Nullable Object @Nullable [] values) {
            this.values = values;
        }

        void skipIn(String text) {
            for (int at = text.indexOf(PLACE); at >= 0; at = text.indexOf(PLACE, at + PLACE.length())) {
                next++;
            }
        }

        /** Numbers and booleans keep their type when they stand alone. */
        Object filled(String text) {
            if (text.equals(PLACE)) {
                Object value = take();
                return value instanceof Number || value instanceof Boolean ? value : String.valueOf(value);
            }
            StringBuilder filled = new StringBuilder();
            int read = 0;
            for (int at = text.indexOf(PLACE); at >= 0; at = text.indexOf(PLACE, read)) {
                filled.append(text, read, at).append(take());
                read = at + PLACE.length();
            }
            return filled.append(text.substring(read)).toString();
        }

        private @Nullable Object take() {
            int index = next++;
            return values != null && index < values.length ? values[index] : PLACE;
        }
    }
}
