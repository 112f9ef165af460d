package io.holisticos.whoop.custody;

import static io.holisticos.whoop.api.WhoopApi.WHOOP;

import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.NotInTime;
import io.holisticos.health.SingleFlight;
import io.holisticos.health.UserId;
import io.holisticos.trace.RequestContext;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
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

    private final SingleFlight<Key, CurrentTokens> underWay;
    private final ExecutorService executor;

    /** @param shared runs for every caller who joins a refresh that is under way */
    RefreshesUnderWay(Runnable shared) {
        this.underWay = new SingleFlight<>(key -> shared.run());
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
     */
    CurrentTokens of(UserId who, long version, Supplier<CurrentTokens> refresh, Deadline deadline) {
        return await(underWay.begin(new Key(who, version), result -> launch(refresh, result)), deadline);
    }

    /** Starts no more, and lets those under way finish within this time. */
    void stop(Duration within) {
        executor.shutdown();
        try {
            if (!executor.awaitTermination(within.toMillis(), TimeUnit.MILLISECONDS)) {
                log.warn(
                        "event=refresh_left_behind count={}",
                        underWay.underWay().size());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void launch(Supplier<CurrentTokens> refresh, CompletableFuture<CurrentTokens> result) {
        try {
            executor.execute(RequestContext.wrap(() -> {
                try {
                    result.complete(refresh.get());
                } catch (RuntimeException | Error e) {
                    result.completeExceptionally(e);
                }
            }));
        } catch (RejectedExecutionException e) { // stopping
            result.completeExceptionally(new SourceUnavailable(WHOOP, RETRY_AFTER, e));
        }
    }

    private static CurrentTokens await(CompletableFuture<CurrentTokens> result, Deadline deadline) {
        try {
            return deadline.await(result);
        } catch (NotInTime e) {
            throw new SourceUnavailable(WHOOP, RETRY_AFTER, e);
        }
    }
}
