package io.holisticos.sahha;

import io.holisticos.outbound.Outbound;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How our calls to Sahha go, from memory: asks nobody, and so answers at once. Thread-safe. */
public final class SahhaVitals {

    private final List<Outbound> ways;
    private final SahhaRefresh refresh;

    SahhaVitals(List<Outbound> ways, SahhaRefresh refresh) {
        this.ways = ways;
        this.refresh = refresh;
    }

    /** By command key: {@code closed}, {@code open}, {@code half_open}; only commands that were called. */
    public SortedMap<String, String> breakers() {
        SortedMap<String, String> all = new TreeMap<>();
        ways.forEach(way -> all.putAll(way.breakerStates()));
        return all;
    }

    /** When a fetch last succeeded in this process. */
    public Optional<Instant> lastFetchedAt() {
        return Optional.ofNullable(refresh.health().succeededAt());
    }

    /** Whether the last fetch of this process failed. */
    public boolean isFailing() {
        @Nullable Instant succeeded = refresh.health().succeededAt();
        @Nullable Instant failed = refresh.health().failedAt();
        return failed != null && (succeeded == null || failed.isAfter(succeeded));
    }
}
