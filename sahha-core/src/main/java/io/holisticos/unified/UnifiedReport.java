package io.holisticos.unified;

import io.holisticos.health.SourceAnswer;
import io.holisticos.health.UserId;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

/**
 * What the flow found.
 *
 * @param offset of the newest observation of any source: what made today today
 * @param readings one of each source, in the order they were read
 * @param days oldest first, every day asked for
 */
record UnifiedReport(
        UserId who,
        Instant generatedAt,
        ZoneOffset offset,
        List<Reading> readings,
        List<MergedDay> days,
        Duration mergeTime,
        Duration totalTime) {

    UnifiedReport {
        readings = List.copyOf(readings);
        days = List.copyOf(days);
    }

    /** What a source answered, and how long that took. */
    record Reading(SourceAnswer answer, Duration took) {}
}
