package io.holisticos.whoop.custody;

import static io.holisticos.whoop.api.WhoopApi.WHOOP;

import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.UserId;
import io.holisticos.trace.RequestContext;
import java.time.Duration;
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
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The refreshes of this process: one at a time for each token pair, shared by all who need the next pair. A caller may stop
 * waiting at its deadline; the refresh goes on. Thread-safe.
 */
final class RefreshesUnderWay {

    private static final Logger log = LoggerFactory.getLogger(RefreshesUnderWay.class);

    /** Each holds a database connection while WHOOP answers. */
    private static final int THREADS = 4;

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final ConcurrentMap<Key, CompletableFuture<CurrentTokens>> underWay = new ConcurrentHashMap<>();
    private final ExecutorService executor;

    RefreshesUnderWay() {
        AtomicInteger count = new AtomicInteger();
        this.executor = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "whoop-refresh-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    private record Key(UserId who, long version) {}

    /**
     * The result of the refresh of this pair: of the one that is under way, or else of a new one.
     *
     * @param shared is called where one was under way
     */
    CurrentTokens of(UserId who, long version, Supplier<CurrentTokens> refresh, Deadline deadline, Runnable shared) {
        Key key = new Key(who, version);
        CompletableFuture<CurrentTokens> mine = new CompletableFuture<>();
        CompletableFuture<CurrentTokens> earlier = underWay.putIfAbsent(key, mine);
        if (earlier == null) {
            launch(key, refresh, mine);
            return await(mine, deadline);
        }
        shared.run();
        return await(earlier, deadline);
    }

    /** Starts no more, and lets those under way finish within this time. */
    void stop(Duration within) {
        executor.shutdown();
        try {
            if (!executor.awaitTermination(within.toMillis(), TimeUnit.MILLISECONDS)) {
                log.warn("event=refresh_left_behind count={}", underWay.size());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void launch(Key key, Supplier<CurrentTokens> refresh, CompletableFuture<CurrentTokens> result) {
        try {
            executor.execute(RequestContext.wrap(() -> {
                try {
                    CurrentTokens tokens = refresh.get();
                    underWay.remove(key); // before the result, so that nobody joins a refresh that is over
                    result.complete(tokens);
                } catch (RuntimeException | Error e) {
                    underWay.remove(key);
                    result.completeExceptionally(e);
                }
            }));
        } catch (RejectedExecutionException e) { // stopping
            underWay.remove(key);
            result.completeExceptionally(new SourceUnavailable(WHOOP, RETRY_AFTER, e));
        }
    }

    private static CurrentTokens await(CompletableFuture<CurrentTokens> result, Deadline deadline) {
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
}
