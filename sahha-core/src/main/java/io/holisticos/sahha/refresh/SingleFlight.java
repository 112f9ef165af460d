package io.holisticos.sahha.refresh;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;

/**
 * Work in the background that is begun once while several callers ask for it: all of them get the future of the same
 * work. Nothing is cached, so whoever asks after its end begins it again. Thread-safe.
 *
 * @param <K> what is asked for; equal keys mean the same work
 */
final class SingleFlight<K, V> {

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

    /** What is under way now. */
    Collection<CompletableFuture<V>> underWay() {
        return List.copyOf(underWay.values());
    }
}
