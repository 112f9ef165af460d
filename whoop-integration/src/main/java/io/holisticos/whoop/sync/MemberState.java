package io.holisticos.whoop.sync;

import io.holisticos.whoop.data.Absent;
import io.holisticos.whoop.data.Coverage;
import io.holisticos.whoop.quota.Lane;
import io.holisticos.whoop.sync.Step.Calling;
import io.holisticos.whoop.sync.Step.Listing;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that decides what is to be done for a member, as the tables have it.
 *
 * @param now when the tables were read
 */
record MemberState(
        Instant now,
        ReceivedEvents events,
        ReadState read,
        StoredRecords stored,
        Requested requested,
        ReadFailures failures) {

    /**
     * The events that WHOOP sent.
     *
     * @param pending those that are not settled, oldest first
     * @param lastAt when the last event came; when the member connected, if none ever came
     */
    record ReceivedEvents(List<PendingEvent> pending, Instant lastAt) {
        ReceivedEvents {
            pending = List.copyOf(pending);
        }
    }

    /**
     * How far the member was read.
     *
     * @param account the member's WHOOP account; null when it is not known
     * @param listedAt when each collection was last listed without a gap; a collection that was never listed is missing
     * @param listing a listing of several pages that is not finished
     * @param relistBefore collections not listed since then are to be listed; the silence alarm sets it
     * @param pause null when a call may be made in every lane
     */
    record ReadState(
            @Nullable Long account,
            Map<RecordCollection, Instant> listedAt,
            @Nullable Listing listing,
            @Nullable Instant relistBefore,
            @Nullable Pause pause) {
        ReadState {
            listedAt = Map.copyOf(listedAt);
        }
    }

    /**
     * No call is made in this lane and those below it for a while: there is no permit, or there is an outage.
     *
     * @param failures how many steps in a row the outage has failed
     * @param failure how the last of them failed; null when only a permit is missing
     * @param throttled whether a permit is missing, no matter what failed before
     */
    record Pause(
            Lane lane,
            Instant until,
            int failures,
            @Nullable Failure failure,
            boolean throttled) {

        Pause(Lane lane, Instant until, int failures, @Nullable Failure failure) {
            this(lane, until, failures, failure, failure == null);
        }

        /** There is no permit. Failures before it stay counted. The caller sets the end. */
        static Pause withoutPermit(Lane lane, @Nullable Pause before) {
            return before == null
                    ? new Pause(lane, Instant.EPOCH, 0, null, true)
                    : new Pause(lane, Instant.EPOCH, before.failures(), before.failure(), true);
        }

        Pause until(Instant moment) {
            return new Pause(lane, moment, failures, failure, throttled);
        }

        /** One more step failed by the outage. The caller sets the end. */
        static Pause byOutage(Lane lane, Failure failure, @Nullable Pause before) {
            int failures = before == null || before.failure() == null ? 1 : before.failures() + 1;
            return new Pause(lane, Instant.EPOCH, failures, failure);
        }
    }

    /**
     * How a step failed.
     *
     * @param collection the list that failed; null when it was no list
     */
    record Failure(SyncError error, @Nullable RecordCollection collection) {}

    /**
     * The records that are stored of the member, as far as the planner needs them.
     *
     * @param night the newest main sleep that is scored, or will never be
     * @param cycle the newest cycle
     * @param offset the time zone of the newest record
     * @param absent records that were missing from lists
     */
    record StoredRecords(@Nullable Night night, @Nullable NewestCycle cycle, ZoneOffset offset, List<Absent> absent) {
        StoredRecords {
            absent = List.copyOf(absent);
        }
    }

    /**
     * A main sleep.
     *
     * @param cycleSettled whether its cycle is stored and not pending
     */
    record Night(long cycleId, Instant start, Instant end, boolean cycleSettled) {}

    /** The cycle that began last. */
    record NewestCycle(long cycleId, Instant start) {}

    /**
     * The runs that were requested.
     *
     * @param run the run that somebody waits for
     * @param backfill the run that reads the years before
     * @param coverage what was read completely; looked up only for a backfill
     */
    record Requested(
            Permission permission,
            @Nullable SyncRun run,
            @Nullable Backfill backfill,
            Coverage coverage) {}

    /** Whether the member may be read. */
    enum Permission {
        ALLOWED,
        /** An operator has switched the integration off: everything waits. */
        OFF,
        /** The consent or the connection is gone: everything waits until the member connects. */
        STOPPED
    }

    /** A backfill: its run, and its own listing, which more urgent steps may interrupt. */
    record Backfill(SyncRun run, @Nullable Listing listing) {}

    @Nullable
    Instant listedAt(RecordCollection collection) {
        return read.listedAt().get(collection);
    }

    /** Whether a collection was listed at that moment or later. */
    boolean isListedSince(RecordCollection collection, Instant moment) {
        Instant listed = listedAt(collection);
        return listed != null && !listed.isBefore(moment);
    }

    /** Whether a step may be tried now: its lane is not paused, and it has not just failed. */
    boolean mayTry(Step step) {
        return !(step instanceof Calling call) || (mayCall(call.lane()) && !failures.isHeldBack(call.target(), now));
    }

    boolean mayCall(Lane lane) {
        Pause pause = read.pause();
        return pause == null
                || lane.compareTo(pause.lane()) < 0
                || !pause.until().isAfter(now);
    }
}
