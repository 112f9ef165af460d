package io.holisticos.web;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.trace.RequestContext;
import io.holisticos.web.ApiKeyStore.Hash;
import io.holisticos.web.ApiKeys.Glance;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What was found out of late about tokens, for requests that do not wait for it. Thread-safe. */
final class GlancedTokens {

    private static final Logger log = LoggerFactory.getLogger(GlancedTokens.class);

    private final Function<String, Optional<Caller>> members;
    private final Cache<Hash, Glance> seen = Caffeine.newBuilder()
            .maximumSize(1_000)
            .expireAfterWrite(Duration.ofSeconds(30))
            .build();

    GlancedTokens(Function<String, Optional<Caller>> members) {
        this.members = members;
    }

    /** As {@link ApiKeys#glance}. */
    Glance glance(String token, Executor later) {
        Hash hash = Hash.of(token);
        Glance before = seen.asMap().putIfAbsent(hash, Glance.NOT_YET);
        if (before == null) {
            later.execute(RequestContext.wrap(() -> find(hash, token)));
            return Glance.NOT_YET;
        }
        Caller caller = before.caller();
        if (caller != null) {
            caller.nameInRequest();
        }
        return before;
    }

    private void find(Hash hash, String token) {
        try {
            seen.put(
                    hash,
                    members.apply(token)
                            .map(caller -> new Glance(caller, false))
                            .orElse(Glance.UNKNOWN));
        } catch (SourceUnavailable away) {
            log.debug("event=caller_not_named reason=\"tokens cannot be verified\"");
        }
    }
}
