package io.holisticos.whoop.connect;

import static io.holisticos.whoop.api.WhoopApi.WHOOP;

import com.codahale.metrics.MetricRegistry;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.exceptions.TaskInstanceException;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.CustomTask;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import com.github.kagkarlsson.shaded.jdbc.SQLRuntimeException;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError;
import io.holisticos.health.HealthError.ConnectionNotFound;
import io.holisticos.health.HealthError.ReauthorizationRequired;
import io.holisticos.health.HealthError.SourceThrottled;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.UserId;
import io.holisticos.health.WhatFailed;
import io.holisticos.jobs.TakeOver;
import io.holisticos.whoop.api.WhoopApi;
import io.holisticos.whoop.connect.Connection.State;
import io.holisticos.whoop.connect.Connections.Joined;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whose WHOOP account the tokens are of that are held for a member, now or as soon as WHOOP lets us, and then
 * goes on as the consent would have. Ends what nobody confirms. Thread-safe.
 */
public final class Arrivals {

    /** The kind of job that does the work. */
    public static final String TASK = "whoop-arrival";

    private static final Logger log = LoggerFactory.getLogger(Arrivals.class);

    private static final Duration CALL_MAY_TAKE = Duration.ofSeconds(20);
    private static final Duration FIRST_RETRY = Duration.ofSeconds(10);
    private static final int MOST_DOUBLINGS = 9;

    private static final Duration SHORTEST_RETRY = Duration.ofSeconds(1);

    /** An operator may lift a block long before the end that it was told with. */
    private static final Duration LONGEST_BLOCK = Duration.ofMinutes(10);

    /** However often it fails: a consent is never given up for it. */
    private static final Duration LONGEST_RETRY = Duration.ofHours(1);

    private static final Duration LOOK_AGAIN_WHILE_OFF = Duration.ofMinutes(5);

    /** A kill between keeping the tokens and putting the job on the list is rare; it costs a member so much at most. */
    private static final Duration SWEEP = Duration.ofMinutes(10);

    private static final int AT_ONCE = 1_000;

    /** Of those whom nobody confirms; each takes as long as WHOOP takes to be told. */
    private static final int ENDED_AT_ONCE = 50;

    private final Connections connections;
    private final WhoopApi api;
    private final Ways ways;
    private final Clock clock;
    private final GoodBye goodBye;
    private final CustomTask<Void> task;

    /**
     * What follows from an arrival.
     *
     * @param enabled for whom WHOOP may be called
     * @param jobs asked for when the first job is put on the list: the jobs are built after their {@link #tasks}
     * @param metrics with a counter {@code whoop.arrivals.failed.<error>} for each way to fail
     */
    public record Ways(
            ConnectionListener listener,
            Predicate<UserId> enabled,
            Supplier<SchedulerClient> jobs,
            MetricRegistry metrics) {}

    /** @param api whose calls come before those of first syncs */
    public Arrivals(Connections connections, WhoopApi api, Ways ways, Clock clock) {
        this.connections = connections;
        this.api = api;
        this.ways = ways;
        this.clock = clock;
        this.goodBye = new GoodBye(connections, api);
        this.task = Tasks.custom(TASK, Void.class)
                .onDeadExecution(new TakeOver<>(clock))
                .onFailure((failed, operations) -> operations.reschedule(
                        failed, after(backOff(failed.getExecution().consecutiveFailures + 1), LONGEST_RETRY)))
                .execute((instance, context) -> {
                    Optional<Instant> next = work(new UserId(instance.getId()));
                    return (complete, operations) ->
                            next.ifPresentOrElse(moment -> operations.reschedule(complete, moment), operations::remove);
                });
    }

    /** The same for those who wait for an answer: by another way into the same database, and into the list of jobs. */
    public Arrivals through(Connections others, Ways waiting) {
        return new Arrivals(others, api, waiting, clock);
    }

    /** The kinds of jobs that do the work; to be given to {@link io.holisticos.jobs.Jobs}. */
    public List<Task<?>> tasks() {
        return List.of(task);
    }

    /** What is done by the clock; to be given to {@link io.holisticos.jobs.Jobs}. */
    public List<RecurringTask<?>> recurringTasks() {
        return List.of(
                Tasks.recurring("whoop-arrivals-sweep", FixedDelay.of(SWEEP))
                        .onDeadExecution(new TakeOver<>(clock))
                        .execute((instance, context) -> sweep()),
                Tasks.recurring("whoop-unconfirmed-sweep", FixedDelay.of(SWEEP))
                        .onDeadExecution(new TakeOver<>(clock))
                        .execute((instance, context) -> endUnconfirmed()));
    }

    /** By what failed three times in a row or more, in one word, for how many members it did. */
    public Map<String, Integer> failing(int times) {
        return connections.waiting().failing(times);
    }

    /** Looks after members whom a kill left waiting without a job. */
    void sweep() {
        connections
                .waiting()
                .forProfile(AT_ONCE)
                .forEach(who -> ways.jobs().get().scheduleIfNotExists(instance(who), clock.instant()));
    }

    /** Ends consents of other accounts than before that nobody confirmed in time: their tokens go, and their place is free. */
    void endUnconfirmed() {
        for (UserId who : connections.waiting().unconfirmed(ENDED_AT_ONCE)) {
            Optional<String> token = goodBye.token(who);
            if (connections.waiting().endUnconfirmed(who)) {
                log.info(
                        "event=connection_ended provider=whoop member={} reason={}",
                        connections.inLogs(who),
                        Waiting.NOT_CONFIRMED);
                token.ifPresent(accessToken -> goodBye.giveBackUnlessAnothers(who, accessToken));
            }
        }
    }

