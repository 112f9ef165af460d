package io.holisticos.whoop.api;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The span a collection is read over, to the millisecond: records that overlap it. Always bounded, since an unbounded
 * read costs a member's whole history, and fixed, so that "now" does not move while paging.
 *
 * @param start inclusive
 * @param end exclusive
 */
public record Window(Instant start, Instant end) {

    public Window {
        start = start.truncatedTo(ChronoUnit.MILLIS);
        end = end.truncatedTo(ChronoUnit.MILLIS);
        if (!start.isBefore(end)) {
            throw new IllegalArgumentException("a window must start before it ends");
        }
    }
}
