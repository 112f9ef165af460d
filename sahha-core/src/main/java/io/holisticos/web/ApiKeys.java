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
 * Authenticates service keys. A known key is cached until a notice about it arrives; unknown keys are never cached. While the
 * database does not answer, cached keys keep working for ten minutes, so a key that is revoked meanwhile works no longer than
 * that. Thread-safe.
 */
public final class ApiKeys implements Authenticator<String, Caller> {

    private static final Logger log = LoggerFactory.getLogger(ApiKeys.class);

    /** The header that carries a key. */
    public static final String HEADER = "X-API-Key";

    /** Longer than any entry of the cache is fresh. */
    private static final long EXPIRED = Duration.ofHours(1).toNanos();

    /** How long an entry is fresh. A change without a notice, such as a row deleted by hand, is seen after that. */
    private static final Duration FRESH = Duration.ofSeconds(30);

    /** How long while no notices arrive: half of the two seconds within which every replica must see a change. */
    private static final Duration FRESH_WITHOUT_NOTICES = Duration.ofSeconds(1);

    /** How long a cached key works while the database does not answer. */
    private static final Duration VALID_WITHOUT_DATABASE = Duration.ofMinutes(10);

    /** Longer texts are not looked up, because no key is longer. */
    private static final int MAX_LENGTH = 200;

    private final ApiKeyStore store;
    private final Clock clock;
    private final AtomicLong changes = new AtomicLong();
    private volatile BooleanSupplier noticesArrive = () -> true;
    private final Cache<Hash, Known> known =
            Caffeine.newBuilder().maximumSize(1_000).build();

    /** Keys that were looked up lately only for the name of their caller. */
    private final Cache<Hash, Boolean> lookedUpForName = Caffeine.newBuilder()
            .maximumSize(1_000)
            .expireAfterWrite(Duration.ofSeconds(5))
            .build();

    private volatile @Nullable Hash leased;

    /**
     * A key of the table.
     *
     * @param until when it ends unless its lease is renewed; null for never
     * @param validAt when the table last showed that it is valid
     * @param atNanos when it was last looked up, successfully or not
     */
    private record Known(Caller caller, @Nullable Instant until, Instant validAt, long atNanos) {

        Known lookedUpAt(long nanos) {
            return new Known(caller, until, validAt, nanos);
        }
    }

    public ApiKeys(ApiKeyStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /** This replica was started with this key and renews its lease while it runs, so the lease does not end here. */
    public void leasing(String key) {
        leased = Hash.of(key);
    }

    /** From now on, a key that is revoked on one replica is refused by all. */
    public void listenTo(ChangeNotices notices) {
        noticesArrive = notices::areHeard;
        notices.listen(ApiKeyStore.TOPIC, new NoticeListener() {
            @Override
            public void changed(String hash) {
                changes.incrementAndGet();
                known.invalidate(new Hash(hash));
            }

            @Override
            public void missed() {
                changes.incrementAndGet();
                known.asMap().replaceAll((hash, entry) -> entry.lookedUpAt(entry.atNanos() - EXPIRED));
            }
        });
    }

    @Override
    public Optional<Caller> authenticate(String key) {
        if (key.isBlank() || key.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        Hash hash = Hash.of(key);
        Known entry = known.getIfPresent(hash);
        Optional<Caller> found = entry != null && isFresh(entry) && isValid(hash, entry)
                ? Optional.of(entry.caller())
                : lookUp(hash, entry);
        found.ifPresent(ApiKeys::nameCaller);
        return found;
    }

    /**
     * Adds the name of the caller to the log line of the current request. It does not wait: only the cache is read, and keys
     * that are not in it are looked up later, at most once in a while.
     *
     * @param later runs the lookups in the table; may drop some
     */
    public void name(String key, Executor later) {
        if (key.isBlank() || key.length() > MAX_LENGTH) {
            return;
        }
        Hash hash = Hash.of(key);
        Known entry = known.getIfPresent(hash);
        if (entry != null && isValid(hash, entry)) {
            nameCaller(entry.caller());
        }
        if ((entry == null || !isFresh(entry)) && lookedUpForName.asMap().putIfAbsent(hash, true) == null) {
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
                    .filter(row -> isWithinLease(key, row));
            found.ifPresentOrElse(row -> remember(key, row, changesBefore), () -> known.invalidate(key));
            return found.map(Known::caller);
        } catch (SourceUnavailable away) {
            if (before == null || !isValid(key, before)) {
                throw away;
            }
            // so that the next callers do not wait for a database that hangs
            remember(key, before.lookedUpAt(System.nanoTime()), changesBefore);
            return Optional.of(before.caller());
        }
    }

    /** Caches an entry. If a notice arrived while the table was read, the entry is not fresh, and the next caller reads again. */
    private void remember(Hash key, Known found, long changesBefore) {
        known.put(key, changes.get() == changesBefore ? found : found.lookedUpAt(found.atNanos() - EXPIRED));
    }

    private boolean isFresh(Known entry) {
        Duration fresh = noticesArrive.getAsBoolean() ? FRESH : FRESH_WITHOUT_NOTICES;
        return System.nanoTime() - entry.atNanos() < fresh.toNanos();
    }

    private boolean isValid(Hash key, Known entry) {
        return isWithinLease(key, entry)
                && clock.instant().isBefore(entry.validAt().plus(VALID_WITHOUT_DATABASE));
    }

    private boolean isWithinLease(Hash key, Known entry) {
        Instant until = entry.until();
        return until == null || key.equals(leased) || clock.instant().isBefore(until);
    }
}
