package io.holisticos.web;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.dropwizard.auth.Authenticator;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.notice.ChangeNotices;
import io.holisticos.trace.RequestContext;
import io.holisticos.web.ApiKeyStore.Found;
import io.holisticos.web.ApiKeyStore.Hash;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
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

    private static final int MOST_IN_MEMORY = 1_000;

    /** Longer texts are not looked up, because no key is longer. */
    private static final int MAX_LENGTH = 200;

    private final Clock clock;
    private final KnownRows<Found> known;

    /** Keys that were glanced at lately, with what became of it: a key that nobody knows, or nothing yet. */
    private final Cache<Hash, Glance> glancedAt = Caffeine.newBuilder()
            .maximumSize(1_000)
            .expireAfterWrite(Duration.ofSeconds(5))
            .build();

    private volatile @Nullable Hash leased;
    private volatile Consumer<Hash> uses = hash -> {};

    public ApiKeys(ApiKeyStore store, Clock clock) {
        this(store::find, clock);
    }

    /** @param table looks a key up */
    ApiKeys(Function<Hash, Optional<Found>> table, Clock clock) {
        this.clock = clock;
        this.known = new KnownRows<>(table, this::hasNotEnded, MOST_IN_MEMORY, clock);
    }

    /** This replica was started with this key and renews its lease while it runs, so the lease does not end here. */
    public void leasing(String key) {
        leased = Hash.of(key);
    }

    /** From now on, uses of keys are noted. */
    public void noteUsesIn(LastUses noted) {
        uses = noted::note;
    }

    /** From now on, a key that is revoked on one replica is refused by all. */
    public void listenTo(ChangeNotices notices) {
        known.listenTo(notices, ApiKeyStore.TOPIC);
    }

    @Override
    public Optional<Caller> authenticate(String key) {
        if (key.isBlank() || key.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        return authenticate(Hash.of(key));
    }

    /** As above, by what is kept of a key. */
    Optional<Caller> authenticate(Hash hash) {
        Optional<Caller> found = known.find(hash).map(Found::caller);
        found.ifPresent(caller -> {
            caller.nameInRequest();
            uses.accept(hash);
        });
        return found;
    }

    /**
     * What memory tells of a key.
     *
     * @param caller null when it does not tell
     * @param isUnknown whether the key was looked up lately and nobody has it
     */
    record Glance(@Nullable Caller caller, boolean isUnknown) {
        static final Glance UNKNOWN = new Glance(null, true);
        static final Glance NOT_YET = new Glance(null, false);
    }

    /**
     * Says whose key this is, and adds their name to the log line of the current request. It does not wait: only the cache is
     * read, and keys that are not in it are looked up later, at most once in a while.
     *
     * @param later runs the lookups in the table; may drop some
     */
    Glance glance(String key, Executor later) {
        if (key.isBlank() || key.length() > MAX_LENGTH) {
            return Glance.UNKNOWN;
        }
        Hash hash = Hash.of(key);
        Optional<KnownRows.Held<Found>> held = known.held(hash);
        Glance before = Glance.NOT_YET;
        if (held.filter(KnownRows.Held::isFresh).isEmpty()) {
            Glance lately = glancedAt.asMap().putIfAbsent(hash, Glance.NOT_YET);
            if (lately == null) {
                later.execute(RequestContext.wrap(() -> lookUpLate(hash, key)));
            } else {
                before = lately;
            }
        }
        if (held.isPresent()) {
            Caller caller = held.get().row().caller();
            caller.nameInRequest();
            return new Glance(caller, false);
        }
        return before;
    }

    private void lookUpLate(Hash hash, String key) {
        try {
            if (authenticate(key).isEmpty()) {
                glancedAt.put(hash, Glance.UNKNOWN);
            }
        } catch (SourceUnavailable away) {
            log.debug("event=caller_not_named reason=\"keys cannot be read\"");
        }
    }

    /** A key that this replica leases does not end by its lease. */
    private boolean hasNotEnded(Hash key, Found row) {
        Instant now = clock.instant();
        return !row.ends().hasExpired(now) && (key.equals(leased) || !row.ends().leaseIsOver(now));
    }
}
