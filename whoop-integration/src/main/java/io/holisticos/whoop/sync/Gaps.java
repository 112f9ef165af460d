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

/** The spans of time that a backfill still has to read. */
final class Gaps {

    private Gaps() {}

    /**
     * The unread spans of a collection, oldest first.
     *
     * @param listedAt when the newest days were read; a backfill reads nothing after that
     */
    static List<Window> of(
            Coverage coverage, RecordCollection collection, Window requested, @Nullable Instant listedAt) {
        if (listedAt == null || !requested.start().isBefore(listedAt.truncatedTo(ChronoUnit.MILLIS))) {
            return List.of();
        }
        return coverage.gaps(collection.kind(), new Window(requested.start(), listedAt));
    }

    /** How much of the time asked for was read, 0 to 100; 100 only when nothing is missing. */
    static int percent(Coverage coverage, Window requested, Map<RecordCollection, Instant> listedAt) {
        Duration whole = Duration.ZERO;
        Duration missing = Duration.ZERO;
        for (RecordCollection collection : RecordCollection.values()) {
            Instant until = listedAt.getOrDefault(collection, requested.end());
            whole = whole.plus(Duration.between(requested.start(), until));
            for (Window gap : of(coverage, collection, requested, until)) {
                missing = missing.plus(Duration.between(gap.start(), gap.end()));
            }
        }
        if (missing.isZero()) {
            return 100;
        }
        long read = whole.minus(missing).toMillis();
        return (int) Math.min(99, read * 100 / Math.max(1, whole.toMillis()));
    }

    /** The moment since which all collections were read without a gap; empty before each was read once. */
    static Optional<Instant> coveredFrom(Coverage coverage) {
        Instant latest = Instant.MIN;
        for (RecordCollection collection : RecordCollection.values()) {
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
