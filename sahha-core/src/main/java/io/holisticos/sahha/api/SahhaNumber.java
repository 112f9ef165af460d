package io.holisticos.sahha.api;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** Reads numbers that Sahha sends as text. */
public final class SahhaNumber {

    private static final int MAX_LENGTH = 40;

    private SahhaNumber() {}

    /** The number in a text such as {@code 0.} or {@code 8140}; null when the text is not a number. */
    public static @Nullable BigDecimal parse(@Nullable String text) {
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
