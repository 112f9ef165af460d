package io.holisticos.sahha;

import java.time.Duration;

/**
 * How old what is held may be.
 *
 * @param freshFor below this age Sahha is not asked
 * @param coldAfter from this age on it counts as not held
 */
record Freshness(Duration freshFor, Duration coldAfter) {

    /** What an age means for a reader. */
    enum State {
        FRESH,
        PAST,
        COLD
    }

    State of(Duration age) {
        if (age.compareTo(freshFor) < 0) {
            return State.FRESH;
        }
        return age.compareTo(coldAfter) < 0 ? State.PAST : State.COLD;
    }
}
