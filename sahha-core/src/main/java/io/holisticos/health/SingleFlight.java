package io.holisticos.health;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Does work once for all callers who ask for the same at the same time. Nothing is kept: a caller who asks after the work is
 * done has it done again. Thread-safe.
 *
 * @param <K> what is asked for; equal keys mean the same work
 */
public final class SingleFlight<K, V> {

    private final ConcurrentMap<K, CompletableFuture<V>> underWay = new ConcurrentHashMap<>();
    private final Consumer<K> shared;

    /** @param shared runs for every caller who is given the result of another caller's work */
    public SingleFlight(Consumer<K> shared) {
        this.shared = shared;
    }

    /**
     * Does the work on the calling thread, or waits for the caller who is doing it. When that caller is interrupted, one of
     * those who waited does the work again.
     *
     * @param patience how long this caller waits for another; it does not limit the caller's own work
     * @throws NotInTime when another caller's work did not end in time
     */
    public V run(K key, Deadline patience, Supplier<V> work) throws NotInTime {
        while (true) {
            Flight ours = new Flight(key);
            CompletableFuture<V> theirs = underWay.putIfAbsent(key, ours);
            if (theirs == null) {
                return lead(ours, work);
            }
            try {
                V result = patience.await(theirs);
                shared.accept(key);
                return result;
            } catch (LeaderInterrupted e) {
                continue;
            }
        }
    }

    /**
     * Begins the work unless it is under way, and does not wait.
     *
     * @param work must complete the future it is given, on whatever thread
     * @return the result of this work, or of the same work that was under way
     */
    public CompletableFuture<V> begin(K key, Consumer<CompletableFuture<V>> work) {
        Flight ours = new Flight(key);
        CompletableFuture<V> theirs = underWay.putIfAbsent(key, ours);
        if (theirs != null) {
            shared.accept(key);
            return theirs;
        }
        try {
            work.accept(ours);
        } catch (RuntimeException | Error e) {
            ours.completeExceptionally(e);
        }
        return ours;
    }

    /** The work under way at this moment. */
    public List<CompletableFuture<V>> underWay() {
        return List.copyOf(underWay.values());
    }

    private V lead(Flight flight, Supplier<V> work) {
        try {
            V result = work.get();
            if (Thread.currentThread().isInterrupted()) {
                flight.completeExceptionally(new LeaderInterrupted());
            } else {
                flight.complete(result);
            }
            return result;
        } catch (RuntimeException | Error e) {
            flight.completeExceptionally(Thread.currentThread().isInterrupted() ? new LeaderInterrupted() : e);
            throw e;
        }
    }

    /** Leaves the map before it is complete, so that nobody joins work that is over. */
    private final class Flight extends CompletableFuture<V> {

        private final K key;

        Flight(K key) {
            this.key = key;
        }

        @Override
        public boolean complete(V result) {
            underWay.remove(key, this);
            return super.complete(result);
        }

        @Override
        public boolean completeExceptionally(Throwable failure) {
            underWay.remove(key, this);
            return super.completeExceptionally(failure);
        }
    }

    /** The caller who did the work was interrupted, which says nothing about the work. */
    private static final class LeaderInterrupted extends RuntimeException {

        LeaderInterrupted() {
            super("interrupted", null, false, false);
        }
    }
}
