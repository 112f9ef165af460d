package io.holisticos.sahha.refresh;

import com.codahale.metrics.MetricRegistry;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError;
import io.holisticos.health.HealthError.SourceThrottled;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.SingleFlight;
import io.holisticos.health.UserId;
import io.holisticos.health.WhatFailed;
import io.holisticos.sahha.api.SahhaApi;
import io.holisticos.sahha.api.SahhaKind;
import io.holisticos.sahha.api.SahhaRecord;
import io.holisticos.sahha.data.LastSeen;
import io.holisticos.sahha.data.ProfileCheckStore.ProfileCheck;
import io.holisticos.sahha.data.RowChanges;
import io.holisticos.sahha.data.SahhaStores;
import io.holisticos.trace.RequestContext;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches from Sahha in the background and saves what it fetched. Whoever wants the same waits for the same fetch.
 * Thread-safe.
 */
public final class SahhaRefresh {

    private static final Logger log = LoggerFactory.getLogger(SahhaRefresh.class);

    /** How long one fetch may take, however short its readers wait. */
    private static final Duration FETCH_TIMEOUT = Duration.ofSeconds(30);

    /** A phone is asked for once a day. */
    private static final Duration DEVICE_CHECK_VALID = Duration.ofDays(1);

    /** Our own call rate refuses at once, so a fetch in the background is tried a few times. */
    private static final int THROTTLED_TRIES = 4;

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final Duration STOP_WAITS = Duration.ofSeconds(3);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    /** Fewer than there are threads, so that members have the others when Sahha hangs. */
    private static final int EARLY_AT_ONCE = 5;

    private final SahhaApi api;
    private final SahhaApi spare;
    private final SahhaStores stores;
    private final Profiles profiles;
    private final Clock clock;
    private final MetricRegistry metrics;
    private final ExecutorService executor;
    private final SingleFlight<FetchKey, Fetched> fetches;
    private final Semaphore earlyAtOnce = new Semaphore(EARLY_AT_ONCE);
    private volatile boolean stopped;

    /**
     * @param spare the same calls, for those that only spare a reader some waiting
     * @param stores of the pool for work in the background
     * @param executor runs the fetches; when it refuses one, readers get the rows that there are
     */
    public SahhaRefresh(
            SahhaApi api,
            SahhaApi spare,
            SahhaStores stores,
            Profiles profiles,
            ExecutorService executor,
            Instruments instruments) {
        this.api = api;
        this.spare = spare;
        this.stores = stores;
        this.profiles = profiles;
        this.executor = executor;
        this.clock = instruments.clock();
        this.metrics = instruments.metrics();
        this.fetches = new SingleFlight<>(fetch -> api.countShared(fetch.kind()));
    }

    /** The clock, and where fetches are counted. */
    public record Instruments(Clock clock, MetricRegistry metrics) {}

    /**
     * Fetches and saves a span, unless the same fetch is under way.
     *
     * @return fails with a {@link HealthError}
     */
    public CompletableFuture<Fetched> start(UserId who, SahhaKind kind, FetchSpan span) {
        return start(who, kind, span, null);
    }

    /**
     * The same for a reader who has just asked whether Sahha knows the member: both are fetched at the same time, so that the reader
     * waits for one answer and not for two. No thread waits for the other answer.
     *
     * @param asked whether Sahha knows the member; null when that was not asked
     */
    CompletableFuture<Fetched> start(
            UserId who, SahhaKind kind, FetchSpan span, @Nullable CompletableFuture<Boolean> asked) {
        Fetch fetch = new Fetch(who, kind, span);
        return fetches.begin(fetch.key(), result -> {
            if (asked == null) {
                execute(attempt(fetch, null, result, 1), result);
            } else {
                CompletableFuture<Optional<Early>> early = begin(fetch, asked);
                CompletableFuture<Boolean> unused =
                        asked.whenComplete((known, failure) -> settle(fetch, early, known, failure, result));
            }
        });
    }

    /** An id that Sahha does not know waits for no rows. */
    private void settle(
            Fetch fetch,
            CompletableFuture<Optional<Early>> early,
            @Nullable Boolean known,
            @Nullable Throwable failure,
            CompletableFuture<Fetched> result) {
        if (failure != null) { // logged and counted where it happened
            result.completeExceptionally(
                    failure instanceof HealthError
                            ? failure
                            : new SourceUnavailable(SahhaApi.SAHHA, RETRY_AFTER, failure));
        } else if (Boolean.TRUE.equals(known)) {
            CompletableFuture<Void> unused =
                    early.thenAccept(rows -> execute(attempt(fetch, rows.orElse(null), result, 1), result));
        } else {
            result.complete(new Fetched(false, null));
        }
    }

    /** Rows that were fetched before it was known whose they are. */
    private record Early(Instant begun, List<SahhaRecord> rows) {}

