package io.holisticos.web;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.dropwizard.auth.Authenticator;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.trace.RequestContext;
import java.time.Duration;
import java.util.Optional;

/**
 * Knows service keys; a known key is remembered for a short while, an unknown one never. While the database is away, keys
 * seen before go on working. Thread-safe.
 */
public final class ApiKeys implements Authenticator<String, Caller> {

    /** The header a key travels in. */
    public static final String HEADER = "X-API-Key";

    /** How long a key that was just withdrawn may still work. */
    private static final Duration REMEMBERED = Duration.ofSeconds(30);

    /** Longer texts are not looked up: no key of ours is. */
    private static final int MAX_LENGTH = 200;

    private final ApiKeyStore store;
    private final Cache<String, Caller> known = Caffeine.newBuilder()
            .maximumSize(1_000)
            .expireAfterWrite(REMEMBERED)
            .build();

    private final Cache<String, Caller> lastSeen =
            Caffeine.newBuilder().maximumSize(1_000).build();

    public ApiKeys(ApiKeyStore store) {
        this.store = store;
    }

    @Override
    public Optional<Caller> authenticate(String key) {
        if (key.isBlank() || key.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        Caller caller = known.getIfPresent(key);
        Optional<Caller> found = caller == null ? lookUp(key) : Optional.of(caller);
        found.ifPresent(who -> RequestContext.current().ifPresent(request -> request.caller(who.name())));
        return found;
    }

    private Optional<Caller> lookUp(String key) {
        try {
            Optional<Caller> found = store.find(key);
            found.ifPresentOrElse(held -> remember(key, held), () -> lastSeen.invalidate(key));
            return found;
        } catch (SourceUnavailable away) {
            return Optional.of(Optional.ofNullable(lastSeen.getIfPresent(key)).orElseThrow(() -> away));
        }
    }

    private void remember(String key, Caller caller) {
        known.put(key, caller);
        lastSeen.put(key, caller);
    }
}
