package io.holisticos.sahha;

import io.holisticos.outbound.Outbound;
import io.holisticos.sahha.refresh.SahhaRefresh;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How our calls to Sahha go, from memory, so that it is answered at once. Thread-safe. */
public final class SahhaVitals {

    private final List<Outbound> clients;
    private final SahhaRefresh refresh;

    SahhaVitals(List<Outbound> clients, SahhaRefresh refresh) {
        this.clients = clients;
        this.refresh = refresh;
    }

    /** By command key: {@code closed}, {@code open}, {@code half_open}; only of commands that were called. */
    public SortedMap<String, String> breakers() {
        SortedMap<String, String> all = new TreeMap<>();
        clients.forEach(client -> all.putAll(client.breakerStates()));
        return all;
    }

    /** When a fetch last succeeded in this process. */
    public Optional<Instant> lastFetchedAt() {
        return Optional.ofNullable(refresh.lastFetches().succeededAt());
    }

    /** Whether the last fetch of this process failed. */
    public boolean isFailing() {
        @Nullable Instant succeeded = refresh.lastFetches().succeededAt();
        @Nullable Instant failed = refresh.lastFetches().failedAt();
        return failed != null && (succeeded == null || failed.isAfter(succeeded));
    }
}
