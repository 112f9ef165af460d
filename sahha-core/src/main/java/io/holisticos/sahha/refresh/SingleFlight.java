package io.holisticos.sahha.refresh;

import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.sahha.api.SahhaApi;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Work in the background that is begun once while several callers ask for it: all of them get the future of the same
 * work. Nothing is cached, so whoever asks after its end begins it again. Thread-safe.
 *
 * @param <K> what is asked for; equal keys mean the same work
 */
final class SingleFlight<K, V> {

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final ConcurrentMap<K, CompletableFuture<V>> underWay = new ConcurrentHashMap<>();

    /**
     * Begins the work, unless it is under way.
     *
     * @param begin called for the first caller only; has to see to it that the future completes
     * @param shared called for every other caller
     */
    CompletableFuture<V> join(K key, Consumer<CompletableFuture<V>> begin, Runnable shared) {
        CompletableFuture<V> ours = new CompletableFuture<>();
        CompletableFuture<V> theirs = underWay.putIfAbsent(key, ours);
        if (theirs != null) {
            shared.run();
            return theirs;
        }
        CompletableFuture<V> removed = ours.whenComplete((value, failure) -> underWay.remove(key, ours));
        begin.accept(ours);
        return removed;
    }

    /**
     * Waits for work that this or another caller began.
     *
     * @throws HealthError what the work failed with; {@link SourceUnavailable} when it does not end in time
     */
    static <V> V await(CompletableFuture<V> work, Deadline deadline) {
        try {
            return work.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
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

    /** What is under way now. */
    Collection<CompletableFuture<V>> underWay() {
        return List.copyOf(underWay.values());
    }
}
