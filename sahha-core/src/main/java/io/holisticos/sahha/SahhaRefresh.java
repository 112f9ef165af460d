package io.holisticos.sahha;

import com.codahale.metrics.MetricRegistry;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError;
import io.holisticos.health.HealthError.SourceThrottled;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.UserId;
import io.holisticos.health.WhatFailed;
import io.holisticos.trace.RequestContext;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings the store up to date in the background; whoever wants the same waits for the same fetch. */
final class SahhaRefresh {

    private static final Logger log = LoggerFactory.getLogger(SahhaRefresh.class);

    /** What one fetch may take, however impatient its readers are. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** What Sahha said of an id holds for a day. */
    private static final Duration CHECK_HOLDS = Duration.ofDays(1);

    /** Our own rate refuses at once; a background fetch comes back a few times. */
    private static final int THROTTLED_TRIES = 4;

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final Duration STOP_WAITS = Duration.ofSeconds(3);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final SahhaApi api;
    private final SahhaStore store;
    private final StoreReads rows;
    private final Clock clock;
    private final MetricRegistry metrics;
    private final ExecutorService executor;
    private final ConcurrentMap<Object, CompletableFuture<Boolean>> flights = new ConcurrentHashMap<>();
    private volatile boolean stopped;
    private volatile Health health = new Health(null, null);

    /** @param store for what goes on in the background; {@code rows} for what a reader waits for */
    SahhaRefresh(SahhaApi api, SahhaStore store, StoreReads rows, ExecutorService executor, Instruments instruments) {
        this.api = api;
        this.store = store;
        this.rows = rows;
        this.executor = executor;
        this.clock = instruments.clock();
        this.metrics = instruments.metrics();
    }

    /** What tells time, and what is told of it. */
    record Instruments(Clock clock, MetricRegistry metrics) {}

    /**
     * Fetches and saves a span, unless that is going on already.
     *
     * @return whether the member is known to Sahha, or fails with a {@link HealthError}
     */
    CompletableFuture<Boolean> start(UserId who, Kind kind, Span span) {
        CompletableFuture<Boolean> ours = new CompletableFuture<>();
        Object key = List.of(who, kind, span.name());
        CompletableFuture<Boolean> flying = flights.putIfAbsent(key, ours);
        if (flying != null) {
            api.shared(kind);
            return flying;
        }
        CompletableFuture<Boolean> landed = ours.whenComplete((known, failure) -> flights.remove(key, ours));
        run(who, kind, span, ours, 1, executor);
        return landed;
    }

    /**
     * Whether anybody is known by this id: from what is held, what Sahha said within a day, or by asking.
     *
     * @throws HealthError when it cannot be told
     */
    boolean knows(UserId who, Deadline deadline) {
        Optional<Boolean> held = rows.read(deadline, read -> held(read, who));
        if (held.isPresent()) {
            return held.get();
        }
        CompletableFuture<Boolean> ours = new CompletableFuture<>();
        CompletableFuture<Boolean> flying = flights.putIfAbsent(who, ours);
        if (flying != null) {
            return joined(flying, deadline);
        }
        try {
            boolean known = api.fetchProfile(who, Deadline.after(PATIENCE));
            remember(who, known, deadline);
            ours.complete(known);
            return known;
        } catch (RuntimeException e) {
            ours.completeExceptionally(e);
            throw e;
        } finally {
            flights.remove(who, ours);
        }
    }

    /** By the way of whoever waits; where it cannot be remembered, Sahha is asked once more. */
    private void remember(UserId who, boolean known, Deadline deadline) {
        Instant now = clock.instant();
        boolean saved = rows.read(
                deadline,
                own -> {
                    own.saveProfileCheck(who, known, now);
                    return true;
                },
                error -> false);
        if (!saved) {
            log.debug("event=sahha_profile_check_not_saved");
        }
    }

    /** What can be told without asking Sahha. */
    private Optional<Boolean> held(SahhaStore read, UserId who) {
        if (read.holdsAnything(who)) {
            return Optional.of(true);
        }
        return read.profileCheck(who)
                .filter(check -> clock.instant().isBefore(check.checkedAt().plus(CHECK_HOLDS)))
                .map(SahhaStore.ProfileCheck::known);
    }

