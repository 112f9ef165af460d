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
import io.holisticos.whoop.custody.AccountAssignment;
import io.holisticos.whoop.custody.Connection;
import io.holisticos.whoop.custody.Connection.State;
import io.holisticos.whoop.custody.Connections;
import io.holisticos.whoop.custody.PendingConnections;
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
 * Asks WHOOP for the account of a consent, at once or as soon as WHOOP allows it, and then connects the member as the consent
 * would have. Ends consents that nobody confirms. Thread-safe.
 */
public final class AccountLookup {

    /** The name of the job that asks for one member. */
    public static final String TASK = "whoop-arrival";

    private static final Logger log = LoggerFactory.getLogger(AccountLookup.class);

    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration FIRST_RETRY = Duration.ofSeconds(10);
    private static final int MOST_DOUBLINGS = 9;

    private static final Duration SHORTEST_RETRY = Duration.ofSeconds(1);

    /** The longest wait while WHOOP blocks us: an operator may have the block lifted long before its announced end. */
    private static final Duration LONGEST_BLOCK = Duration.ofMinutes(10);

    /** The longest wait after failures: a consent is never given up because of them. */
    private static final Duration LONGEST_RETRY = Duration.ofHours(1);

    private static final Duration RETRY_WHILE_SWITCHED_OFF = Duration.ofMinutes(5);

    /** The longest that a member waits whose worker was killed after it kept the tokens and before it listed the job. */
    private static final Duration SWEEP = Duration.ofMinutes(10);

    private static final int MOST_LISTED_AT_ONCE = 1_000;

    /** The most unconfirmed consents to end in one sweep: each takes as long as WHOOP takes to revoke it. */
    private static final int MOST_ENDED_AT_ONCE = 50;

    private final Connections connections;
    private final PendingConnections pending;
    private final WhoopApi api;
    private final Ports ports;
    private final Clock clock;
    private final GrantRevocation revocation;
    private final CustomTask<Void> task;

    /**
     * What the lookup needs from other packages.
     *
     * @param enabled the members for whom WHOOP may be called
     * @param jobs called when the first job is listed, since the jobs are built after their {@link #tasks}
     * @param metrics with a counter {@code whoop.arrivals.failed.<error>} for each kind of failure
     */
    public record Ports(
            ConnectionListener listener,
            Predicate<UserId> enabled,
            Supplier<SchedulerClient> jobs,
            MetricRegistry metrics) {}

    /** @param api whose calls have priority over those of first syncs */
    public AccountLookup(Connections connections, WhoopApi api, Ports ports, Clock clock) {
        this.connections = connections;
        this.api = api;
        this.ports = ports;
        this.clock = clock;
        this.pending = connections.pending();
        this.revocation = new GrantRevocation(connections, api);
        this.task = Tasks.custom(TASK, Void.class)
                .onDeadExecution(new TakeOver<>(clock))
                .onFailure((failed, operations) -> operations.reschedule(
                        failed, after(backOff(failed.getExecution().consecutiveFailures + 1), LONGEST_RETRY)))
                .execute((instance, context) -> {
                    Optional<Instant> next = lookUp(new UserId(instance.getId()));
                    return (complete, operations) ->
                            next.ifPresentOrElse(moment -> operations.reschedule(complete, moment), operations::remove);
                });
    }

    /** The same lookup by another pool and another list of jobs, for callers who wait for an answer. */
    public AccountLookup through(Connections others, Ports otherPorts) {
        return new AccountLookup(others, api, otherPorts, clock);
    }

    /** The jobs that ask for one member each; to be given to {@link io.holisticos.jobs.Jobs}. */
    public List<Task<?>> tasks() {
        return List.of(task);
    }

    /** The recurring jobs; to be given to {@link io.holisticos.jobs.Jobs}. */
    public List<RecurringTask<?>> recurringTasks() {
        return List.of(
                Tasks.recurring("whoop-arrivals-sweep", FixedDelay.of(SWEEP))
                        .onDeadExecution(new TakeOver<>(clock))
                        .execute((instance, context) -> sweep()),
                Tasks.recurring("whoop-unconfirmed-sweep", FixedDelay.of(SWEEP))
                        .onDeadExecution(new TakeOver<>(clock))
                        .execute((instance, context) -> endUnconfirmed()));
    }

    /** For each kind of failure, how many members' accounts it kept unknown that many times in a row or more. */
    public Map<String, Integer> failing(int times) {
        return pending.failures(times);
    }

    /** Lists a job for each member who waits without one, because a worker was killed. */
    void sweep() {
        pending.awaitingProfile(MOST_LISTED_AT_ONCE)
                .forEach(who -> ports.jobs().get().scheduleIfNotExists(instance(who), clock.instant()));
    }

