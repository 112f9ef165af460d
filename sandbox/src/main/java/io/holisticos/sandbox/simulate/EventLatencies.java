package io.holisticos.sandbox.simulate;

import io.holisticos.twins.whoop.Notice;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;

/** How long it took from each of WHOOP's events until the service had stored the change. Thread-safe. */
final class EventLatencies {

    private static final double MILLIS_PER_SECOND = 1_000;

    private final Map<EventKey, Notice> firstNotices = new HashMap<>();

    /** Adds a notice. Of an event that was sent twice, the first delivery counts. */
    synchronized void add(Notice notice) {
        EventKey key = new EventKey(notice.recordId(), notice.type(), notice.happenedAt());
        firstNotices.merge(key, notice, (one, other) -> one.at().isAfter(other.at()) ? other : one);
    }

    /**
     * Percentiles of the latency, in seconds of simulated time.
     *
     * @param events how many were measured
     * @param neverStored how many of them were not stored when the run ended
     */
    record Latency(long events, long neverStored, double p50, double p95) {}

    /** From first delivery to commit, for delivered events of changes within the span. */
    synchronized Latency delivered(CommitTimes commits, Instant from, Instant until) {
        return latency(commits, from, until, notice -> notice.fate() != Notice.Fate.LOST);
    }

    /** From the moment a lost event would have left to commit. */
    synchronized Latency lost(CommitTimes commits, Instant from, Instant until) {
        return latency(commits, from, until, notice -> notice.fate() == Notice.Fate.LOST);
    }

    private Latency latency(CommitTimes commits, Instant from, Instant until, Predicate<Notice> which) {
        List<Double> seconds = new ArrayList<>();
        long neverStored = 0;
        for (Notice notice : firstNotices.values()) {
            boolean inSpan =
                    !notice.happenedAt().isBefore(from) && notice.happenedAt().isBefore(until);
            if (!inSpan || !which.test(notice) || !commits.knows(notice.whoopUserId())) {
                continue;
            }
            Instant committed = commits.of(notice);
            if (committed == null) {
                neverStored++;
            } else {
                long millis = Duration.between(notice.at(), committed).toMillis();
                seconds.add(
                        Math.max(0, millis) / MILLIS_PER_SECOND); // negative when a sync for another reason came first
            }
        }
        Collections.sort(seconds);
        return new Latency(
                seconds.size() + neverStored, neverStored, percentile(seconds, 0.5), percentile(seconds, 0.95));
    }

    private static double percentile(List<Double> sorted, double share) {
        return sorted.isEmpty() ? 0 : sorted.get((int) Math.min(sorted.size() - 1L, Math.floor(share * sorted.size())));
    }

    private record EventKey(UUID recordId, String type, Instant happenedAt) {}
}