    /** Lets what is under way finish, shortly, and begins nothing more. */
    void stop() {
        stopped = true;
        CompletableFuture<?>[] under = flights.values().toArray(CompletableFuture[]::new);
        try {
            CompletableFuture.allOf(under).get(STOP_WAITS.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            log.debug("event=sahha_refresh_stopped under_way={}", under.length, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** How the last fetches went. */
    Health health() {
        return health;
    }

    private void run(UserId who, Kind kind, Span span, CompletableFuture<Boolean> flight, int attempt, Executor on) {
        try {
            on.execute(RequestContext.wrap(() -> attempt(who, kind, span, flight, attempt)));
        } catch (RejectedExecutionException e) { // more than we can do: readers get what is held
            flight.completeExceptionally(new SourceUnavailable(SahhaApi.SAHHA, RETRY_AFTER, e));
        }
    }

    private void attempt(UserId who, Kind kind, Span span, CompletableFuture<Boolean> flight, int attempt) {
        try {
            if (stopped) {
                throw new SourceUnavailable(SahhaApi.SAHHA, RETRY_AFTER);
            }
            flight.complete(refresh(who, kind, span));
        } catch (SourceThrottled throttled) {
            Duration pause = throttled.retryAfter().orElse(LONGEST_PAUSE);
            if (attempt < THROTTLED_TRIES && pause.compareTo(LONGEST_PAUSE) <= 0) {
                Executor later = CompletableFuture.delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS, executor);
                run(who, kind, span, flight, attempt + 1, later);
            } else {
                fail(flight, kind, throttled);
            }
        } catch (HealthError expected) {
            fail(flight, kind, expected);
        } catch (RuntimeException | Error unexpected) {
            log.error("event=sahha_refresh_failed kind={}", kind.word(), unexpected);
            flight.completeExceptionally(new SourceUnavailable(SahhaApi.SAHHA, RETRY_AFTER, unexpected));
        }
    }

    private void fail(CompletableFuture<Boolean> flight, Kind kind, HealthError error) {
        metrics.meter(MetricRegistry.name("sahha", "refresh", "failed")).mark();
        health = new Health(health.succeededAt(), clock.instant());
        log.warn(
                "event=sahha_refresh_failed kind={} reason={} cause=\"{}\"",
                kind.word(),
                error.kind(),
                WhatFailed.inWords(error));
        flight.completeExceptionally(error);
    }

    private boolean refresh(UserId who, Kind kind, Span span) {
        Deadline deadline = Deadline.after(PATIENCE);
        if (!knows(who, deadline)) {
            return false;
        }
        Instant begun = clock.instant();
        boolean first = store.rows(kind, who, span.from(), span.to()).isEmpty();
        Span asked = first ? span.widened() : span;
        List<SahhaRecord> fetched = api.fetch(kind, who, asked.from(), asked.to(), deadline, () -> !first);
        Merge.Outcome outcome = store.save(kind, who, span.name(), fetched, begun, clock.instant());
        metrics.counter(MetricRegistry.name("sahha", "rows", "overruled")).inc(outcome.overruled());
        if (kind != Kind.ARCHETYPES) {
            learnOffset(who, deadline);
        }
        health = new Health(clock.instant(), health.failedAt());
        return true;
    }

    /** While no record tells the member's offset, the phone may; asked once a day. */
    private void learnOffset(UserId who, Deadline deadline) {
        if (store.newest(who, clock.instant(), true).isPresent()) {
            return;
        }
        Instant askedBefore = store.profileCheck(who)
                .map(SahhaStore.ProfileCheck::deviceCheckedAt)
                .orElse(null);
        if (askedBefore == null || !clock.instant().isBefore(askedBefore.plus(CHECK_HOLDS))) {
            try {
                store.saveDevice(who, api.fetchDeviceOffset(who, deadline).orElse(null), clock.instant());
            } catch (HealthError error) { // what was fetched is saved; UTC will do until the next time
                log.info("event=sahha_device_not_read reason={} cause=\"{}\"", error.kind(), WhatFailed.inWords(error));
            }
        }
    }

    private static boolean joined(CompletableFuture<Boolean> flight, Deadline deadline) {
        try {
            return flight.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof HealthError error) {
                throw error;
            }
            throw new SourceUnavailable(SahhaApi.SAHHA, RETRY_AFTER, e);
        } catch (TimeoutException e) {
            throw new SourceUnavailable(SahhaApi.SAHHA, RETRY_AFTER, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SourceUnavailable(SahhaApi.SAHHA, RETRY_AFTER, e);
        }
    }

    /** When a fetch last succeeded and last failed; null for never. */
    record Health(@Nullable Instant succeededAt, @Nullable Instant failedAt) {}
}
