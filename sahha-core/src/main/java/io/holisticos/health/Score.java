package io.holisticos.health;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * A source's own composite. Scores never compete and are never averaged: they stand side by side, each with its scale.
 *
 * @param state the source's own word for it, such as {@code high}; null when it gave none
 */
public record Score(
        String name,
        BigDecimal value,
        Scale scale,
        @Nullable String state) {

    /** The range a score moves in, as it is written in answers. */
    public enum Scale {
        FRACTION("0-1"),
        PERCENT("0-100"),
        STRAIN("0-21");

        private final String text;

        Scale(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }

    /** Health values stay out of logs. */
    @Override
    public String toString() {
        return name + "=<redacted>";
    }
}
