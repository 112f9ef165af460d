package io.holisticos.sandbox.simulate;

import io.holisticos.twins.whoop.Notice;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

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

    /**
     * An event that arrived.
     *
     * @param at when it did so first
     * @param storedAt when the service had stored the change, perhaps before the event came; null when it never had
     */
    record Arrival(long whoopUserId, Instant at, @Nullable Instant storedAt) {

        /** From arrival to commit; zero when a sync for another reason came first. */
        Optional<Duration> delay() {
            return Optional.ofNullable(storedAt)
                    .map(stored -> stored.isBefore(at) ? Duration.ZERO : Duration.between(at, stored));
        }
    }

    /** Delivered events of changes within the span. */
    synchronized List<Arrival> arrivals(CommitTimes commits, Instant from, Instant until) {
        return events(commits, from, until, notice -> notice.fate() != Notice.Fate.LOST);
    }

    /** From first delivery to commit, for delivered events of changes within the span. */
    Latency delivered(CommitTimes commits, Instant from, Instant until) {
        return latency(arrivals(commits, from, until));
    }

    /** From the moment a lost event would have left to commit. */
    synchronized Latency lost(CommitTimes commits, Instant from, Instant until) {
        return latency(events(commits, from, until, notice -> notice.fate() == Notice.Fate.LOST));
    }

    private List<Arrival> events(CommitTimes commits, Instant from, Instant until, Predicate<Notice> which) {
        return firstNotices.values().stream()
                .filter(notice -> !notice.happenedAt().isBefore(from)
                        && notice.happenedAt().isBefore(until))
                .filter(notice -> which.test(notice) && commits.knows(notice.whoopUserId()))
                .map(notice -> new Arrival(notice.whoopUserId(), notice.at(), commits.of(notice)))
                .toList();
    }

    private static Latency latency(List<Arrival> arrivals) {
        double[] seconds = secondsOf(arrivals);
        return new Latency(
                arrivals.size(), arrivals.size() - seconds.length, percentile(seconds, 0.5), percentile(seconds, 0.95));
    }

    /** The delays of those that were stored, shortest first. */
    static double[] secondsOf(List<Arrival> arrivals) {
        return arrivals.stream()
                .flatMap(arrival -> arrival.delay().stream())
                .mapToDouble(delay -> delay.toMillis() / MILLIS_PER_SECOND)
                .sorted()
                .toArray();
    }

    /** Zero when there is none. */
    static double percentile(double[] sorted, double share) {
        return sorted.length == 0 ? 0 : sorted[(int) Math.min(sorted.length - 1L, Math.floor(share * sorted.length))];
    }

    private record EventKey(UUID recordId, String type, Instant happenedAt) {}
}
