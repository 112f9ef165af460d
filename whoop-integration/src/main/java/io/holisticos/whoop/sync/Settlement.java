package io.holisticos.whoop.sync;

import io.holisticos.whoop.api.ScoreState;
import io.holisticos.whoop.api.Window;
import io.holisticos.whoop.sync.Step.Listing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What one page of a list settles: a pure function, like the planner. A page settles only events that came before the listing
 * began.
 *
 * @param closed events that are over, and how
 * @param postponed events that are due later
 * @param added records that are to be read, too
 * @param readAlong records that were read although only the event of their other half came
 * @param listing how the listing goes on; null when it is finished
 * @param listedAt when the collection was listed; null while the listing goes on
 */
record Settlement(
        List<Closed> closed,
        List<PendingEvent> postponed,
        List<PendingEvent> added,
        List<PendingEvent> readAlong,
        @Nullable Listing listing,
        @Nullable Instant listedAt) {

    /** A strap may upload records some days late, so lists overlap by so much. */
    private static final Duration LATE = Duration.ofDays(3);

    Settlement {
        closed = List.copyOf(closed);
        postponed = List.copyOf(postponed);
        added = List.copyOf(added);
        readAlong = List.copyOf(readAlong);
    }

    /** An event that is over. */
    record Closed(PendingEvent event, EventOutcome outcome) {}

    /** How an event ended. */
    enum EventOutcome {
        /** The record was read, and is scored. */
        DONE,
        /** The event of its sleep stands for both. */
        WITH_ITS_NIGHT,
        /** The record is not there because it was deleted. */
        DELETED,
        /** The record did not come for hours; reconciliation looks for it again. */
        GIVEN_UP;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What a page shows.
     *
     * @param readTo every record from here to the page's upper end is on it; null when the page does not prove that
     * @param stillUnread the part of the window that no page has shown; null after the last page
     */
    record PageContents(
            List<PageRecord> record,
            @Nullable String nextToken,
            @Nullable Instant readTo,
            @Nullable Window stillUnread) {}

    /**
     * A record on the page.
     *
     * @param key the id that events name it by; null for cycles
     */
    record PageRecord(@Nullable UUID key, ScoreState.Kind score, SleepType sleepType) {

        boolean isPending() {
            return score == ScoreState.Kind.PENDING_SCORE;
        }
    }

    /** Whether a record is a sleep, and which. */
    enum SleepType {
        MAIN_SLEEP,
        NAP,
        NO_SLEEP
    }

    /** Settles events by a page. */
    static Settlement of(MemberState state, Listing listing, PageContents contents, Instant now) {
        Listing next = next(state, listing, contents);
        PageSettlement page = new PageSettlement(state, listing.begunAt(), next == null, now);
        contents.record().forEach(page::add);
        page.settleAll(listing.collection());
        return page.settlement(next, next == null ? listing.begunAt() : null);
    }

    /**
     * Settles an event by its record, which was fetched by its id.
     *
     * @param record null when WHOOP has none
     */
    static Settlement ofRecord(MemberState state, PendingEvent event, @Nullable PageRecord record, Instant now) {
        PageSettlement page = new PageSettlement(state, state.now(), true, now);
        if (record != null) {
            page.add(record);
        }
        page.settle(event);
        return page.settlement(state.read().listing(), null);
    }

    /** Null when the listing is finished: at the end of its window, or where the collection was read before. */
    private static @Nullable Listing next(MemberState state, Listing listing, PageContents contents) {
        String token = contents.nextToken();
        if (token == null) {
            return null;
        }
        Instant before = state.listedAt(listing.collection());
        Instant readTo = contents.readTo();
        if (before != null && readTo != null && readTo.isBefore(before.minus(LATE))) {
            return null;
        }
        Window unread = contents.stillUnread();
        return listing.next(unread == null ? listing.unread() : unread, token);
    }

    /** The settlement of one page, while it is worked out. */
    private static final class PageSettlement {
        private final MemberState state;
        private final Instant begunAt;
        private final boolean complete;
        private final Instant now;
        private final Map<UUID, PageRecord> shown = new HashMap<>();
        private final List<Closed> closed = new ArrayList<>();
        private final List<PendingEvent> postponed = new ArrayList<>();
        private final List<PendingEvent> added = new ArrayList<>();
        private final List<PendingEvent> readAlong = new ArrayList<>();

        PageSettlement(MemberState state, Instant begunAt, boolean complete, Instant now) {
            this.state = state;
            this.begunAt = begunAt;
            this.complete = complete;
            this.now = now;
        }

        void add(PageRecord record) {
            if (record.key() != null) {
                shown.put(record.key(), record);
            }
        }

        Settlement settlement(@Nullable Listing listing, @Nullable Instant listedAt) {
            return new Settlement(closed, postponed, added, readAlong, listing, listedAt);
        }

        void settleAll(RecordCollection collection) {
            List<PendingEvent> open = state.events().pending().stream()
                    .filter(event -> !event.isReceivedAfter(begunAt))
                    .toList();
            open.stream()
                    .filter(event -> event.isUpdateOf(collection) && !event.isBeyondLists())
                    .forEach(this::settle);
            if (collection == RecordCollection.SLEEP) {
                open.stream()
                        .filter(event -> event.isUpdateOf(RecordCollection.RECOVERY) && !event.isBeyondLists())
                        .filter(event ->
                                find(RecordCollection.SLEEP, event.recordId()).isEmpty())
                        .forEach(this::settleRecoveryBySleep);
            }
        }

        void settle(PendingEvent event) {
            PageRecord record = shown.get(event.recordId());
            if (record == null) {
                if (event.collection() == RecordCollection.CYCLE) {
                    close(event, EventOutcome.DONE); // its event has no id that lists show
                } else if (complete && event.hints().deleted()) {
                    close(event, EventOutcome.DELETED);
                    closeRecovery(event, EventOutcome.DELETED);
                } else if (complete && event.isDue(now)) {
                    retry(event, RetrySchedule.ABSENT);
                }
            } else if (record.isPending()) {
                retry(event, RetrySchedule.PENDING);
            } else {
                close(event, EventOutcome.DONE);
                if (record.sleepType() == SleepType.MAIN_SLEEP
                        && record.score() != ScoreState.Kind.UNSCORABLE
                        && !event.hints().partnerSettled()
                        && find(RecordCollection.RECOVERY, event.recordId()).isEmpty()) {
                    added.add(event.asRecovery(now));
                }
            }
        }

        private void retry(PendingEvent event, RetrySchedule schedule) {
            event.retry(schedule, now).ifPresentOrElse(postponed::add, () -> close(event, EventOutcome.GIVEN_UP));
            if (event.collection() == RecordCollection.SLEEP) {
                closeRecovery(event, EventOutcome.WITH_ITS_NIGHT);
            }
        }

        /** Without its sleep there is no recovery to look for. */
        private void closeRecovery(PendingEvent night, EventOutcome outcome) {
            if (night.collection() == RecordCollection.SLEEP) {
                find(RecordCollection.RECOVERY, night.recordId())
                        .filter(recovery -> !recovery.isReceivedAfter(begunAt))
                        .ifPresent(recovery -> close(recovery, outcome));
            }
        }

        /** The event of a recovery came alone. While its sleep is not there or not scored, the sleep is waited for. */
        private void settleRecoveryBySleep(PendingEvent recovery) {
            PageRecord record = shown.get(recovery.recordId());
            boolean early = record == null ? complete && recovery.isDue(now) : record.isPending();
            if (!early) {
                if (record != null && !recovery.hints().partnerSettled()) {
                    readAlong.add(recovery.asSleep());
                }
                return;
            }
            if (recovery.hints().deleted()) {
                close(recovery, EventOutcome.DELETED);
                return;
            }
            recovery.asSleep()
                    .retry(record == null ? RetrySchedule.ABSENT : RetrySchedule.PENDING, now)
                    .ifPresent(added::add);
            close(recovery, EventOutcome.WITH_ITS_NIGHT);
        }

        private Optional<PendingEvent> find(RecordCollection collection, UUID recordId) {
            return state.events().pending().stream()
                    .filter(event ->
                            event.isUpdateOf(collection) && event.recordId().equals(recordId))
                    .findFirst();
        }

        private void close(PendingEvent event, EventOutcome outcome) {
            closed.add(new Closed(event, outcome));
        }
    }
}
