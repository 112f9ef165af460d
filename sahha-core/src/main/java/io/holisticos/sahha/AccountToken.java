package io.holisticos.sahha;

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
 * Sahha's account token: asked for once, kept until shortly before it expires, never refreshed but asked for anew. One
 * thread asks at a time, the others wait for it.
 */
final class AccountToken implements Authorization {

    static final CommandKey KEY = new CommandKey("SAHHA_TOKEN");

    private static final Logger log = LoggerFactory.getLogger(AccountToken.class);

    /** A token is not used in the last minute of its life: the call must arrive while it is valid. */
    private static final Duration MARGIN = Duration.ofSeconds(60);

    /** Where the answer does not say; documented are 24 h (Sahha docs "API", read 2026). */
    private static final Duration DEFAULT_LIFE = Duration.ofHours(1);

    private static final Duration RETRY_AFTER = Duration.ofSeconds(30);

    private final Outbound outbound;
    private final URI uri;
    private final byte[] credentials;
    private final ObjectMapper mapper;
    private final Clock clock;
    private final ReentrantLock fetching = new ReentrantLock();
    private volatile @Nullable Held held;

    AccountToken(Outbound outbound, SahhaConfiguration configuration, ObjectMapper mapper, Clock clock) {
        this.outbound = outbound.announceUninterrupted(KEY);
        this.uri = SahhaApi.uri(configuration.baseUrl, "/api/v1/oauth/account/token");
        this.credentials = credentials(configuration, mapper);
        this.mapper = mapper;
        this.clock = clock;
    }

    @Override
    public Map<String, String> headers(Call call, Deadline deadline) {
        return Map.of(
                "Authorization", "account " + token(deadline)); // never Bearer, which Sahha answers with 401 or 500
    }

    @Override
    public boolean renew(Call call, Map<String, String> refused, Deadline deadline) {
        Held current = held;
        if (current != null && ("account " + current.token).equals(refused.get("Authorization"))) {
            held = null;
        }
        return true;
    }

    private String token(Deadline deadline) {
        Held current = held;
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
            Held fetchedMeanwhile = held;
            if (fetchedMeanwhile != null && clock.instant().isBefore(fetchedMeanwhile.until)) {
                return fetchedMeanwhile.token;
            }
            Held fetched = fetch(deadline);
            held = fetched;
            return fetched.token;
        } finally {
            fetching.unlock();
        }
    }

    private Held fetch(Deadline deadline) {
        Instant asked = clock.instant();
        Reply reply = outbound.call(
                new Call(
                        KEY,
                        null,
                        "POST",
                        uri,
                        Map.of("Accept", "application/json"),
                        new Call.Body("application/json", credentials),
                        true), // asking twice only gives two tokens
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
        Duration life = lifeOf(body.path("expiresIn"));
        Duration used = life.compareTo(MARGIN.multipliedBy(2)) > 0 ? life.minus(MARGIN) : life.dividedBy(2);
        return new Held(token, asked.plus(used));
    }

    /** A number of seconds, in older documents as text. */
    private static Duration lifeOf(JsonNode expiresIn) {
        BigDecimal number = Values.number(expiresIn.asText()); // 86400.0 too
        long seconds = number == null ? 0 : number.longValue();
        return seconds > 0 && seconds < Duration.ofDays(3650).toSeconds() ? Duration.ofSeconds(seconds) : DEFAULT_LIFE;
    }

    private static byte[] credentials(SahhaConfiguration configuration, ObjectMapper mapper) {
        try {
            return mapper.writeValueAsBytes(JsonNodeFactory.instance
                    .objectNode()
                    .put("clientId", configuration.clientId)
                    .put("clientSecret", configuration.clientSecret));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("two texts are always JSON", e);
        }
    }

    private record Held(String token, Instant until) {
        @Override
        public String toString() {
            return "Held[until=" + until + "]";
        }
    }
}
