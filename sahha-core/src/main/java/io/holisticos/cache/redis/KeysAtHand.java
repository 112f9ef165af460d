package io.holisticos.cache.redis;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.holisticos.health.UserId;
import io.holisticos.vault.Vault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.LongSupplier;

/**
 * Takes members' keys into the memory of the vault before they are needed again. No reader waits for the database here: whose
 * key is not in memory goes without the second level once. Thread-safe.
 */
final class KeysAtHand {

    private static final int MOST_AT_ONCE = 200;

    /** Members without a key are not looked for at each request. */
    private static final Duration LOOKED_FOR_AGAIN_AFTER = Duration.ofMinutes(1);

    private static final int MOST_REMEMBERED = 100_000;

    private final Vault vault;
    private final Queue<UserId> wanted = new ArrayBlockingQueue<>(MOST_AT_ONCE);
    private final Cache<UserId, Boolean> lookedFor;

    KeysAtHand(Vault vault, LongSupplier nanoTime) {
        this.vault = vault;
        this.lookedFor = Caffeine.newBuilder()
                .maximumSize(MOST_REMEMBERED)
                .expireAfterWrite(LOOKED_FOR_AGAIN_AFTER)
                .ticker(nanoTime::getAsLong)
                .build();
    }

    /** Whether the member's key is in memory. If not, it is to be taken there soon. */
    boolean haveAtHand(UserId who) {
        if (vault.hasAtHand(who)) {
            return true;
        }
        if (lookedFor.getIfPresent(who) == null && wanted.offer(who)) {
            lookedFor.put(who, true);
        }
        return false;
    }

    /** Takes those that were asked for into memory, with one statement. */
    void take() {
        List<UserId> members = new ArrayList<>();
        for (UserId who = wanted.poll(); who != null; who = wanted.poll()) {
            members.add(who);
        }
        if (!members.isEmpty()) {
            vault.takeToHand(members);
        }
    }
}
