package io.holisticos.twins.whoop;

import java.time.Instant;
import java.util.List;

/** One kind of record, day by day. */
interface DailyRecords {
    /** The day's records as they are at that moment, newest first. */
    List<WireRecord> on(long day, Instant now);

    /** When time next changes the day's records; {@link Instant#MAX} if it no longer does. Edits come on top. */
    Instant nextChange(long day, Instant now);
}
