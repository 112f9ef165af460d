package io.holisticos.whoop.sync;

import io.holisticos.whoop.api.Window;
import io.holisticos.whoop.data.Coverage;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a backfill has still to read. */
final class Gaps {

    private Gaps() {}

    /**
     * The unread spans of a collection, oldest first.
     *
     * @param listedAt when the newest days were read; what comes after is no business of a backfill
     */
    static List<Window> of(Coverage coverage, Collection collection, Window asked, @Nullable Instant listedAt) {
        if (listedAt == null || !asked.start().isBefore(listedAt.truncatedTo(ChronoUnit.MILLIS))) {
            return List.of();
        }
        return coverage.gaps(collection.kind(), new Window(asked.start(), listedAt));
    }

    /** How much of the time asked for is read, 0 to 100; 100 only when nothing is missing. */
    static int percent(Coverage coverage, Window asked, Map<Collection, Instant> listedAt) {
        Duration whole = Duration.ZERO;
        Duration missing = Duration.ZERO;
        for (Collection collection : Collection.values()) {
            Instant until = listedAt.getOrDefault(collection, asked.end());
            whole = whole.plus(Duration.between(asked.start(), until));
            for (Window gap : of(coverage, collection, asked, until)) {
                missing = missing.plus(Duration.between(gap.start(), gap.end()));
            }
        }
        if (missing.isZero()) {
            return 100;
        }
        long read = whole.minus(missing).toMillis();
        return (int) Math.min(99, read * 100 / Math.max(1, whole.toMillis()));
    }

    /** Since when all collections are read without a gap; empty before each was read once. */
    static Optional<Instant> coveredFrom(Coverage coverage) {
        Instant latest = Instant.MIN;
        for (Collection collection : Collection.values()) {
            Optional<Window> newest = coverage.newest(collection.kind());
            if (newest.isEmpty()) {
                return Optional.empty();
            }
            Instant start = newest.get().start();
            latest = start.isAfter(latest) ? start : latest;
        }
        return Optional.of(latest);
    }
}
