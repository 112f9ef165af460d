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

    /**
     * Counts the changes of the rules by which the source makes days of what it has stored. It is part of the revision of every
     * answer: raise it whenever the same rows give other days than before, or callers keep what the former rules gave.
     */
    default int rulesVersion() {
        return 1;
    }

    /** Whether the source is switched on for this person. Known at once, without asking anybody. */
    default boolean isOn(UserId who) {
        return true;
    }

    /**
     * From now on, tells this listener of every change after which a person's answer may be another one: in this process before
     * the change is acknowledged, from elsewhere within two seconds.
     */
    default void tell(MemberListener listener) {}

    /** Whether changes from elsewhere are heard of at present. While they are not, answers that were kept are not to be given. */
    default boolean isTelling() {
        return false;
    }

    /** Reads these days from what is stored, within the deadline. A read writes nothing. */
    SourceAnswer read(UserId who, DaysToRead days, Deadline deadline);

    /**
     * What changed of this person after a revision, oldest first; also while the person is not connected, or no longer is. A
     * source that keeps no changes gives its answers {@link SourceAnswer.Measured#NOT_COUNTED} as revision, too: answers with its
     * data are sent each time then, and who asks for changes is told that its days have to be read anew.
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
