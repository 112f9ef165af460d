package io.holisticos.ring;

import io.holisticos.health.DaysToRead;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthSource;
import io.holisticos.health.Metric;
import io.holisticos.health.Observation;
import io.holisticos.health.SourceAnswer;
import io.holisticos.health.SourceAnswer.DataStatus;
import io.holisticos.health.SourceAnswer.Measured;
import io.holisticos.health.SourceAnswer.NotConnected;
import io.holisticos.health.SourceDay;
import io.holisticos.health.SourceName;
import io.holisticos.health.UserId;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/** Days of members that a test put on, in memory. It hangs and fails when it is told to. Thread-safe. */
public final class RingSource implements HealthSource {

    public static final SourceName NAME = new SourceName("ring");

    private static final CountDownLatch NOTHING_TO_WAIT_FOR = new CountDownLatch(0);

    private final Map<UserId, NavigableMap<LocalDate, SourceDay>> days = new ConcurrentHashMap<>();
    private final Map<UserId, CountDownLatch> hanging = new ConcurrentHashMap<>();
    private final AtomicLong reads = new AtomicLong();
    private volatile boolean failing;

    /** The member has this day from now on. */
    public void puts(UserId who, SourceDay day) {
        days.computeIfAbsent(who, first -> new ConcurrentSkipListMap<>()).put(day.date(), day);
    }

    /** Reads of this member do not end until {@link #recovers}. */
    public void hangsFor(UserId who) {
        hanging.put(who, new CountDownLatch(1));
    }

    /** Every read throws until {@link #recovers}. */
    public void fails() {
        failing = true;
    }

    public void recovers() {
        failing = false;
        hanging.values().forEach(CountDownLatch::countDown);
        hanging.clear();
    }

    /** How many reads have begun. */
    public long reads() {
        return reads.get();
    }

    /** How many members there are. */
    int members() {
        return days.size();
    }

    @Override
    public SourceName name() {
        return NAME;
    }

    @Override
    public Set<Metric> offers() {
        return Set.of(Metric.HEART_RATE_RESTING, Metric.SLEEP_DURATION, Metric.STEPS);
    }

    @Override
    public SourceAnswer read(UserId who, DaysToRead range, Deadline deadline) {
        reads.incrementAndGet();
        waitIfHanging(who);
        if (failing) {
            throw new IllegalStateException("the ring is broken, as a test wants it");
        }
        NavigableMap<LocalDate, SourceDay> theirs = days.get(who);
        if (theirs == null) {
            return new NotConnected(NAME);
        }
        LocalDate newest = theirs.lastKey();
        Instant morning = newest.atStartOfDay(ZoneOffset.UTC).plusHours(6).toInstant();
        return new Measured(
                NAME,
                DataStatus.CURRENT,
                morning,
                null,
                "complete",
                new Observation(morning, ZoneOffset.ofHours(1)),
                List.copyOf(
                        theirs.subMap(range.read().from(), true, range.read().to(), true)
                                .values()));
    }

    @Override
    public Acquaintance acquaintance(UserId who, Deadline deadline) {
        return days.containsKey(who) ? Acquaintance.KNOWN : Acquaintance.UNKNOWN;
    }

    private void waitIfHanging(UserId who) {
        try {
            hanging.getOrDefault(who, NOTHING_TO_WAIT_FOR).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
