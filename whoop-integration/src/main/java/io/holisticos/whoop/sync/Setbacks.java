package io.holisticos.whoop.sync;

import io.holisticos.health.UserId;
import io.holisticos.whoop.quota.Lane;
import io.holisticos.whoop.sync.Failures.Failed;
import io.holisticos.whoop.sync.Failures.What;
import io.holisticos.whoop.sync.MemberState.Failure;
import io.holisticos.whoop.sync.MemberState.Pause;
import io.holisticos.whoop.sync.MemberState.Read;
import io.holisticos.whoop.sync.Step.Calling;
import io.holisticos.whoop.sync.Step.Walk;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What comes of a step that did not work, and of one that works again. Without a permit, and in an outage, a lane pauses
 * and nothing is given up; what fails by itself waits by itself.
 */
final class Setbacks {

    private static final Logger log = LoggerFactory.getLogger(Setbacks.class);

    static final Duration FIRST_RETRY = Duration.ofSeconds(30);
    private static final Duration SHORTEST_RETRY = Duration.ofSeconds(1);

    /** Nobody tells when an outage is over, and members wait for its end. */
    private static final Duration LONGEST_OUTAGE_RETRY = Duration.ofMinutes(5);

    /** The quota keeps a place in its line for a little longer. */
    private static final Duration PLACE_IS_HELD = Duration.ofSeconds(4);

    private final MemberStore members;
    private final FailureStore failures;
    private final Function<UserId, String> inLogs;
    private final Clock clock;

    Setbacks(MemberStore members, FailureStore failures, SyncTerms terms) {
        this.members = members;
        this.failures = failures;
        this.inLogs = terms.inLogs();
        this.clock = terms.clock();
    }

    /** There is no permit. */
    void throttled(UserId who, MemberState state, Step step, Duration retryAfter) {
        Pause why = Pause.withoutPermit(laneOf(step), state.read().pause());
        save(who, state, state.read().walk(), why.until(comeBack(who, why.lane(), retryAfter)));
    }

    /**
     * Nothing ends by an outage: all waits, and goes on by itself. What is half read is begun anew in the end, for the
     * other lists are not to wait for it.
     */
    void away(UserId who, MemberState state, Step step, Duration retryAfter, String cause) {
        Lane lane = laneOf(step);
        Pause pause = Pause.byOutage(
                lane,
                new Failure(SyncError.UNAVAILABLE, step.collection()),
                state.read().pause());
        Walk walk = state.read().walk();
        if (pause.failures() == Failing.TIMES) {
            say(who, step, SyncError.UNAVAILABLE, pause.failures(), cause); // once: an outage concerns everybody
        }
        if (pause.failures() >= Failing.TIMES) { // with those of another list before, maybe
            if (lane == Lane.BACKFILL) {
                members.saveBackfill(owner(who, state), null, now());
            } else {
                walk = null;
            }
        }
        Duration grown = Failures.doubled(FIRST_RETRY, pause.failures(), LONGEST_OUTAGE_RETRY);
        Duration wait = grown.compareTo(retryAfter) > 0 ? grown : retryAfter;
        save(who, state, walk, pause.until(comeBack(who, lane, wait)));
    }

    /** It failed by itself, and is read again from its start: a page token may have gone stale. Returns how often it has. */
    int failed(UserId who, MemberState state, What what, SyncError error) {
        Failed failed = state.failures().again(what, error, now());
        if (what.furtherBack()) {
            members.saveBackfill(owner(who, state), null, now());
        } else if (state.read().walk() != null) {
            save(who, state, null, state.read().pause());
        }
        failures.save(owner(who, state), what, failed, now());
        return failed.times();
    }

    /** It was read to its end; for calls that save nothing else of what was read. */
    void worked(UserId who, MemberState state, Calling call) {
        over(who, state, call);
        if (state.read().pause() != null) {
            members.save(who, unpaused(state, call, state.read().walk()), now());
        }
    }

    /** It was read to its end. */
    void over(UserId who, MemberState state, Calling call) {
        What what = call.what();
        if (what != null && state.failures().find(what).isPresent()) {
            failures.over(owner(who, state), what);
        }
    }

    /**
     * A lane that works again is no reason to try those above it, which never paused, nor those below, which do. A list
     * that works says nothing of another that failed, and its newest page nothing of the years before.
     */
    static Read unpaused(MemberState state, Calling worked, @Nullable Walk walk) {
        Read read = state.read();
        Pause pause = read.pause();
        Failure failure = pause == null ? null : pause.failure();
        boolean furtherBack = pause != null && pause.lane() == Lane.BACKFILL && worked.lane() != Lane.BACKFILL;
        boolean another =
                failure != null && failure.collection() != null && failure.collection() != worked.collection();
        if (pause != null && !another && !furtherBack) {
            boolean over = worked.lane().compareTo(pause.lane()) >= 0;
            pause = over ? null : new Pause(pause.lane(), pause.until(), 0, null);
        }
        return new Read(read.account(), read.listedAt(), walk, read.relistBefore(), pause);
    }

    void say(UserId who, Step step, SyncError error, int times, String cause) {
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
     * Those who wait for the same permits do not come back all at once, and the less urgent come back less often. Who was
     * told a later time was told one of their own, and nobody keeps it for long.
     */
    private Instant comeBack(UserId who, Lane lane, Duration retryAfter) {
        Duration shortest = switch (lane) {
            case INTERACTIVE, WEBHOOK -> SHORTEST_RETRY;
            case RECONCILE -> Duration.ofMinutes(1);
            case BACKFILL -> Duration.ofMinutes(5);
        };
        boolean early = retryAfter.compareTo(shortest) < 0;
        Duration wait = early ? shortest : retryAfter;
        Duration within = early || shortest.compareTo(PLACE_IS_HELD) < 0 ? shortest : PLACE_IS_HELD;
        Instant now = now();
        long spread = Math.floorMod(31L * who.value().hashCode() + now.toEpochMilli(), within.toMillis());
        return now.plus(wait).plusMillis(spread);
    }

    private void save(UserId who, MemberState state, @Nullable Walk walk, @Nullable Pause pause) {
        Read read = state.read();
        members.save(who, new Read(read.account(), read.listedAt(), walk, read.relistBefore(), pause), now());
    }

    private static Owner owner(UserId who, MemberState state) {
        return new Owner(who, state.read().account());
    }

    private static Lane laneOf(Step step) {
        return step instanceof Calling call ? call.lane() : Lane.INTERACTIVE;
    }

    /** As finely as the tables keep it. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
