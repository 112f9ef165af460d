package io.holisticos.health;

import java.util.Set;

/** A source of a person's health data. Expected trouble is an answer, never an exception. Thread-safe. */
public interface HealthSource {

    SourceName name();

    /**
     * The metrics that the source can measure at all, by {@code metrics.yml} unless it says otherwise. A metric outside of these
     * is never missing because of this source.
     */
    default Set<Metric> offers() {
        return Metric.providedBy(name());
    }

    /** Reads these days from what is stored, within the deadline. A read writes nothing. */
    SourceAnswer read(UserId who, DaysToRead days, Deadline deadline);

    /**
     * What changed of this person after a revision, oldest first; also while the person is not connected, or no longer is.
     *
     * @param since a revision, or {@link Change#OLDEST_KEPT}
     * @param limit about how many changes are wanted; those of one revision are never parted
     */
    default ChangesAnswer changes(UserId who, long since, int limit, Deadline deadline) {
        return ChangesAnswer.NOTHING_KEPT;
    }

    /**
     * Whether the source stores anything about this person, even while it is switched off. This is asked only when no source
     * answered with data, to tell an unknown person from one without data.
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
