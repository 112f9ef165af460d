package io.holisticos.whoop.sync;

import io.holisticos.whoop.sync.RecordEvent.Happened;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An event that is not settled yet.
 *
 * @param firstReceivedAt when the first event of the record came, repetitions included
 * @param receivedAt when the last one came: only a fetch begun then or later settles the event
 * @param dueAt when the record is read; its other half, repetitions, and WHOOP itself get time until then
 * @param attempt how often the record was not there yet, see {@link RetrySchedule}
 * @param hints what else is known of the record
 */
record PendingEvent(
        RecordCollection collection,
        UUID recordId,
        Happened happened,
        Instant firstReceivedAt,
        Instant receivedAt,
        Instant dueAt,
        int attempt,
        Hints hints) {

    /** A record this old is not among the newest 25. */
    private static final Duration OLD = Duration.ofDays(14);

    /**
     * What else is known of the record.
     *
     * @param partnerSettled whether its other half (the recovery of a sleep, or the sleep of a recovery) was read within the
     *     time that a delivery may be late
     * @param deleted whether WHOOP sent an event that it was deleted
     * @param recordStart when the record began, or the sleep of a recovery; null when it is not stored
     * @param cycleId the cycle of a recovery, which is fetched by its cycle; null when its sleep is not stored
     */
    record Hints(
            boolean partnerSettled,
            boolean deleted,
            @Nullable Instant recordStart,
            @Nullable Long cycleId) {
        static final Hints NONE = new Hints(false, false, null, null);
    }

    boolean isUpdateOf(RecordCollection other) {
        return happened == Happened.UPDATED && collection == other;
    }

    boolean isDue(Instant now) {
        return !dueAt.isAfter(now);
    }

    boolean isReceivedAfter(Instant moment) {
        return receivedAt.isAfter(moment);
    }

    /** Whether the list of the newest records will not show it, so that it is fetched by its id. */
    boolean isBeyondLists() {
        boolean askable = switch (collection) {
            case SLEEP, WORKOUT -> true;
            case RECOVERY -> hints.cycleId() != null;
            case CYCLE -> false;
        };
        Instant start = hints.recordStart();
        boolean old = start != null && start.isBefore(receivedAt.minus(OLD));
        return askable && (old || (RetrySchedule.ABSENT.has(attempt) && (start != null || attempt > 1)));
    }

    /** The recovery of this sleep, which is read too. */
    PendingEvent asRecovery(Instant now) {
        return new PendingEvent(
                RecordCollection.RECOVERY, recordId, happened, firstReceivedAt, receivedAt, now, 0, Hints.NONE);
    }

    /** The sleep of this recovery, which is not there yet itself. */
    PendingEvent asSleep() {
        return new PendingEvent(
                RecordCollection.SLEEP, recordId, happened, firstReceivedAt, receivedAt, dueAt, 0, Hints.NONE);
    }

    /** The event at its next attempt; empty when there is none left. */
    Optional<PendingEvent> retry(RetrySchedule schedule, Instant now) {
        return schedule.after(attempt)
                .map(next -> new PendingEvent(
                        collection,
                        recordId,
                        happened,
                        firstReceivedAt,
                        receivedAt,
                        now.plus(schedule.waits(next, collection)),
                        next,
                        hints));
    }
}
