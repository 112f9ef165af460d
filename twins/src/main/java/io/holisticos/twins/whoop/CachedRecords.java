package io.holisticos.twins.whoop;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Makes a day's records once, and again only after time or an edit changed them. Safe for any number of threads. */
final class CachedRecords {
    private final DailyRecords records;
    private final Edits edits;
    private final Map<Long, Entry> byDay = new ConcurrentHashMap<>();

    CachedRecords(DailyRecords records, Edits edits) {
        this.records = records;
        this.edits = edits;
    }

    Stream<WireRecord> on(long day, Instant now) {
        long edition = edits.edition(); // read first: an edit made meanwhile outdates the entry
        Entry entry = byDay.get(day);
        if (entry == null || !entry.isValid(edition, now)) {
            entry = new Entry(records.on(day, now), edition, now, records.nextChange(day, now));
            byDay.put(day, entry);
        }
        return entry.records().stream();
    }

    private record Entry(List<WireRecord> records, long edition, Instant from, Instant until) {
        private Entry {
            records = List.copyOf(records);
        }

        private boolean isValid(long current, Instant now) {
            return edition == current && !now.isBefore(from) && now.isBefore(until);
        }
    }
}
