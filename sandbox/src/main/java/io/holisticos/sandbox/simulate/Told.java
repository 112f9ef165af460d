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

/** What WHOOP told, event by event, and how long after it our store held what had changed. */
final class Told {

    private static final double MILLIS_PER_SECOND = 1_000;

    private final Map<Key, Notice> first = new HashMap<>();

    /** Of an event that was sent twice, the first time counts. */
    synchronized void note(Notice notice) {
        Key key = new Key(notice.recordId(), notice.type(), notice.happenedAt());
        first.merge(key, notice, (one, other) -> one.at().isAfter(other.at()) ? other : one);
    }

    /**
     * How fast changes were held, in seconds of simulated time.
     *
     * @param counted events
     * @param never of them not held when the run ended
     */
    record Speed(long counted, long never, double p50, double p95) {}

    /** From first delivery to commit, of events that happened in the span and were delivered. */
    synchronized Speed delivered(Commits commits, Instant from, Instant until) {
        return speed(commits, from, until, notice -> notice.fate() != Notice.Fate.LOST);
    }

    /** From when a lost event would have gone out to commit. */
    synchronized Speed lost(Commits commits, Instant from, Instant until) {
        return speed(commits, from, until, notice -> notice.fate() == Notice.Fate.LOST);
    }

    private Speed speed(Commits commits, Instant from, Instant until, java.util.function.Predicate<Notice> which) {
        List<Double> seconds = new ArrayList<>();
        long never = 0;
        for (Notice notice : first.values()) {
            boolean inSpan =
                    !notice.happenedAt().isBefore(from) && notice.happenedAt().isBefore(until);
            if (!inSpan || !which.test(notice) || !commits.knows(notice.whoopUserId())) {
                continue;
            }
            Instant committed = commits.of(notice);
            if (committed == null) {
                never++;
            } else {
                long millis = Duration.between(notice.at(), committed).toMillis();
                seconds.add(Math.max(0, millis) / MILLIS_PER_SECOND); // a list for another reason may have been first
            }
        }
        Collections.sort(seconds);
        return new Speed(seconds.size() + never, never, percentile(seconds, 0.5), percentile(seconds, 0.95));
    }

    private static double percentile(List<Double> sorted, double share) {
        return sorted.isEmpty() ? 0 : sorted.get((int) Math.min(sorted.size() - 1L, Math.floor(share * sorted.size())));
    }

    private record Key(UUID recordId, String type, Instant happenedAt) {}
}
