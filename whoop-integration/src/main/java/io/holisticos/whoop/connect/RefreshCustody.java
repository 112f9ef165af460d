package io.holisticos.whoop.connect;

import static io.holisticos.whoop.api.WhoopApi.WHOOP;

import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError;
import io.holisticos.health.HealthError.BadSourceReply;
import io.holisticos.health.HealthError.ConnectionNotFound;
import io.holisticos.health.HealthError.ReauthorizationRequired;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.UserId;
import io.holisticos.whoop.connect.ConnectionStore.Held;
import io.holisticos.whoop.connect.TokenAnswer.Granted;
import io.holisticos.whoop.connect.TokenAnswer.Refused;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trades token pairs for new ones, of which WHOOP lets only the newest live: one refresh at a time for each connection in
 * all processes, by the lock on its row, which is held while the call is out. See docs/decisions on refresh custody.
 */
final class RefreshCustody {

    private static final Logger log = LoggerFactory.getLogger(RefreshCustody.class);

    /** Each holds a database connection while WHOOP answers. */
    private static final int THREADS = 4;

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    /** A pair that cannot be saved is lost, and with it the connection: worth half a minute. */
    private static final RetryConfig SAVING = RetryConfig.custom()
            .maxAttempts(8)
            .intervalFunction(IntervalFunction.ofExponentialBackoff(Duration.ofMillis(250), 2.0))
            .build();

    private final ConnectionStore store;
    private final TokenSeals seals;
    private final WhoopOAuth oauth;
    private final Duration timeout;
    private final Clock clock;
    private final ConcurrentMap<Flight, CompletableFuture<Usable>> flights = new ConcurrentHashMap<>();
    private final ExecutorService executor;

    RefreshCustody(ConnectionStore store, TokenSeals seals, WhoopOAuth oauth, Duration timeout, Clock clock) {
        this.store = store;
        this.seals = seals;
        this.oauth = oauth;
        this.timeout = timeout;
        this.clock = clock;
        AtomicInteger count = new AtomicInteger();
        this.executor = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "whoop-refresh-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** A pair that works as far as we know, and its number. */
    record Usable(TokenPair pair, long version) {}

    private record Flight(UserId who, long version) {}

    /**
     * The pair after pair {@code version}: from the store if somebody was faster, else from WHOOP. The caller may stop
     * waiting at its deadline; the refresh goes on.
     */
    Usable next(UserId who, long version, Deadline deadline) {
        Flight flight = new Flight(who, version);
        CompletableFuture<Usable> mine = new CompletableFuture<>();
        CompletableFuture<Usable> joined = flights.putIfAbsent(flight, mine);
        if (joined == null) {
            launch(flight, mine);
            return await(mine, deadline);
        }
        return await(joined, deadline);
    }

    /** Lets refreshes that are under way finish. */
    void stop() {
        executor.shutdown();
        try {
            if (!executor.awaitTermination(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                log.warn("event=refresh_left_behind count={}", flights.size());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void launch(Flight flight, CompletableFuture<Usable> result) {
        try {
            executor.execute(() -> {
                try {
                    result.complete(refreshed(flight.who(), flight.version()));
                } catch (RuntimeException | Error e) {
                    result.completeExceptionally(e);
                } finally {
                    flights.remove(flight);
                }
            });
        } catch (RejectedExecutionException e) { // stopping
            flights.remove(flight);
            result.completeExceptionally(new SourceUnavailable(WHOOP, RETRY_AFTER, e));
        }
    }

    private static Usable await(CompletableFuture<Usable> result, Deadline deadline) {
        try {
            return result.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new SourceUnavailable(WHOOP, RETRY_AFTER, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SourceUnavailable(WHOOP, RETRY_AFTER, e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof HealthError error) {
                throw error;
            }
            throw new IllegalStateException("a refresh failed", e.getCause());
        }
    }

    private Usable refreshed(UserId who, long version) {
        Duration longestWait = timeout.multipliedBy(2).plus(RETRY_AFTER); // for the two tries of another worker
        Optional<Usable> faster = store.inTransaction(longestWait, handle -> {
            Held held = require(store.lock(handle, who));
            if (held.version() == version) {
                if (held.refreshStartedAt() != null) {
                    log.warn("event=refresh_resumed user={} version={}", who, version);
                }
                store.beginRefresh(handle, who, version, clock.instant()); // durable before the call goes out
                return Optional.empty();
            }
            return Optional.of(opened(who, held));
        });
        if (faster.isPresent()) {
            return faster.get();
        }
        Outcome outcome = new Outcome();
        try {
            return store.inTransaction(longestWait, handle -> {
                Held held = require(store.lock(handle, who));
                if (held.version() != version) {
                    return opened(who, held);
                }
                outcome.settle(asked(who, held));
                return outcome.written(handle, who, version);
            });
        } catch (SourceUnavailable | IllegalStateException lost) {
            throw lost;
        }
    }
}
