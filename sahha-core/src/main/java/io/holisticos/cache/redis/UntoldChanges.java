package io.holisticos.cache.redis;

import io.holisticos.health.UserId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Changes that this replica has heard of and Redis has not. Until it has, nothing of these members is used. Thread-safe. */
final class UntoldChanges {

    /** With more of them, everybody changed. */
    private static final int MOST = 10_000;

    private static final long NONE = 0;

    private final Map<UserId, Long> members = new ConcurrentHashMap<>();
    private final AtomicLong everybody = new AtomicLong(NONE);
    private final AtomicLong changes = new AtomicLong(NONE);

    /**
     * Some of the changes, to be told at once. A member who changes again while they are told is told again.
     *
     * @param everybody the change of everybody; 0 when there was none
     */
    record Batch(Map<UserId, Long> members, long everybody) {

        boolean isEmpty() {
            return members.isEmpty() && everybody == NONE;
        }

        boolean isOfEverybody() {
            return everybody != NONE;
        }
    }

    void add(UserId who) {
        if (members.size() < MOST) {
            members.put(who, changes.incrementAndGet());
        } else {
            addEverybody();
        }
    }

    void addEverybody() {
        everybody.set(changes.incrementAndGet());
    }

    boolean holds(UserId who) {
        return everybody.get() != NONE || members.containsKey(who);
    }

    boolean isEmpty() {
        return everybody.get() == NONE && members.isEmpty();
    }

    Batch next(int most) {
        long all = everybody.get();
        Map<UserId, Long> some = new HashMap<>();
        for (Map.Entry<UserId, Long> one : members.entrySet()) {
            if (some.size() == most) {
                break;
            }
            some.put(one.getKey(), one.getValue());
        }
        return new Batch(Map.copyOf(some), all);
    }

    /** Redis has heard of these. */
    void told(Batch batch) {
        batch.members().forEach(members::remove);
        if (batch.isOfEverybody()) {
            List.copyOf(members.entrySet()).stream()
                    .filter(one -> one.getValue() <= batch.everybody())
                    .forEach(one -> members.remove(one.getKey(), one.getValue()));
            everybody.compareAndSet(batch.everybody(), NONE);
        }
    }
}
