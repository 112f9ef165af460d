package io.holisticos.whoop.sync;

import io.holisticos.whoop.data.Absent;
import io.holisticos.whoop.data.Coverage;
import io.holisticos.whoop.quota.Lane;
import io.holisticos.whoop.sync.Step.Calling;
import io.holisticos.whoop.sync.Step.Walk;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * All that decides what is to be done for a member, as the tables have it.
 *
 * @param now when they were read
 */
record MemberState(Instant now, Told told, Read read, Held held, Asked asked, Failures failures) {

    /**
     * What WHOOP told.
     *
     * @param open what is not settled, oldest first
     * @param lastAt when anything was heard last, or else when the member connected
     */
    record Told(List<OpenChange> open, Instant lastAt) {
        Told {
            open = List.copyOf(open);
        }
    }

    /**
     * What was read.
     *
     * @param account whose WHOOP account it is; null when nobody's, or not known
     * @param listedAt when each collection was last read as far back as it had been before; one never read is missing
     * @param walk a listing of several pages that is under way
     * @param relistBefore what was not listed since is to be listed; the silence alarm says so
     * @param pause null when every lane may be tried
     */
    record Read(
            @Nullable Long account,
            Map<Collection, Instant> listedAt,
            @Nullable Walk walk,
            @Nullable Instant relistBefore,
            @Nullable Pause pause) {
        Read {
            listedAt = Map.copyOf(listedAt);
        }
    }

    /**
     * A lane, and with it all below, in which nothing is tried for a while: there is no permit, or an outage.
     *
     * @param failures how often in a row steps failed by the outage, whichever they were, until the last of them works
     * @param failure how that one did; null when there was no permit
     * @param throttled whether there was no permit, whatever had failed before
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

        /** There is no permit; what had failed before counts on. The time to come back is to be found yet. */
        static Pause withoutPermit(Lane lane, @Nullable Pause before) {
            return before == null
                    ? new Pause(lane, Instant.EPOCH, 0, null, true)
                    : new Pause(lane, Instant.EPOCH, before.failures(), before.failure(), true);
        }

        Pause until(Instant moment) {
            return new Pause(lane, moment, failures, failure, throttled);
        }

        /** The next step failed by the outage too. The time to come back is to be found yet. */
        static Pause byOutage(Lane lane, Failure failure, @Nullable Pause before) {
            int failures = before == null || before.failure() == null ? 1 : before.failures() + 1;
            return new Pause(lane, Instant.EPOCH, failures, failure);
        }
    }

    /**
     * How a step failed.
     *
     * @param collection which list it was of; null when it was of none
     */
    record Failure(SyncError error, @Nullable Collection collection) {}

    /**
     * What is held of the member.
     *
     * @param night the newest night that has its score, or will never have one
     * @param cycle the newest cycle
     * @param offset where the member was last
     * @param absent records missing from lists
     */
    record Held(@Nullable Night night, @Nullable NewestCycle cycle, ZoneOffset offset, List<Absent> absent) {
        Held {
            absent = List.copyOf(absent);
        }
    }

    /**
     * A main sleep.
     *
     * @param cycleSettled whether its cycle is held, and not as pending
     */
    record Night(UUID sleepId, long cycleId, Instant start, Instant end, boolean cycleSettled) {}

    /** The cycle that began last. */
    record NewestCycle(long cycleId, Instant start) {}

    /**
     * What somebody asked for.
     *
     * @param run reading now, while somebody waits
     * @param backfill reading what lies further back
     * @param coverage what is complete; known while there is a backfill
     */
    record Asked(
            Standing standing,
            @Nullable SyncRun run,
            @Nullable Backfill backfill,
            Coverage coverage) {}

    /** Whether the member may be read. */
    enum Standing {
        OPEN,
        /** Switched off by an operator: all waits. */
        OFF,
        /** Consent or connection is gone: all waits until there is one. */
        STOPPED
    }

    /** A backfill: its run, and its own walk, which others may interrupt. */
    record Backfill(SyncRun run, @Nullable Walk walk) {}

    @Nullable
    Instant listedAt(Collection collection) {
        return read.listedAt().get(collection);
    }

    /** Whether a collection was read at that moment or later. */
    boolean isListedSince(Collection collection, Instant moment) {
        Instant listed = listedAt(collection);
        return listed != null && !listed.isBefore(moment);
    }

    /** Whether a step may be tried now: its lane does not pause, and it has not just failed. */
    boolean mayTry(Step step) {
        return !(step instanceof Calling call) || (mayCall(call.lane()) && !failures.isHeldBack(call.what(), now));
    }

    boolean mayCall(Lane lane) {
        Pause pause = read.pause();
        return pause == null
                || lane.compareTo(pause.lane()) < 0
                || !pause.until().isAfter(now);
    }
}
