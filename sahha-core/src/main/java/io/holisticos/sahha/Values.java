package io.holisticos.sahha;

import java.math.BigDecimal;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import org.jspecify.annotations.Nullable;

/** How Sahha writes numbers and times. */
final class Values {

    /** With or without seconds, fraction and offset; a space may stand for the T. */
    static final DateTimeFormatter TIME = new DateTimeFormatterBuilder()
            .parseLenient()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .appendPattern("['T'][' ']")
            .append(DateTimeFormatter.ISO_LOCAL_TIME)
            .optionalStart()
            .appendOffset("+HH:MM", "Z")
            .optionalEnd()
            .toFormatter();

    private static final int MAX_LENGTH = 40;

    private Values() {}

    /** The number a text holds, such as {@code 0.} or {@code 8140}; null when it holds none. */
    static @Nullable BigDecimal number(@Nullable String text) {
        if (text == null || text.length() > MAX_LENGTH) {
            return null;
        }
        try {
            BigDecimal number = new BigDecimal(text.strip());
            return Math.abs((long) number.scale()) > MAX_LENGTH ? null : number;
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
