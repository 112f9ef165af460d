package io.holisticos.whoop.sync;

import io.holisticos.whoop.api.ScoreState;
import io.holisticos.whoop.api.Window;
import io.holisticos.whoop.sync.Step.Walk;
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
 * What one page of a list settles of what was told: a pure function, like the planner. Only what was told before the
 * walk began can be settled by it.
 *
 * @param closed what is over, and how
 * @param moved what is to be looked at later
 * @param added what is to be read besides
 * @param alongside what was read although only its other half was told
 * @param walk how the walk goes on; null when it is over
 * @param listedAt since when the collection is read; null while the walk goes on
 */
record Settlement(
        List<Closed> closed,
        List<OpenChange> moved,
        List<OpenChange> added,
        List<OpenChange> alongside,
        @Nullable Walk walk,
        @Nullable Instant listedAt) {

    /** WHOOP takes in what a strap kept to itself for some days: lists overlap by so much. */
    private static final Duration LATE = Duration.ofDays(3);

    Settlement {
        closed = List.copyOf(closed);
        moved = List.copyOf(moved);
        added = List.copyOf(added);
        alongside = List.copyOf(alongside);
    }

    /** A change that is over. */
    record Closed(OpenChange change, Outcome outcome) {}

    /** How a change ended. */
    enum Outcome {
        /** Read and scored. */
        DONE,
        /** Its other half stands for both. */
        WITH_ITS_NIGHT,
        /** It was deleted: no wonder that it is not there. */
        DELETED,
        /** It did not come in hours; reconciliation looks again. */
        GIVEN_UP;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What a page shows.
     *
     * @param readTo everything from here to the page's upper end is on it; null when the page proves nothing
     * @param stillUnread what of the walk's window no page has told; null after the last page
     */
    record Sight(
            List<Seen> seen,
            @Nullable String nextToken,
            @Nullable Instant readTo,
            @Nullable Window stillUnread) {}

    /**
     * A record on the page.
     *
     * @param key the id events go by; null for cycles
     */
    record Seen(@Nullable UUID key, ScoreState.Kind score, Shape shape) {

        boolean isPending() {
            return score == ScoreState.Kind.PENDING_SCORE;
        }
    }

    /** What a record is to its day. */
    enum Shape {
        NIGHT,
        NAP,
        OTHER
    }

    /** By what a page shows. */
    static Settlement of(MemberState state, Walk walk, Sight sight, Instant now) {
        Walk next = next(state, walk, sight);
        Ledger ledger = new Ledger(state, walk.begunAt(), next == null, now);
        sight.seen().forEach(ledger::see);
        ledger.settleAll(walk.collection());
        return ledger.settlement(next, next == null ? walk.begunAt() : null);
    }

    /**
     * By one record that was asked for by its id.
     *
     * @param seen null when WHOOP has none
     */
    static Settlement ofRecord(MemberState state, OpenChange change, @Nullable Seen seen, Instant now) {
        Ledger ledger = new Ledger(state, state.now(), true, now);
        if (seen != null) {
            ledger.see(seen);
        }
        ledger.settle(change);
        return ledger.settlement(state.read().walk(), null);
    }

    /** Null when the walk is over: at the end of its window, or where the collection was read before. */
    private static @Nullable Walk next(MemberState state, Walk walk, Sight sight) {
        String token = sight.nextToken();
        if (token == null) {
            return null;
        }
        Instant before = state.listedAt(walk.collection());
        Instant readTo = sight.readTo();
        if (before != null && readTo != null && readTo.isBefore(before.minus(LATE))) {
            return null;
        }
        Window unread = sight.stillUnread();
        return walk.next(unread == null ? walk.unread() : unread, token);
    }

    /** The work of one page. */
    private static final class Ledger {
        private final MemberState state;
        private final Instant begunAt;
        private final boolean complete;
        private final Instant now;
        private final Map<UUID, Seen> shown = new HashMap<>();
        private final List<Closed> closed = new ArrayList<>();
        private final List<OpenChange> moved = new ArrayList<>();
        private final List<OpenChange> added = new ArrayList<>();
        private final List<OpenChange> alongside = new ArrayList<>();

        Ledger(MemberState state, Instant begunAt, boolean complete, Instant now) {
            this.state = state;
            this.begunAt = begunAt;
            this.complete = complete;
            this.now = now;
        }

        void see(Seen seen) {
            if (seen.key() != null) {
                shown.put(seen.key(), seen);
            }
        }

        Settlement settlement(@Nullable Walk walk, @Nullable Instant listedAt) {
            return new Settlement(closed, moved, added, alongside, walk, listedAt);
        }

        void settleAll(Collection collection) {
            List<OpenChange> open = state.told().open().stream()
                    .filter(change -> !change.isToldAfter(begunAt))
                    .toList();
            open.stream()
                    .filter(change -> change.isUpdateOf(collection) && !change.isBeyondLists())
                    .forEach(this::settle);
            if (collection == Collection.SLEEP) {
                open.stream()
                        .filter(change -> change.isUpdateOf(Collection.RECOVERY) && !change.isBeyondLists())
                        .filter(change ->
                                find(Collection.SLEEP, change.recordId()).isEmpty())
                        .forEach(this::lookForTheNightOf);
            }
        }

        void settle(OpenChange change) {
            Seen seen = shown.get(change.recordId());
            if (seen == null) {
                if (change.collection() == Collection.CYCLE) {
                    close(change, Outcome.DONE); // told without an id that lists would show
                } else if (complete && change.hints().buried()) {
                    close(change, Outcome.DELETED);
                    foldRecovery(change, Outcome.DELETED);
                } else if (complete && change.isDue(now)) {
                    climb(change, Ladder.ABSENT);
                }
            } else if (seen.isPending()) {
                climb(change, Ladder.PENDING);
            } else {
                close(change, Outcome.DONE);
                if (seen.shape() == Shape.NIGHT
                        && seen.score() != ScoreState.Kind.UNSCORABLE
                        && !change.hints().partnerSettled()
                        && find(Collection.RECOVERY, change.recordId()).isEmpty()) {
                    added.add(change.asRecovery(now));
                }
            }
        }

        private void climb(OpenChange change, Ladder ladder) {
            change.climb(ladder, now).ifPresentOrElse(moved::add, () -> close(change, Outcome.GIVEN_UP));
            if (change.collection() == Collection.SLEEP) {
                foldRecovery(change, Outcome.WITH_ITS_NIGHT);
            }
        }

        /** Without its night there is no recovery to look for. */
        private void foldRecovery(OpenChange night, Outcome outcome) {
            if (night.collection() == Collection.SLEEP) {
                find(Collection.RECOVERY, night.recordId())
                        .filter(recovery -> !recovery.isToldAfter(begunAt))
                        .ifPresent(recovery -> close(recovery, outcome));
            }
        }

        /** A recovery told alone: while its night is not there or not scored, that is what is waited for. */
        private void lookForTheNightOf(OpenChange recovery) {
            Seen seen = shown.get(recovery.recordId());
            boolean early = seen == null ? complete && recovery.isDue(now) : seen.isPending();
            if (!early) {
                if (seen != null && !recovery.hints().partnerSettled()) {
                    alongside.add(recovery.asSleep());
                }
                return;
            }
            if (recovery.hints().buried()) {
                close(recovery, Outcome.DELETED);
                return;
            }
            recovery.asSleep()
                    .climb(seen == null ? Ladder.ABSENT : Ladder.PENDING, now)
                    .ifPresent(added::add);
            close(recovery, Outcome.WITH_ITS_NIGHT);
        }

        private Optional<OpenChange> find(Collection collection, UUID recordId) {
            return state.told().open().stream()
                    .filter(change ->
                            change.isUpdateOf(collection) && change.recordId().equals(recordId))
                    .findFirst();
        }

        private void close(OpenChange change, Outcome outcome) {
            closed.add(new Closed(change, outcome));
        }
    }
}
