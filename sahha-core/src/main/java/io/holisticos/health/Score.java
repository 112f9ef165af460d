package io.holisticos.health;

import java.math.BigDecimal;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A composite score of a source. Scores never compete and are never averaged: they are listed side by side, each with its
 * scale.
 *
 * @param state the source's own word for the score, such as {@code high}; null when it gives none
 */
public record Score(
        String name,
        BigDecimal value,
        Scale scale,
        @Nullable String state) {

    /** The range of a score. */
    public enum Scale {
        FRACTION("0-1", 1),
        PERCENT("0-100", 100),
        STRAIN("0-21", 21);

        private final String text;
        private final BigDecimal max;

        Scale(String text, int max) {
            this.text = text;
            this.max = BigDecimal.valueOf(max);
        }

        /** @throws IllegalArgumentException when there is no such scale */
        static Scale of(String text) {
            return Arrays.stream(values())
                    .filter(scale -> scale.text.equals(text))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("a scale is 0-1, 0-100 or 0-21, was " + text));
        }

        /** Whether a score of this scale can have this value. */
        public boolean contains(BigDecimal value) {
            return value.signum() >= 0 && value.compareTo(max) <= 0;
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
