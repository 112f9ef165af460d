package io.holisticos.web;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.dropwizard.auth.Authenticator;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.notice.ChangeNotices;
import io.holisticos.notice.NoticeListener;
import io.holisticos.trace.RequestContext;
import io.holisticos.web.ApiKeyStore.Hash;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Knows service keys; a known key is remembered until something is told of it, an unknown one never. While the database is
 * away, keys seen before go on working. Thread-safe.
 */
public final class ApiKeys implements Authenticator<String, Caller> {

    /** The header a key travels in. */
    public static final String HEADER = "X-API-Key";

    /** Longer than anything is remembered. */
    private static final long FOREVER = Duration.ofHours(1).toNanos();

    /** How long a key may still work whose withdrawal nobody told us, such as a row deleted by hand. */
    private static final Duration REMEMBERED = Duration.ofSeconds(30);

    /** While nobody tells us anything: half of the two seconds in which a change has to be seen everywhere. */
    private static final Duration REMEMBERED_UNTOLD = Duration.ofSeconds(1);

    /** Longer texts are not looked up: no key of ours is. */
    private static final int MAX_LENGTH = 200;

    private final ApiKeyStore store;
    private final AtomicLong changes = new AtomicLong();
    private volatile BooleanSupplier told = () -> true;
    private final Cache<Hash, Known> known =
            Caffeine.newBuilder().maximumSize(1_000).build();

    private record Known(Caller caller, long atNanos) {}

    public ApiKeys(ApiKeyStore store) {
        this.store = store;
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
                known.asMap().replaceAll((hash, held) -> new Known(held.caller(), held.atNanos() - FOREVER));
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
        Optional<Caller> found = held != null && isFresh(held) ? Optional.of(held.caller()) : lookUp(hash, held);
        found.ifPresent(who -> RequestContext.current().ifPresent(request -> request.caller(who.name())));
        return found;
    }

    private Optional<Caller> lookUp(Hash key, @Nullable Known before) {
        long changesBefore = changes.get();
        try {
            Optional<Caller> found = store.find(key);
            found.ifPresentOrElse(caller -> remember(key, caller, changesBefore), () -> known.invalidate(key));
            return found;
        } catch (SourceUnavailable away) {
            if (before == null) {
                throw away;
            }
            remember(key, before.caller(), changesBefore); // not everybody has to wait for a database that hangs
            return Optional.of(before.caller());
        }
    }

    /** Unless something changed while the table was read: then the next one looks again. */
    private void remember(Hash key, Caller caller, long changesBefore) {
        long at = System.nanoTime() - (changes.get() == changesBefore ? 0 : FOREVER);
        known.put(key, new Known(caller, at));
    }

    private boolean isFresh(Known held) {
        Duration holds = told.getAsBoolean() ? REMEMBERED : REMEMBERED_UNTOLD;
        return System.nanoTime() - held.atNanos() < holds.toNanos();
    }
}
