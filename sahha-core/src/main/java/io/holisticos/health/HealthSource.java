package io.holisticos.health;

import java.util.EnumSet;
import java.util.Set;

/** A source of a person's health data. Thread-safe. Never throws for expected trouble: it answers. */
public interface HealthSource {

    SourceName name();

    /** What the source can measure at all: tells a metric that is absent because of the source from one it never has. */
    default Set<Metric> offers() {
        return EnumSet.allOf(Metric.class);
    }

    /** What is known of these days, within the deadline. */
    SourceAnswer read(UserId who, DayRange days, Deadline deadline);

    /**
     * Whether the source holds anything of this person, even while it is switched off. Asked only when no source has
     * answered with data, to tell an unknown person from one who is silent.
     */
    Acquaintance acquaintance(UserId who, Deadline deadline);

    /** Whether a person is known. */
    enum Acquaintance {
        KNOWN,
        UNKNOWN,
        /** The source could not be asked. */
        UNSURE
    }
}
