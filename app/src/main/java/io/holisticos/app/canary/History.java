package io.holisticos.app.canary;

import io.holisticos.app.canary.BurnRule.Window;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** What had been counted at moments of the recent past. Not thread-safe. */
final class History {

    private final Duration longest;
    private final Deque<Moment> moments = new ArrayDeque<>();

    /** @param longest the longest window that is asked for */
    History(Duration longest) {
        this.longest = longest;
    }

    private record Moment(long nanos, Window counted) {}

    /** From here on nothing that was counted before is known. */
    void beginAt(long nanos, Window counted) {
        moments.clear();
        moments.addLast(new Moment(nanos, counted));
    }

    void add(long nanos, Window counted) {
        moments.addLast(new Moment(nanos, counted));
        while (moments.size() > 1 && nanos - second().nanos() >= longest.toNanos()) {
            moments.removeFirst();
        }
    }

    /** What came in the last such time; in all that is known where that is less. */
    Window within(Duration time) {
        Moment now = moments.getLast();
        Moment begin = moments.getFirst();
        for (Moment each : moments) {
            if (now.nanos() - each.nanos() >= time.toNanos()) {
                begin = each;
            }
        }
        return now.counted().since(begin.counted());
    }

    private Moment second() {
        Moment first = moments.removeFirst();
        Moment second = moments.getFirst();
        moments.addFirst(first);
        return second;
    }
}
