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
final class Foreign {

    private final List<Seen> all = new ArrayList<>();

    /** In one of WHOOP's windows; it began about then. */
    record Seen(Window window, Instant begunAt, int calls) {

        boolean isIn(Instant begun) {
            Duration apart = Duration.between(begunAt, begun).abs();
            return apart.compareTo(window.length.dividedBy(2)) < 0;
        }
    }

    void clear() {
        all.clear();
    }

    void add(Seen seen) {
        all.add(seen);
    }

    /** What is known of the window that began about then. */
    Optional<Seen> find(Window window, Instant begun) {
        return all.stream()
                .filter(seen -> seen.window() == window && seen.isIn(begun))
                .findFirst();
    }

    /** In WHOOP's minute that goes on now. */
    int inMinute(Instant now) {
        return current(Window.MINUTE, now);
    }

    /** In the last day, at least. */
    int inDay(Instant now) {
        Instant dayAgo = now.minus(Window.DAY.length);
        int minutes = all.stream()
                .filter(seen -> seen.window() == Window.MINUTE && seen.begunAt().isAfter(dayAgo))
                .mapToInt(Seen::calls)
                .sum();
        return Math.max(minutes, current(Window.DAY, now));
    }

    private int current(Window window, Instant now) {
        return all.stream()
                .filter(seen -> seen.window() == window
                        && seen.begunAt().plus(window.length).isAfter(now))
                .mapToInt(Seen::calls)
                .max()
                .orElse(0);
    }
}