    /** The member consented, and this kept us from asking whose account it is. */
    void awaitProfile(UserId who, HealthError why) {
        log.info("event=connect_awaits_profile provider=whoop member={} kind={}", connections.inLogs(who), why.kind());
        connections.waiting().rememberWaiting(who);
        if (why instanceof SourceThrottled) {
            later(who, why.retryAfter().orElse(FIRST_RETRY));
        } else {
            later(who, failed(who, why));
        }
    }

    /** Sees to it that the member's account is asked for after a while. What fails here is for the next sweep. */
    void later(UserId who, Duration wait) {
        Instant at = after(wait, LONGEST_BLOCK);
        try {
            if (!ways.jobs().get().scheduleIfNotExists(instance(who), at)) {
                ways.jobs().get().reschedule(instance(who), at);
            }
        } catch (TaskInstanceException busy) {
            log.debug("event=arrival_busy member={}", connections.inLogs(who)); // it is being asked for just now
        } catch (SQLRuntimeException e) {
            log.warn("event=arrival_not_listed member={} cause=\"{}\"", connections.inLogs(who), WhatFailed.inWords(e));
        }
    }

    /** It is known whose account it is; whoever has to hear of it does. */
    Joined settle(UserId who, long whoopUserId, boolean confirmed) {
        Joined joined = connections.settle(who, whoopUserId, confirmed);
        if (joined instanceof Joined.Connected) {
            announce(who, whoopUserId);
        } else {
            log.info(
                    "event=connect_not_settled provider=whoop member={} because={}",
                    connections.inLogs(who),
                    joined.getClass().getSimpleName());
        }
        return joined;
    }

    /** Whoever cannot begin to read for now finds the member later: they are connected all the same. */
    void announce(UserId who, long whoopUserId) {
        log.info("event=connected provider=whoop member={}", connections.inLogs(who));
        try {
            ways.listener().connected(who, whoopUserId);
        } catch (SourceUnavailable e) {
            log.warn("event=first_sync_not_begun member={} kind={}", connections.inLogs(who), e.kind());
        }
    }

    /** Returns when to try again; empty when there is nothing more to ask. */
    private Optional<Instant> work(UserId who) {
        Connection waiting = connections
                .find(who)
                .filter(one -> one.state() == State.AWAITING_PROFILE)
                .orElse(null);
        if (waiting == null) {
            return Optional.empty();
        }
        if (!ways.enabled().test(who)) {
            return Optional.of(clock.instant().plus(LOOK_AGAIN_WHILE_OFF));
        }
        Instant begun = clock.instant();
        try {
            settle(who, account(who), false);
            return Optional.empty();
        } catch (SourceThrottled wait) {
            return Optional.of(after(wait.retryAfter().orElse(FIRST_RETRY), LONGEST_BLOCK));
        } catch (ReauthorizationRequired refused) {
            connections.refusedWithFreshToken(who, begun);
            return Optional.empty();
        } catch (ConnectionNotFound gone) {
            return Optional.empty();
        } catch (RuntimeException failed) { // whatever it is: it would come again, and nobody would know
            return Optional.of(after(failed(who, failed), LONGEST_RETRY));
        }
    }

    /** Counts and says it. Returns how long to wait: ever longer. */
    private Duration failed(UserId who, RuntimeException why) {
        ArrivalError error = ArrivalError.of(why);
        int failures = connections.waiting().failed(who, error);
        ways.metrics()
                .counter(MetricRegistry.name("whoop.arrivals.failed", error.word()))
                .inc();
        log.warn(
                "event=arrival_failed member={} error={} failures={} cause=\"{}\"",
                connections.inLogs(who),
                error.word(),
                failures,
                WhatFailed.inWords(why));
        Duration wait = backOff(failures);
        Duration asked = why instanceof HealthError known ? known.retryAfter().orElse(wait) : wait;
        return asked.compareTo(wait) > 0 ? asked : wait;
    }

    private static Duration backOff(int failures) {
        return FIRST_RETRY.multipliedBy(1L << Math.min(Math.max(failures, 1) - 1, MOST_DOUBLINGS));
    }

    /** A token that is refused may have been replaced in the meantime, or died early: once more with a fresh one. */
    private long account(UserId who) {
        Deadline deadline = Deadline.after(CALL_MAY_TAKE);
        String token = arrivingToken(who, deadline);
        try {
            return api.accountWith(token, who, deadline).userId();
        } catch (ReauthorizationRequired refused) {
            connections.replaceArriving(who, token, deadline);
            return api.accountWith(arrivingToken(who, deadline), who, deadline).userId();
        }
    }

    private String arrivingToken(UserId who, Deadline deadline) {
        return connections.arrivingToken(who, deadline).orElseThrow(() -> new ConnectionNotFound(WHOOP));
    }

    private Instant after(Duration wait, Duration longest) {
        Duration atLeast = wait.compareTo(SHORTEST_RETRY) < 0 ? SHORTEST_RETRY : wait;
        return clock.instant().plus(atLeast.compareTo(longest) > 0 ? longest : atLeast);
    }

    private TaskInstance<Void> instance(UserId who) {
        return task.instance(who.value());
    }
}
