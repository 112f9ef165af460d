package io.holisticos.whoop.sync;

import io.holisticos.whoop.sync.Change.Happened;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A change that is not settled yet.
 *
 * @param firstToldAt when it was heard of first, doubles and all
 * @param toldAt when it was heard of last: only a fetch begun then or later settles it
 * @param dueAt when it is to be looked at: its partner and its doubles are waited for, and so is what was not there yet
 * @param rung how often it was not there yet, see {@link Ladder}
 * @param hints what else is known of the record
 */
record OpenChange(
        Collection collection,
        UUID recordId,
        Happened happened,
        Instant firstToldAt,
        Instant toldAt,
        Instant dueAt,
        int rung,
        Hints hints) {

    /** An old record is not among the newest 25. */
    private static final Duration OLD = Duration.ofDays(14);

    /**
     * What else is known of the record.
     *
     * @param partnerSettled its other half, the recovery of a sleep or the sleep of a recovery, was told and read within
     *     the time that a delivery may be late
     * @param buried it was told deleted
     * @param heldStart when it began; of a recovery, its sleep; null when it is not held
     * @param cycleId of a recovery that is asked for by its cycle; null when its sleep is not held
     */
    record Hints(
            boolean partnerSettled,
            boolean buried,
            @Nullable Instant heldStart,
            @Nullable Long cycleId) {
        static final Hints NONE = new Hints(false, false, null, null);
    }

    boolean isUpdateOf(Collection other) {
        return happened == Happened.UPDATED && collection == other;
    }

    boolean isDue(Instant now) {
        return !dueAt.isAfter(now);
    }

    boolean isToldAfter(Instant moment) {
        return toldAt.isAfter(moment);
    }

    /** Whether the list of the newest will not show it, so that it is to be asked for by its id. */
    boolean isBeyondLists() {
        boolean askable = switch (collection) {
            case SLEEP, WORKOUT -> true;
            case RECOVERY -> hints.cycleId() != null;
            case CYCLE -> false;
        };
        Instant start = hints.heldStart();
        boolean old = start != null && start.isBefore(toldAt.minus(OLD));
        return askable && (old || (Ladder.ABSENT.has(rung) && (start != null || rung > 1)));
    }

    /** The other half of a night, to be read too. */
    OpenChange asRecovery(Instant now) {
        return new OpenChange(Collection.RECOVERY, recordId, happened, firstToldAt, toldAt, now, 0, Hints.NONE);
    }

    /** The night it belongs to, which is not there yet itself. */
    OpenChange asSleep() {
        return new OpenChange(Collection.SLEEP, recordId, happened, firstToldAt, toldAt, dueAt, 0, Hints.NONE);
    }

    /** One rung up; empty at the ladder's end. */
    Optional<OpenChange> climb(Ladder ladder, Instant now) {
        return ladder.after(rung)
                .map(next -> new OpenChange(
                        collection,
                        recordId,
                        happened,
                        firstToldAt,
                        toldAt,
                        now.plus(ladder.waits(next, collection)),
                        next,
                        hints));
    }
}
