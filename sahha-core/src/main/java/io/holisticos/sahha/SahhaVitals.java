package io.holisticos.sahha;

import io.holisticos.outbound.Outbound;
import io.holisticos.sahha.api.LastAnswers;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** How our calls to Sahha go, from memory, so that it is answered at once. Thread-safe. */
public final class SahhaVitals {

    private final List<Outbound> clients;
    private final LastAnswers lastAnswers;

    SahhaVitals(List<Outbound> clients, LastAnswers lastAnswers) {
        this.clients = clients;
        this.lastAnswers = lastAnswers;
    }

    /** By command key: {@code closed}, {@code open}, {@code half_open}; only of commands that were called. */
    public SortedMap<String, String> breakers() {
        SortedMap<String, String> all = new TreeMap<>();
        clients.forEach(client -> all.putAll(client.breakerStates()));
        return all;
    }

    /** When Sahha last answered this process. */
    public Optional<Instant> lastFetchedAt() {
        return Optional.ofNullable(lastAnswers.succeededAt());
    }

    /** Whether the last request of this process failed. */
    public boolean isFailing() {
        return lastAnswers.isFailing();
    }
}