    /** Ends consents to another account that nobody confirmed in time: their tokens go, and another member can connect. */
    void endUnconfirmed() {
        for (UserId who : pending.unconfirmed(MOST_ENDED_AT_ONCE)) {
            Optional<String> token = revocation.tokenForLater(who);
            if (pending.endUnconfirmed(who)) {
                log.info(
                        "event=connection_ended provider=whoop member={} reason={}",
                        connections.inLogs(who),
                        PendingConnections.NOT_CONFIRMED);
                token.ifPresent(accessToken -> revocation.revokeUnlessConnected(who, accessToken));
            }
        }
    }

    /** The member consented, and WHOOP could not be asked for the account. */
    void awaitProfile(UserId who, HealthError why) {
        log.info("event=connect_awaits_profile provider=whoop member={} kind={}", connections.inLogs(who), why.kind());
        pending.rememberAwaitingProfile(who);
        if (why instanceof SourceThrottled) {
            later(who, why.retryAfter().orElse(FIRST_RETRY));
        } else {
            later(who, failed(who, why));
        }
    }

    /** Lists the member's job for later. If that fails, the next sweep lists it. */
    void later(UserId who, Duration wait) {
        Instant at = after(wait, LONGEST_BLOCK);
        try {
            if (!ports.jobs().get().scheduleIfNotExists(instance(who), at)) {
                ports.jobs().get().reschedule(instance(who), at);
            }
        } catch (TaskInstanceException busy) {
            log.debug("event=arrival_busy member={}", connections.inLogs(who)); // the job is running just now
        } catch (SQLRuntimeException e) {
            log.warn("event=arrival_not_listed member={} cause=\"{}\"", connections.inLogs(who), WhatFailed.inWords(e));
        }
    }

    /** Gives the member's consent its account, and tells the listener when the member is connected by it. */
    AccountAssignment assignAccount(UserId who, long whoopUserId, boolean confirmed) {
        AccountAssignment assignment = pending.assignAccount(who, whoopUserId, confirmed);
        if (assignment instanceof AccountAssignment.Connected) {
            announce(who, whoopUserId);
        } else {
            log.info(
                    "event=connect_not_settled provider=whoop member={} because={}",
                    connections.inLogs(who),
                    assignment.getClass().getSimpleName());
        }
        return assignment;
    }

    /** Tells the listener. If the first sync cannot be listed for now, a sweep lists it: the member is connected all the same. */
    void announce(UserId who, long whoopUserId) {
        log.info("event=connected provider=whoop member={}", connections.inLogs(who));
        try {
            ports.listener().connected(who, whoopUserId);
        } catch (SourceUnavailable e) {
            log.warn("event=first_sync_not_begun member={} kind={}", connections.inLogs(who), e.kind());
        }
    }

    /** Asks for one member. Returns when to try again; empty when there is nothing more to ask. */
    private Optional<Instant> lookUp(UserId who) {
        Connection connection = connections
                .find(who)
                .filter(one -> one.state() == State.AWAITING_PROFILE)
                .orElse(null);
        if (connection == null) {
            return Optional.empty();
        }
        if (!ports.enabled().test(who)) {
            return Optional.of(clock.instant().plus(RETRY_WHILE_SWITCHED_OFF));
        }
        Instant begun = clock.instant();
        try {
            assignAccount(who, account(who), false);
            return Optional.empty();
        } catch (SourceThrottled wait) {
            return Optional.of(after(wait.retryAfter().orElse(FIRST_RETRY), LONGEST_BLOCK));
        } catch (ReauthorizationRequired refused) {
            connections.refusedWithFreshToken(who, begun);
            return Optional.empty();
        } catch (ConnectionNotFound gone) {
            return Optional.empty();
        } catch (RuntimeException failed) { // any failure is counted and tried again
            return Optional.of(after(failed(who, failed), LONGEST_RETRY));
        }
    }

    /** Counts and logs a failure. Returns how long to wait, which grows with every failure. */
    private Duration failed(UserId who, RuntimeException why) {
        AccountLookupError error = AccountLookupError.of(why);
        int failures = pending.countFailure(who, error.word());
        ports.metrics()
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

    /** A refused token may have been replaced in the meantime, or expired early, so a fresh one is tried once. */
    private long account(UserId who) {
        Deadline deadline = Deadline.after(CALL_TIMEOUT);
        String token = pendingToken(who, deadline);
        try {
            return api.accountWith(token, who, deadline).userId();
        } catch (ReauthorizationRequired refused) {
            connections.replacePendingToken(who, token, deadline);
            return api.accountWith(pendingToken(who, deadline), who, deadline).userId();
        }
    }

    private String pendingToken(UserId who, Deadline deadline) {
        return connections.pendingToken(who, deadline).orElseThrow(() -> new ConnectionNotFound(WHOOP));
    }

    private Instant after(Duration wait, Duration longest) {
        Duration atLeast = wait.compareTo(SHORTEST_RETRY) < 0 ? SHORTEST_RETRY : wait;
        return clock.instant().plus(atLeast.compareTo(longest) > 0 ? longest : atLeast);
    }

    private TaskInstance<Void> instance(UserId who) {
        return task.instance(who.value());
    }
}
