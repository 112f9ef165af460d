package io.holisticos.web;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.dropwizard.auth.Authenticator;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.notice.ChangeNotices;
import io.holisticos.notice.NoticeListener;
import io.holisticos.trace.RequestContext;
import io.holisticos.web.ApiKeyStore.Hash;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows service keys; a known key is remembered until something is told of it, an unknown one never. While the database is
 * away, keys seen before go on working for ten minutes: one that is withdrawn meanwhile works no longer than that.
 * Thread-safe.
 */
public final class ApiKeys implements Authenticator<String, Caller> {

    private static final Logger log = LoggerFactory.getLogger(ApiKeys.class);

    /** The header a key travels in. */
    public static final String HEADER = "X-API-Key";

    /** Longer than anything is remembered. */
    private static final long FOREVER = Duration.ofHours(1).toNanos();

    /** How long a key may still work whose withdrawal nobody told us, such as a row deleted by hand. */
    private static final Duration REMEMBERED = Duration.ofSeconds(30);

    /** While nobody tells us anything: half of the two seconds in which a change has to be seen everywhere. */
    private static final Duration REMEMBERED_UNTOLD = Duration.ofSeconds(1);

    /** How long a key works that cannot be looked up. */
    private static final Duration GOOD_WHILE_AWAY = Duration.ofMinutes(10);

    /** Longer texts are not looked up: no key of ours is. */
    private static final int MAX_LENGTH = 200;

    private final ApiKeyStore store;
    private final Clock clock;
    private final AtomicLong changes = new AtomicLong();
    private volatile BooleanSupplier told = () -> true;
    private final Cache<Hash, Known> known =
            Caffeine.newBuilder().maximumSize(1_000).build();

    /** What was looked up for its name lately, known or not. */
    private final Cache<Hash, Boolean> lookedForByName = Caffeine.newBuilder()
            .maximumSize(1_000)
            .expireAfterWrite(Duration.ofSeconds(5))
            .build();

    private volatile @Nullable Hash ours;

    /**
     * @param until when it ends unless it is leased anew; null for never
     * @param goodAt when the table last said that it is good
     * @param atNanos when it was last looked for, whatever came of that
     */
    private record Known(Caller caller, @Nullable Instant until, Instant goodAt, long atNanos) {

        Known lookedForAt(long nanos) {
            return new Known(caller, until, goodAt, nanos);
        }
    }

    public ApiKeys(ApiKeyStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /** This replica was started with that key and leases it for as long as it runs: here its lease does not end. */
    public void leasing(String key) {
        ours = Hash.of(key);
    }

    /** A key that is withdrawn at one replica is then refused by all. */
    public void listenTo(ChangeNotices notices) {
        told = notices::areHeard;
        notices.listen(ApiKeyStore.TOPIC, new NoticeListener() {
            @Override
            public void changed(String hash) {
                changes.incrementAndGet();
                known.invalidate(new Hash(hash));
            }

            @Override
            public void missed() {
                changes.incrementAndGet();
                known.asMap().replaceAll((hash, held) -> held.lookedForAt(held.atNanos() - FOREVER));
            }
        });
    }

    @Override
    public Optional<Caller> authenticate(String key) {
        if (key.isBlank() || key.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        Hash hash = Hash.of(key);
        Known held = known.getIfPresent(hash);
        Optional<Caller> found = held != null && isFresh(held) && isStillGood(hash, held)
                ? Optional.of(held.caller())
                : lookUp(hash, held);
        found.ifPresent(ApiKeys::nameCaller);
        return found;
    }

    /**
     * Names the caller of the current request, for its line in the log only. Nobody waits: it goes by memory, and what that
     * does not know is looked up later, now and then.
     *
     * @param later takes the looks in the table; may drop some
     */
    public void name(String key, Executor later) {
        if (key.isBlank() || key.length() > MAX_LENGTH) {
            return;
        }
        Hash hash = Hash.of(key);
        Known held = known.getIfPresent(hash);
        if (held != null && isStillGood(hash, held)) {
            nameCaller(held.caller());
        }
        if ((held == null || !isFresh(held)) && lookedForByName.asMap().putIfAbsent(hash, true) == null) {
            later.execute(RequestContext.wrap(() -> nameLate(key)));
        }
    }

    private void nameLate(String key) {
        try {
            Optional<Caller> unused = authenticate(key);
        } catch (SourceUnavailable away) {
            log.debug("event=caller_not_named reason=\"keys cannot be read\"");
        }
    }

    private static void nameCaller(Caller who) {
        RequestContext.current().ifPresent(request -> request.caller(who.name()));
    }

    private Optional<Caller> lookUp(Hash key, @Nullable Known before) {
        long changesBefore = changes.get();
        try {
            Instant now = clock.instant();
            Optional<Known> found = store.find(key)
                    .map(row -> new Known(row.caller(), row.until(), now, System.nanoTime()))
                    .filter(row -> isLeased(key, row));
            found.ifPresentOrElse(row -> remember(key, row, changesBefore), () -> known.invalidate(key));
            return found.map(Known::caller);
        } catch (SourceUnavailable away) {
            if (before == null || !isStillGood(key, before)) {
                throw away;
            }
            // not everybody has to wait for a database that hangs
            remember(key, before.lookedForAt(System.nanoTime()), changesBefore);
            return Optional.of(before.caller());
        }
    }

    /** Unless something changed while the table was read: then the next one looks again. */
    private void remember(Hash key, Known found, long changesBefore) {
        known.put(key, changes.get() == changesBefore ? found : found.lookedForAt(found.atNanos() - FOREVER));
    }

    private boolean isFresh(Known held) {
        Duration holds = told.getAsBoolean() ? REMEMBERED : REMEMBERED_UNTOLD;
        return System.nanoTime() - held.atNanos() < holds.toNanos();
    }

    private boolean isStillGood(Hash key, Known held) {
        return isLeased(key, held) && clock.instant().isBefore(held.goodAt().plus(GOOD_WHILE_AWAY));
    }

    private boolean isLeased(Hash key, Known held) {
        Instant until = held.until();
        return until == null || key.equals(ours) || clock.instant().isBefore(until);
    }
}
