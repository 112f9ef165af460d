package io.holisticos.unified;

import com.codahale.metrics.Counter;
import io.holisticos.health.Deadline;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Work that is asked for while the same is under way is done once, by whoever asked first, on that one's thread. Nothing
 * is kept: who asks after it is done has it done anew. Thread-safe.
 *
 * @param <K> what is asked for; equal keys mean the same work
 */
final class Flights<K, V> {

    private final ConcurrentMap<K, CompletableFuture<V>> underWay = new ConcurrentHashMap<>();
    private final Counter shared;

    /** @param shared counts those who were given what somebody else's work brought */
    Flights(Counter shared) {
        this.shared = shared;
    }

    /**
     * Does the work, or waits for whoever is doing it. An interrupted worker's result is its own: one of those who
     * waited for it does the work again.
     *
     * @param patience of this caller, whatever that of others
     * @param tooLate what a caller gets whose patience ends while somebody else works
     */
    V fly(K key, Deadline patience, Supplier<V> work, Supplier<V> tooLate) {
        while (true) {
            CompletableFuture<V> ours = new CompletableFuture<>();
            CompletableFuture<V> theirs = underWay.putIfAbsent(key, ours);
            if (theirs == null) {
                return lead(key, ours, work);
            }
            try {
                V brought = theirs.get(patience.remaining().toNanos(), TimeUnit.NANOSECONDS);
                shared.inc();
                return brought;
            } catch (ExecutionException e) {
                if (e.getCause() instanceof Interrupted) {
                    continue;
                }
                throw rethrowable(e.getCause());
            } catch (TimeoutException e) {
                return tooLate.get();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return tooLate.get();
            }
        }
    }

    private V lead(K key, CompletableFuture<V> flight, Supplier<V> work) {
        try {
            V brought = work.get();
            underWay.remove(key, flight); // before it is handed out: nobody joins what is over
            if (Thread.currentThread().isInterrupted()) {
                flight.completeExceptionally(new Interrupted());
            } else {
                flight.complete(brought);
            }
            return brought;
        } catch (RuntimeException | Error e) {
            underWay.remove(key, flight);
            flight.completeExceptionally(Thread.currentThread().isInterrupted() ? new Interrupted() : e);
            throw e;
        }
    }

    private static RuntimeException rethrowable(@Nullable Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        return thrown instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(thrown);
    }

    /** Whoever led was stopped: that says nothing of the work. */
    private static final class Interrupted extends RuntimeException {}
}