    /** Empty when the answer is there, no calls or threads are to spare, or Sahha failed: then the fetch is made as any other. */
    private CompletableFuture<Optional<Early>> begin(Fetch fetch, CompletableFuture<Boolean> asked) {
        if (asked.isDone() || !earlyAtOnce.tryAcquire()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        CompletableFuture<Optional<Early>> early = new CompletableFuture<>();
        CompletableFuture<Optional<Early>> unused = early.whenComplete((rows, failure) -> earlyAtOnce.release());
        try {
            executor.execute(RequestContext.wrap(() -> early.complete(early(fetch))));
        } catch (RejectedExecutionException full) {
            early.complete(Optional.empty());
        }
        return early;
    }

    private Optional<Early> early(Fetch fetch) {
        FetchSpan days = fetch.span().widened();
        Instant begun = now();
        try {
            Deadline deadline = Deadline.after(FETCH_TIMEOUT);
            return Optional.of(new Early(
                    begun, spare.fetch(fetch.kind(), fetch.who(), days.from(), days.to(), deadline, () -> false)));
        } catch (HealthError none) {
            return Optional.empty();
        } catch (RuntimeException | Error unexpected) {
            log.error("event=sahha_refresh_failed kind={}", fetch.kind().key(), unexpected);
            return Optional.empty();
        }
    }

    /**
     * What a fetch came to.
     *
     * @param known whether Sahha knows the member
     * @param begun when the fetch began; null when the member is not known
     */
    public record Fetched(boolean known, @Nullable Instant begun) {}

    private record FetchKey(UserId who, SahhaKind kind, String span) {}

    private record Fetch(UserId who, SahhaKind kind, FetchSpan span) {
        FetchKey key() {
            return new FetchKey(who, kind, span.name());
        }
    }

    /** Begins nothing more, and waits a few seconds for the fetches that are under way. */
    public void stop() {
        stopped = true;
        CompletableFuture<?>[] under = fetches.underWay().toArray(CompletableFuture[]::new);
        try {
            CompletableFuture.allOf(under).get(STOP_WAITS.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            log.debug("event=sahha_refresh_stopped under_way={}", under.length, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void execute(Runnable attempt, CompletableFuture<Fetched> result) {
        try {
            executor.execute(attempt);
        } catch (RejectedExecutionException e) { // too many at once: readers get the rows that there are
            result.completeExceptionally(new SourceUnavailable(SahhaApi.SAHHA, RETRY_AFTER, e));
        }
    }

    private Runnable attempt(Fetch fetch, @Nullable Early early, CompletableFuture<Fetched> result, int number) {
        return RequestContext.wrap(() -> tryOnce(fetch, early, result, number));
    }

    private void tryOnce(Fetch fetch, @Nullable Early early, CompletableFuture<Fetched> result, int number) {
        try {
            if (stopped) {
                throw new SourceUnavailable(SahhaApi.SAHHA, RETRY_AFTER);
            }
            result.complete(refresh(fetch.who(), fetch.kind(), fetch.span(), early));
        } catch (SourceThrottled throttled) {
            Duration pause = throttled.retryAfter().orElse(LONGEST_PAUSE);
            if (number < THROTTLED_TRIES && pause.compareTo(LONGEST_PAUSE) <= 0) {
                Runnable next = attempt(fetch, early, result, number + 1);
                CompletableFuture.delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS, Runnable::run)
                        .execute(() -> execute(next, result)); // a refusal of the executor completes the result
            } else {
                fail(result, fetch.kind(), throttled);
            }
        } catch (HealthError expected) {
            fail(result, fetch.kind(), expected);
        } catch (RuntimeException | Error unexpected) {
            log.error("event=sahha_refresh_failed kind={}", fetch.kind().key(), unexpected);
            result.completeExceptionally(new SourceUnavailable(SahhaApi.SAHHA, RETRY_AFTER, unexpected));
        }
    }

    private void fail(CompletableFuture<Fetched> result, SahhaKind kind, HealthError error) {
        metrics.meter(MetricRegistry.name("sahha", "refresh", "failed")).mark();
        log.warn(
                "event=sahha_refresh_failed kind={} reason={} cause=\"{}\"",
                kind.key(),
                error.kind(),
                WhatFailed.inWords(error));
        result.completeExceptionally(error);
    }

    private Fetched refresh(UserId who, SahhaKind kind, FetchSpan span, @Nullable Early early) {
        Deadline deadline = Deadline.after(FETCH_TIMEOUT);
        if (early == null && !profiles.stillKnows(who, deadline)) {
            return new Fetched(false, null);
        }
        Instant begun = early == null ? now() : early.begun();
        boolean hasRows = stores.rows().hasRowsOn(kind, who, span.from(), span.to());
        FetchSpan days = hasRows ? span : span.widened();
        List<SahhaRecord> fetched =
                early == null ? api.fetch(kind, who, days.from(), days.to(), deadline, () -> hasRows) : early.rows();
        RowChanges changes = stores.rows().save(kind, who, span.name(), fetched, begun, clock.instant());
        metrics.counter(MetricRegistry.name("sahha", "rows", "overruled")).inc(changes.overruled());
        if (kind != SahhaKind.ARCHETYPES) {
            learnOffset(who, deadline);
        }
        return new Fetched(true, begun);
    }

    /** As the database will tell it. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    /** Asks for the phone's offset once a day while no record has one. */
    private void learnOffset(UserId who, Deadline deadline) {
        if (stores.rows().lastSeen(who, clock.instant()).map(LastSeen::offset).isPresent()) {
            return;
        }
        Instant checkedAt =
                stores.profiles().find(who).map(ProfileCheck::deviceCheckedAt).orElse(null);
        if (checkedAt == null || !clock.instant().isBefore(checkedAt.plus(DEVICE_CHECK_VALID))) {
            try {
                stores.profiles()
                        .saveDevice(who, api.fetchDeviceOffset(who, deadline).orElse(null), clock.instant());
            } catch (HealthError error) { // the records are saved; the fallback is UTC, until the next attempt
                log.info("event=sahha_device_not_read reason={} cause=\"{}\"", error.kind(), WhatFailed.inWords(error));
            }
        }
    }
}
