package io.holisticos.whoop.sync;

import io.holisticos.health.UserId;
import io.holisticos.whoop.quota.Lane;
import io.holisticos.whoop.sync.MemberState.Failure;
import io.holisticos.whoop.sync.MemberState.Pause;
import io.holisticos.whoop.sync.MemberState.ReadState;
import io.holisticos.whoop.sync.ReadFailures.ReadFailure;
import io.holisticos.whoop.sync.ReadFailures.ReadTarget;
import io.holisticos.whoop.sync.Step.Calling;
import io.holisticos.whoop.sync.Step.Listing;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What follows from a step that failed, and from one that works again. Without a permit and in an outage, a lane pauses and
 * nothing is given up. A read that fails by itself waits by itself.
 */
final class StepFailures {

    private static final Logger log = LoggerFactory.getLogger(StepFailures.class);

    static final Duration FIRST_RETRY = Duration.ofSeconds(30);
    private static final Duration SHORTEST_RETRY = Duration.ofSeconds(1);

    /** Nothing says when an outage is over, and members wait for its end. */
    private static final Duration LONGEST_OUTAGE_RETRY = Duration.ofMinutes(5);

    /** The quota keeps a permit free for a member who waits a little longer than this. */
    private static final Duration PERMIT_IS_KEPT = Duration.ofSeconds(4);

    private final MemberStore members;
    private final FailureStore failures;
    private final Function<UserId, String> inLogs;
    private final Clock clock;

    StepFailures(MemberStore members, FailureStore failures, SyncContext terms) {
        this.members = members;
        this.failures = failures;
        this.inLogs = terms.inLogs();
        this.clock = terms.clock();
    }

    /** There is no permit. */
    void throttled(UserId who, MemberState state, Step step, Duration retryAfter) {
        Pause why = Pause.withoutPermit(laneOf(step), state.read().pause());
        save(who, state, state.read().listing(), why.until(retryAt(who, why.lane(), retryAfter)));
    }

    /**
     * There is an outage. Nothing ends by it: everything waits, and goes on by itself. A listing that is not finished is begun
     * anew after some failures, so that the other lists do not wait for it.
     */
    void away(UserId who, MemberState state, Step step, Duration retryAfter, String cause) {
        Lane lane = laneOf(step);
        Pause pause = Pause.byOutage(
                lane,
                new Failure(SyncError.UNAVAILABLE, step.collection()),
                state.read().pause());
        Listing listing = state.read().listing();
        if (pause.failures() == RepeatedFailure.TIMES) {
            logFailure(who, step, SyncError.UNAVAILABLE, pause.failures(), cause); // once: an outage concerns everybody
        }
        if (pause.failures() >= RepeatedFailure.TIMES) { // those of another list count, too
            if (lane == Lane.BACKFILL) {
                members.saveBackfill(owner(who, state), null, now());
            } else {
                listing = null;
            }
        }
        Duration grown = ReadFailures.doubled(FIRST_RETRY, pause.failures(), LONGEST_OUTAGE_RETRY);
        Duration wait = grown.compareTo(retryAfter) > 0 ? grown : retryAfter;
        save(who, state, listing, pause.until(retryAt(who, lane, wait)));
    }

    /** A read failed by itself. It begins again from its start: a page token may have become invalid. Returns how often it failed. */
    int failed(UserId who, MemberState state, ReadTarget target, SyncError error) {
        ReadFailure failed = state.failures().again(target, error, now());
        if (target.furtherBack()) {
            members.saveBackfill(owner(who, state), null, now());
        } else if (state.read().listing() != null) {
            save(who, state, null, state.read().pause());
        }
        failures.save(owner(who, state), target, failed, now());
        return failed.times();
    }

    /** A read worked; for calls that save nothing else of the member. */
    void worked(UserId who, MemberState state, Calling call) {
        over(who, state, call);
        if (state.read().pause() != null) {
            members.save(who, unpaused(state, call, state.read().listing()), now());
        }
    }

    /** A read worked. */
    void over(UserId who, MemberState state, Calling call) {
        ReadTarget target = call.target();
        if (target != null && state.failures().find(target).isPresent()) {
            failures.over(owner(who, state), target);
        }
    }

    /**
     * A call that worked ends the pause of its lane. It says nothing of the lanes below, of another list that failed, nor of
     * the years before.
     */
    static ReadState unpaused(MemberState state, Calling worked, @Nullable Listing listing) {
        ReadState read = state.read();
        Pause pause = read.pause();
        Failure failure = pause == null ? null : pause.failure();
        boolean furtherBack = pause != null && pause.lane() == Lane.BACKFILL && worked.lane() != Lane.BACKFILL;
        boolean another =
                failure != null && failure.collection() != null && failure.collection() != worked.collection();
        if (pause != null && !another && !furtherBack) {
            boolean over = worked.lane().compareTo(pause.lane()) >= 0;
            pause = over ? null : new Pause(pause.lane(), pause.until(), 0, null);
        }
        return new ReadState(read.account(), read.listedAt(), listing, read.relistBefore(), pause);
    }

    void logFailure(UserId who, Step step, SyncError error, int times, String cause) {
        log.warn(
                "event=sync_step_failed member={} lane={} collection={} error={} failures={} cause=\"{}\"",
                inLogs.apply(who),
                laneOf(step),
                step.collection(),
                error.word(),
                times,
                cause);
    }

    /**
     * Members who wait for the same permits do not come back all at once, and less urgent lanes come back less often. A later
     * time that the quota named is the member's own, so it is spread by little.
     */
    private Instant retryAt(UserId who, Lane lane, Duration retryAfter) {
        Duration shortest = switch (lane) {
            case INTERACTIVE, WEBHOOK -> SHORTEST_RETRY;
            case RECONCILE -> Duration.ofMinutes(1);
            case BACKFILL -> Duration.ofMinutes(5);
        };
        boolean early = retryAfter.compareTo(shortest) < 0;
        Duration wait = early ? shortest : retryAfter;
        Duration within = early || shortest.compareTo(PERMIT_IS_KEPT) < 0 ? shortest : PERMIT_IS_KEPT;
        Instant now = now();
        long spread = Math.floorMod(31L * who.value().hashCode() + now.toEpochMilli(), within.toMillis());
        return now.plus(wait).plusMillis(spread);
    }

    private void save(UserId who, MemberState state, @Nullable Listing listing, @Nullable Pause pause) {
        ReadState read = state.read();
        members.save(who, new ReadState(read.account(), read.listedAt(), listing, read.relistBefore(), pause), now());
    }

    private static RecordOwner owner(UserId who, MemberState state) {
        return new RecordOwner(who, state.read().account());
    }

    private static Lane laneOf(Step step) {
        return step instanceof Calling call ? call.lane() : Lane.INTERACTIVE;
    }

    /** As finely as the tables keep it. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
