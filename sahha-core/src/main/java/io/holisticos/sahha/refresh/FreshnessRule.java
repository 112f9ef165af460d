package io.holisticos.sahha.refresh;

import java.time.Duration;

/**
 * How old the rows that a reader gets may be.
 *
 * @param freshFor below this age Sahha is not asked
 * @param coldAfter from this age on rows count as missing
 */
public record FreshnessRule(Duration freshFor, Duration coldAfter) {

    /** What an age means for a reader. */
    enum Age {
        /** Served at once. */
        FRESH,
        /** Served after a short wait for a refresh. */
        STALE,
        /** Served after a longer wait for a refresh. */
        COLD
    }

    Age of(Duration age) {
        if (age.compareTo(freshFor) < 0) {
            return Age.FRESH;
        }
        return age.compareTo(coldAfter) < 0 ? Age.STALE : Age.COLD;
    }
}
