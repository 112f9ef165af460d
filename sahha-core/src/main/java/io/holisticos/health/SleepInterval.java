package io.holisticos.health;

import java.time.Instant;

/** When a person fell asleep and woke up, as a source says it. */
public record SleepInterval(Instant start, Instant end) {

    /** Health data stay out of logs. */
    @Override
    public String toString() {
        return "SleepInterval[redacted]";
    }
}
