package io.holisticos.app.admin.prometheus;

import java.util.Locale;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Dropwizard's names and values in Prometheus's forms. */
final class Words {

    private static final Pattern RESERVED = Pattern.compile("_(total|created|bucket|info|count|sum)$");

    private Words() {}

    /**
     * Lower case, with words separated by single underscores. A leading digit gets an underscore in front, and an
     * ending that Prometheus reserves gets {@code _value} behind it.
     */
    static String ofPrometheus(String name) {
        String words = name.replace("%d", "") // the number of an executor's thread
                .replaceAll("([a-z0-9])([A-Z])", "$1_$2")
                .replaceAll("[^A-Za-z0-9]+", "_")
                .toLowerCase(Locale.ROOT);
        String whole = RESERVED.matcher(words).find() ? words + "_value" : words;
        return Character.isDigit(whole.charAt(0)) ? "_" + whole : whole;
    }

    /** A number, or a truth as 1 or 0; empty for everything else. */
    static OptionalDouble number(@Nullable Object value) {
        if (value instanceof Number number) {
            return OptionalDouble.of(number.doubleValue());
        }
        return value instanceof Boolean yes ? OptionalDouble.of(yes ? 1 : 0) : OptionalDouble.empty();
    }
}
