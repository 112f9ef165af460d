package io.holisticos.whoop.quota;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Calls that others make with our client id, as far as WHOOP's headers told. They tell of the window nearest to being hit
 * only, mostly the minute: the day's are the sum of its minutes, and may be more. Not thread-safe.
 */
final class OtherCallers {

    private final List<Calls> all = new ArrayList<>();

    /** In one of WHOOP's windows; it began about then. */
    record Calls(QuotaWindow window, Instant begunAt, int calls) {

        boolean isIn(Instant begun) {
            Duration apart = Duration.between(begunAt, begun).abs();
            return apart.compareTo(window.length.dividedBy(2)) < 0;
        }
    }

    void clear() {
        all.clear();
    }

    void add(Calls seen) {
        all.add(seen);
    }

    /** What is known of the window that began about then. */
    Optional<Calls> find(QuotaWindow window, Instant begun) {
        return all.stream()
                .filter(seen -> seen.window() == window && seen.isIn(begun))
                .findFirst();
    }

    /** In WHOOP's minute that goes on now. */
    int inMinute(Instant now) {
        return current(QuotaWindow.MINUTE, now);
    }

    /** In the last day, at least. */
    int inDay(Instant now) {
        Instant dayAgo = now.minus(QuotaWindow.DAY.length);
        int minutes = all.stream()
                .filter(seen ->
                        seen.window() == QuotaWindow.MINUTE && seen.begunAt().isAfter(dayAgo))
                .mapToInt(Calls::calls)
                .sum();
        return Math.max(minutes, current(QuotaWindow.DAY, now));
    }

    private int current(QuotaWindow window, Instant now) {
        return all.stream()
                .filter(seen -> seen.window() == window
                        && seen.begunAt().plus(window.length).isAfter(now))
                .mapToInt(Calls::calls)
                .max()
                .orElse(0);
    }
}
