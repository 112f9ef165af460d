package io.holisticos.ring;

import io.holisticos.health.Change;
import io.holisticos.health.ChangesAnswer;
import io.holisticos.health.DayRange;
import io.holisticos.health.DaysToRead;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthSource;
import io.holisticos.health.Measurement;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Days of members that a test put on, in memory. It hangs and fails when it is told to. Thread-safe. */
public final class RingSource implements HealthSource {

    public static final SourceName NAME = new SourceName("ring");

    private static final CountDownLatch NOTHING_TO_WAIT_FOR = new CountDownLatch(0);

    private final Map<UserId, Wearer> wearers = new ConcurrentHashMap<>();
    private final Map<UserId, CountDownLatch> hanging = new ConcurrentHashMap<>();
    private final AtomicLong reads = new AtomicLong();
    private volatile boolean failing;

    /** The member has this day from now on. */
    public void puts(UserId who, SourceDay day) {
        wearers.computeIfAbsent(who, first -> new Wearer()).put(day);
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
        return wearers.size();
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
        Wearer wearer = wearers.get(who);
        return wearer == null ? new NotConnected(NAME) : wearer.days(range.read());
    }

    @Override
    public ChangesAnswer changes(UserId who, long since, int limit, Deadline deadline) {
        waitIfHanging(who);
        Wearer wearer = wearers.get(who);
        return wearer == null ? ChangesAnswer.of(since, 0, null, List.of()) : wearer.changes(since, limit);
    }

    @Override
    public Acquaintance acquaintance(UserId who, Deadline deadline) {
        return wearers.containsKey(who) ? Acquaintance.KNOWN : Acquaintance.UNKNOWN;
    }

    private void waitIfHanging(UserId who) {
        try {
            hanging.getOrDefault(who, NOTHING_TO_WAIT_FOR).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The days of a member and what changed of them: each change counts, so that an answer says which changes it knows. */
    private static final class Wearer {

        private final NavigableMap<LocalDate, SourceDay> days = new TreeMap<>();
        private final List<Change> changes = new ArrayList<>();

        synchronized void put(SourceDay day) {
            SourceDay former = days.put(day.date(), day);
            if (!day.equals(former)) {
                changes.add(change(day, former));
            }
        }

        private Change change(SourceDay day, @Nullable SourceDay former) {
            List<SourceDay> both = former == null ? List.of(day) : List.of(former, day);
            List<Metric> metrics = both.stream()
                    .flatMap(one -> one.measurements().stream())
                    .map(Measurement::metric)
                    .toList();
            Change change = Change.of(changes.size() + 1L, List.of(day.date()), metrics, "edit");
            return both.stream().allMatch(one -> one.workouts().isEmpty()) ? change : change.withWorkouts();
        }

        synchronized Measured days(DayRange range) {
            Instant morning =
                    days.lastKey().atStartOfDay(ZoneOffset.UTC).plusHours(6).toInstant();
            return new Measured(
                    NAME,
                    DataStatus.CURRENT,
                    morning,
                    null,
                    "complete",
                    new Observation(morning, ZoneOffset.ofHours(1)),
                    List.copyOf(
                            days.subMap(range.from(), true, range.to(), true).values()),
                    null,
                    changes.size());
        }

        synchronized ChangesAnswer changes(long since, int limit) {
            return ChangesAnswer.of(
                    since,
                    changes.size(),
                    1L,
                    changes.stream()
                            .filter(change -> change.revision() > since)
                            .limit(limit)
                            .toList());
        }
    }
}
