package io.holisticos.health;

import java.time.LocalDate;
import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What one change of a person's stored data can have changed in the person's days.
 *
 * @param revision the revision that the change led to; changes of one transaction share it
 * @param days the person's days, oldest first; empty: every day
 * @param metrics the metrics whose values can be others now; empty: none, or anything of the day when {@code days} is empty
 * @param workouts whether the workouts of the days can be others now
 * @param reason why, in lower-case words joined by {@code _}
 */
public record Change(
        long revision, SortedSet<LocalDate> days, SortedSet<Metric> metrics, boolean workouts, String reason) {

    /** Asks a source for all changes that it still keeps. */
    public static final long OLDEST_KEPT = -1;

    public Change {
        days = Collections.unmodifiableSortedSet(new TreeSet<>(days));
        metrics = Collections.unmodifiableSortedSet(new TreeSet<>(metrics));
    }

    /** A change of no workouts. */
    public static Change of(long revision, Collection<LocalDate> days, Collection<Metric> metrics, String reason) {
        return new Change(revision, new TreeSet<>(days), new TreeSet<>(metrics), false, reason);
    }

    /** The same, which can have changed workouts, too. */
    public Change withWorkouts() {
        return new Change(revision, days, metrics, true, reason);
    }
}
