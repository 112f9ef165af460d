package io.holisticos.sahha.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.holisticos.command.CommandKey;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError.BadSourceReply;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.outbound.Authorization;
import io.holisticos.outbound.Call;
import io.holisticos.outbound.Outbound;
import io.holisticos.outbound.Reply;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds Sahha's account token to calls. The token is requested once and kept until shortly before it expires. Sahha cannot
 * refresh it, so a new one is requested then. One thread requests it while the others wait. Thread-safe.
 */
public final class AccountToken implements Authorization {

    static final CommandKey KEY = new CommandKey("SAHHA_TOKEN");

    private static final Logger log = LoggerFactory.getLogger(AccountToken.class);

    /** A token is not used in its last minute, because the call must arrive while the token is valid. */
    private static final Duration MARGIN = Duration.ofSeconds(60);

    /** The lifetime of a token whose reply does not say; Sahha documents 24 h (Sahha docs "API", read 2026). */
    private static final Duration DEFAULT_LIFETIME = Duration.ofHours(1);

    private static final Duration RETRY_AFTER = Duration.ofSeconds(30);

    private final Outbound outbound;
    private final URI uri;
    private final byte[] requestBody;
    private final ObjectMapper mapper;
    private final Clock clock;
    private final ReentrantLock fetching = new ReentrantLock();
    private volatile @Nullable CachedToken cached;

    public AccountToken(
            Outbound outbound, URI baseUrl, AccountCredentials credentials, ObjectMapper mapper, Clock clock) {
        this.outbound = outbound.announceUninterrupted(KEY);
        this.uri = SahhaApi.uri(baseUrl, "/api/v1/oauth/account/token");
        this.requestBody = requestBody(credentials, mapper);
        this.mapper = mapper;
        this.clock = clock;
    }

    @Override
    public Map<String, String> headers(Call call, Deadline deadline) {
        return Map.of("Authorization", "account " + token(deadline)); // not Bearer, which Sahha answers with 401 or 500
    }

    @Override
    public boolean renew(Call call, Map<String, String> refused, Deadline deadline) {
        CachedToken current = cached;
        if (current != null && ("account " + current.token).equals(refused.get("Authorization"))) {
            cached = null;
        }
        return true;
    }

    private String token(Deadline deadline) {
        CachedToken current = cached;
        if (current != null && clock.instant().isBefore(current.until)) {
            return current.token;
        }
        try {
            if (!fetching.tryLock(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
                throw new SourceUnavailable(SahhaApi.SAHHA, RETRY_AFTER);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SourceUnavailable(SahhaApi.SAHHA, RETRY_AFTER, e);
        }
        try {
            CachedToken fetchedMeanwhile = cached;
            if (fetchedMeanwhile != null && clock.instant().isBefore(fetchedMeanwhile.until)) {
                return fetchedMeanwhile.token;
            }
            CachedToken fetched = fetch(deadline);
            cached = fetched;
            return fetched.token;
        } finally {
            fetching.unlock();
        }
    }

    private CachedToken fetch(Deadline deadline) {
        Instant requestedAt = clock.instant();
        Reply reply = outbound.call(
                new Call(
                        KEY,
                        null,
                        "POST",
                        uri,
                        Map.of("Accept", "application/json"),
                        new Call.Body("application/json", requestBody),
                        true), // a repeated request only yields a second token
                deadline);
        if (!reply.isSuccess()) {
            log.error("event=sahha_token_refused status={}", reply.status());
            throw new SourceUnavailable(SahhaApi.SAHHA, RETRY_AFTER);
        }
        JsonNode body = reply.decode(mapper, new TypeReference<>() {});
        String token = body.path("accountToken").asText("");
        if (token.isBlank()) {
            throw new BadSourceReply(SahhaApi.SAHHA, "a token reply without accountToken");
        }
        Duration lifetime = lifetimeOf(body.path("expiresIn"));
        Duration usable =
                lifetime.compareTo(MARGIN.multipliedBy(2)) > 0 ? lifetime.minus(MARGIN) : lifetime.dividedBy(2);
        return new CachedToken(token, requestedAt.plus(usable));
    }

    /** Sahha sends a number of seconds; older documents show it as text. */
    private static Duration lifetimeOf(JsonNode expiresIn) {
        BigDecimal number = SahhaNumber.parse(expiresIn.asText()); // also reads 86400.0
        long seconds = number == null ? 0 : number.longValue();
        return seconds > 0 && seconds < Duration.ofDays(3650).toSeconds()
                ? Duration.ofSeconds(seconds)
                : DEFAULT_LIFETIME;
    }

    private static byte[] requestBody(AccountCredentials credentials, ObjectMapper mapper) {
        try {
            return mapper.writeValueAsBytes(JsonNodeFactory.instance
                    .objectNode()
                    .put("clientId", credentials.clientId())
                    .put("clientSecret", credentials.clientSecret()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("two strings can always be written as JSON", e);
        }
    }

    private record CachedToken(String token, Instant until) {
        @Override
        public String toString() {
            return "CachedToken[until=" + until + "]";
        }
    }
}
