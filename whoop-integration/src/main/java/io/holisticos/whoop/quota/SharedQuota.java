package io.holisticos.whoop.quota;

import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.SourceName;
import io.holisticos.notice.ChangeNoticeStore;
import io.holisticos.notice.Notice;
import io.holisticos.whoop.quota.QuotaStore.Grant;
import io.holisticos.whoop.quota.WaitingCallers.Payer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/**
 * The quota in the database, shared by all processes, and this process's copy of it. One thread at a time works on the copy;
 * the database orders the processes. Thread-safe. Every method throws {@link SourceUnavailable} while the database is away.
 */
final class SharedQuota {

    static final SourceName WHOOP = new SourceName("whoop");

    private static final Duration RETRY_AFTER_LOST_DATABASE = Duration.ofSeconds(5);

    /** The topic by which replicas tell each other that a block was set or lifted. */
    static final String TOPIC = "quota";

    private final Jdbi jdbi;
    private final Clock clock;
    private final Limit day;
    private final QuotaStore store;
    private final QuotaState state;
    private final ReentrantLock oneAtATime = new ReentrantLock();
    private volatile boolean isOutdated;

    SharedQuota(Jdbi jdbi, Clock clock, Limit day, QuotaStore store, QuotaState state) {
        this.jdbi = jdbi;
        this.clock = clock;
        this.day = day;
        this.store = store;
        this.state = state;
    }

    /** Another replica changed something: the copy is read again before it is used next. */
    void outdate() {
        isOutdated = true;
    }

    /** Takes a permit; returns how long to wait when there is none, else zero. */
    Duration take(Payer who) {
        return locked(() -> taken(who) ? Duration.ZERO : inTransaction(handle -> takeOrWait(handle, who)));
    }

    /** Decides by the copy, with one statement. It does nothing when another process was faster. */
    private boolean taken(Payer who) {
        if (isOutdated) {
            isOutdated = false;
            state.doubt();
        }
        if (!state.isLoaded()) {
            return false;
        }
        Instant clockNow = now();
        Instant now = state.notBeforeTheLast(clockNow);
        if (state.isAheadOf(clockNow) || state.roomFor(who, now).isAfter(now)) {
            return false; // the database has to confirm a refusal
        }
        Grant next = state.next(who, now);
        boolean taken = in(() -> jdbi.withHandle(handle -> state.save(handle, next)));
        if (taken) {
            state.granted(next);
        }
        return taken;
    }

    private Duration takeOrWait(Handle handle, Payer who) {
        QuotaStore.GrantCount count = store.lock(handle);
        Instant clockNow = now(); // after the lock
        state.catchUp(handle, count, clockNow);
        Instant now = state.notBeforeTheLast(clockNow);
        Instant roomAt = state.roomFor(who, now);
        if (!roomAt.isAfter(now)) {
            Grant next = state.next(who, now);
            if (!state.save(handle, next)) {
                throw new IllegalStateException("a grant under the lock was refused");
            }
            state.granted(next);
            return Duration.ZERO;
        }
        if (who.member() > QuotaGovernor.APPLICATION && !roomAt.equals(state.waiting.toldTo(who, now))) {
            store.await(handle, who, roomAt, now.minus(WaitingCallers.HELD_FOR));
            state.awaits(who, roomAt);
        }
        Duration wait = Duration.between(clockNow, roomAt);
        return wait.compareTo(day.length()) > 0 ? day.length() : wait;
    }

    /** Tells the other replicas, in the transaction of the change, that a block was set or lifted. */
    void tellReplicas(Handle handle) {
        ChangeNoticeStore.write(handle, new Notice(TOPIC, "blocks"), now());
    }

    /** What the copy says, without the database. */
    <T> T locked(Supplier<T> reader) {
        oneAtATime.lock();
        try {
            return reader.get();
        } finally {
            oneAtATime.unlock();
        }
    }

    /** Changes the database in one transaction, and brings the copy up to date. */
    void change(Consumer<Handle> change) {
        boolean unused = locked(() -> inTransaction(handle -> {
            change.accept(handle);
            state.catchUp(handle, store.lock(handle), now());
            return true;
        }));
    }

    /** Reads without a lock. It corrects nothing in the database, whatever this process's clock says. */
    <T> T read(Function<Instant, T> reader) {
        return locked(() -> inTransaction(handle -> {
            QuotaStore.GrantCount count = store.readCount(handle);
            Instant now = now();
            state.readOnly(handle, count, now);
            return reader.apply(now);
        }));
    }

    private <T> T inTransaction(Function<Handle, T> work) {
        return in(() -> jdbi.inTransaction(work::apply));
    }

    private <T> T in(Supplier<T> work) {
        boolean done = false;
        try {
            T result = work.get();
            done = true;
            return result;
        } catch (JdbiException e) {
            throw new SourceUnavailable(WHOOP, RETRY_AFTER_LOST_DATABASE, e);
        } finally {
            if (!done) {
                state.doubt(); // nobody knows whether it was committed
            }
        }
    }

    /** To the microsecond, as the database keeps it. */
    Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
