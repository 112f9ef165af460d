package io.holisticos.notice;

import io.holisticos.notice.ChangeNoticeStore.Sequences;
import io.holisticos.notice.ChangeNoticeStore.StoredNotice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * Reads each notice once, and no other. A transaction may commit after another one with a higher sequence, so the gaps between the
 * sequences that were read are looked at again for a while. Not thread-safe.
 */
final class UnreadNotices {

    /** Longer than any transaction that writes a notice. */
    private static final Duration LOOKED_AT_FOR = Duration.ofMinutes(5);

    /** How many sequences a process looks back when it begins, for transactions that commit late. */
    private static final long SEQUENCES_LOOKED_BACK = 1_000;

    private final ChangeNoticeStore store;
    private final LongSupplier nanoTime;
    private final NavigableMap<Long, Gap> gaps = new TreeMap<>(); // by their first sequence
    private long newest; // that was read or heard

    /** @param sinceNanos when a notice after it was first read or heard */
    private record Gap(Sequences unread, long sinceNanos) {}

    UnreadNotices(ChangeNoticeStore store, LongSupplier nanoTime) {
        this.store = store;
        this.nanoTime = nanoTime;
    }

    /** Counts all notices in the table as read. */
    void skip() {
        gaps.clear();
        newest = Math.max(0, store.newest() - SEQUENCES_LOOKED_BACK);
        read();
    }

    /** The notices that were neither read nor heard before. */
    List<Notice> read() {
        long now = nanoTime.getAsLong();
        gaps.values().removeIf(gap -> now - gap.sinceNanos() > LOOKED_AT_FOR.toNanos());
        List<Notice> fresh = new ArrayList<>();
        for (StoredNotice stored : store.among(unread())) {
            fresh.add(stored.notice());
            take(stored.sequence(), now);
        }
        return fresh;
    }

    /** A notice that arrived by itself need not be read. */
    void heard(StoredNotice notice) {
        take(notice.sequence(), nanoTime.getAsLong());
    }

    /** The highest sequence that was read or heard. */
    long newest() {
        return newest;
    }

    private List<Sequences> unread() {
        List<Sequences> unread = new ArrayList<>();
        gaps.values().forEach(gap -> unread.add(gap.unread()));
        unread.add(new Sequences(newest + 1, Long.MAX_VALUE));
        return unread;
    }

    private void take(long sequence, long now) {
        if (sequence > newest) {
            leave(newest + 1, sequence - 1, now);
            newest = sequence;
            return;
        }
        Map.Entry<Long, Gap> around = gaps.floorEntry(sequence);
        if (around != null && sequence <= around.getValue().unread().last()) {
            Gap gap = around.getValue();
            gaps.remove(around.getKey());
            leave(gap.unread().first(), sequence - 1, gap.sinceNanos());
            leave(sequence + 1, gap.unread().last(), gap.sinceNanos());
        }
    }

    private void leave(long first, long last, long sinceNanos) {
        if (first <= last) {
            gaps.put(first, new Gap(new Sequences(first, last), sinceNanos));
        }
    }
}
