package io.holisticos.unified;

import io.holisticos.health.ChangesAnswer;
import io.holisticos.health.DaysToRead;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthSource;
import io.holisticos.health.MemberListener;
import io.holisticos.health.Metric;
import io.holisticos.health.SourceAnswer;
import io.holisticos.health.SourceName;
import io.holisticos.health.UserId;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/** A source that says what it is told to, and remembers what it was asked. */
final class FakeSource implements HealthSource {

    private final SourceName name;
    private volatile Supplier<SourceAnswer> answer;
    private volatile Supplier<Acquaintance> acquaintance = () -> Acquaintance.UNKNOWN;
    private volatile Runnable before = () -> {};
    private volatile LongFunction<ChangesAnswer> changes = since -> ChangesAnswer.NOTHING_KEPT;
    private volatile boolean telling;
    private volatile boolean on = true;
    private final List<MemberListener> listeners = new CopyOnWriteArrayList<>();
    private Set<Metric> offers = Set.copyOf(Metric.all());

    final List<DaysToRead> asked = new CopyOnWriteArrayList<>();
    final List<Duration> given = new CopyOnWriteArrayList<>();

    FakeSource(String name) {
        this.name = new SourceName(name);
        this.answer = () -> new SourceAnswer.NotConnected(this.name);
    }

    FakeSource answering(SourceAnswer answer) {
        this.answer = () -> answer;
        return this;
    }

    FakeSource throwing(RuntimeException thrown) {
        this.answer = () -> {
            throw thrown;
        };
        this.acquaintance = () -> {
            throw thrown;
        };
        return this;
    }

    /** @param changes by the revision that is asked from */
    FakeSource changing(LongFunction<ChangesAnswer> changes) {
        this.changes = changes;
        return this;
    }

    FakeSource acquainted(Acquaintance acquaintance) {
        this.acquaintance = () -> acquaintance;
        return this;
    }

    FakeSource offering(Set<Metric> offers) {
        this.offers = offers;
        return this;
    }

    /** Whether changes from elsewhere are heard of. */
    FakeSource telling(boolean telling) {
        this.telling = telling;
        return this;
    }

    FakeSource switchedOn(boolean on) {
        this.on = on;
        return this;
    }

    void changed(UserId who) {
        listeners.forEach(listener -> listener.changed(who));
    }

    /** Runs at each reading, before the answer is given. */
    FakeSource first(Runnable before) {
        this.before = before;
        return this;
    }

    @Override
    public SourceName name() {
        return name;
    }

    @Override
    public Set<Metric> offers() {
        return offers;
    }

    @Override
    public boolean isOn(UserId who) {
        return on;
    }

    @Override
    public void tell(MemberListener listener) {
        listeners.add(listener);
    }

    @Override
    public boolean isTelling() {
        return telling;
    }

    @Override
    public SourceAnswer read(UserId who, DaysToRead days, Deadline deadline) {
        asked.add(days);
        given.add(deadline.remaining());
        before.run();
        return answer.get();
    }

    @Override
    public ChangesAnswer changes(UserId who, long since, int limit, Deadline deadline) {
        return changes.apply(since);
    }

    @Override
    public Acquaintance acquaintance(UserId who, Deadline deadline) {
        return acquaintance.get();
    }
}
