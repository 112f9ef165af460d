package io.holisticos.notice;

import io.holisticos.notice.ChangeNoticeStore.StoredNotice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * Reads each notice once. A transaction may commit after another one with a higher sequence, so the sequences of notices that
 * were read are remembered for a while. Not thread-safe.
 */
final class UnreadNotices {

    /** Longer than any transaction that writes a notice. */
    private static final Duration REMEMBERED_FOR = Duration.ofMinutes(2);

    /** How many sequences a process looks back when it begins, for transactions that commit late. */
    private static final long SEQUENCES_LOOKED_BACK = 1_000;

    private final ChangeNoticeStore store;
    private final LongSupplier nanoTime;
    private final TreeMap<Long, Long> readAt = new TreeMap<>(); // by sequence
    private long readUpTo; // every notice up to this sequence was read, or is too old to matter

    UnreadNotices(ChangeNoticeStore store, LongSupplier nanoTime) {
        this.store = store;
        this.nanoTime = nanoTime;
    }

    /** Counts all notices in the table as read. */
    void skip() {
        readAt.clear();
        readUpTo = Math.max(0, store.newest() - SEQUENCES_LOOKED_BACK);
        read();
    }

    /** The notices that were not read before. */
    List<Notice> read() {
        long now = nanoTime.getAsLong();
        List<Notice> fresh = new ArrayList<>();
        for (StoredNotice stored : store.after(readUpTo)) {
            if (readAt.putIfAbsent(stored.sequence(), now) == null) {
                fresh.add(stored.notice());
            }
        }
        while (!readAt.isEmpty() && isForgettable(readAt.firstEntry(), now)) {
            readUpTo = readAt.pollFirstEntry().getKey();
        }
        return fresh;
    }

    private static boolean isForgettable(Map.Entry<Long, Long> read, long now) {
        return now - read.getValue() > REMEMBERED_FOR.toNanos();
    }
}
