package io.holisticos.whoop.connect;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.holisticos.health.UserId;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whose code may be exchanged now. All members share the bulkhead and the breaker of exchanges, so each has one turn at a
 * time, and none for a while after several that failed: a breaker opens after many more. Thread-safe.
 */
final class ExchangeTurns {

    private static final int MOST_FAILED = 5;
    private static final Duration A_WHILE = Duration.ofMinutes(1);
    private static final long MOST_REMEMBERED = 10_000;

    private final Set<UserId> underWay = ConcurrentHashMap.newKeySet();
    private final Cache<UserId, Integer> failed = Caffeine.newBuilder()
            .expireAfterWrite(A_WHILE)
            .maximumSize(MOST_REMEMBERED)
            .build();

    /** Whether exchanges of this member's codes failed so often lately that there is none for a while. */
    boolean isPaused(UserId who) {
        Integer count = failed.getIfPresent(who);
        return count != null && count >= MOST_FAILED;
    }

    /** Takes the member's only turn, until {@link #end}. Returns false when it is taken. */
    boolean begin(UserId who) {
        return underWay.add(who);
    }

    void end(UserId who) {
        underWay.remove(who);
    }

    /** WHOOP could not say whether it takes the member's code. */
    void failed(UserId who) {
        failed.asMap().merge(who, 1, Integer::sum);
    }
}
