package io.holisticos.notice;

import io.holisticos.notice.ChangeNoticeStore.Written;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * Tells notices that were not read yet from those that were. A transaction may commit later than one with a higher
 * sequence, so what was read stays in view for a while. Not thread-safe.
 */
final class Unread {

    /** Longer than any transaction that writes a notice. */
    private static final Duration IN_VIEW = Duration.ofMinutes(2);

    /** What a process that begins looks back at, for those that commit late. */
    private static final long LOOK_BACK = 1_000;

    private final ChangeNoticeStore store;
    private final LongSupplier nanoTime;
    private final TreeMap<Long, Long> readAt = new TreeMap<>(); // by sequence
    private long floor; // everything up to here was read, or is too old to matter

    Unread(ChangeNoticeStore store, LongSupplier nanoTime) {
        this.store = store;
        this.nanoTime = nanoTime;
    }

    /** Counts everything there is as read. */
    void skip() {
        readAt.clear();
        floor = Math.max(0, store.newest() - LOOK_BACK);
        read();
    }

    /** What came since. */
    List<Notice> read() {
        long now = nanoTime.getAsLong();
        List<Notice> fresh = new ArrayList<>();
        for (Written written : store.after(floor)) {
            if (readAt.putIfAbsent(written.sequence(), now) == null) {
                fresh.add(written.notice());
            }
        }
        while (!readAt.isEmpty() && isSettled(readAt.firstEntry(), now)) {
            floor = readAt.pollFirstEntry().getKey();
        }
        return fresh;
    }

    private static boolean isSettled(Map.Entry<Long, Long> read, long now) {
        return now - read.getValue() > IN_VIEW.toNanos();
    }
}
