package io.holisticos.web;

import com.codahale.metrics.Counter;
import com.codahale.metrics.MetricRegistry;
import io.holisticos.audit.SecurityEvents;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all webhooks share, whoever sends them: media type and size are checked before a signature is, every outcome has
 * one counter {@code webhook.<provider>.<outcome>}, and a refusal says nothing of what came. Thread-safe.
 */
public final class WebhookDoor {

    /** Events are ids and a few values; the largest seen have 5 KB (fact sheets of both providers). */
    private static final int MOST_BYTES = 64 * 1024;

    private static final int RETRY_AFTER_SECONDS = 30;

    private static final String PATHS = "/webhooks/";
    /** Deliveries being stored at once: readers share the pool, and must find a connection however slow storing is. */
    private static final int AT_ONCE = 3;

    private static final Duration WAITS_FOR_ITS_TURN = Duration.ofMillis(500);

    private static final Logger log = LoggerFactory.getLogger(WebhookDoor.class);

    private final String provider;
    private final String path;
    private final RefusedWebhooks refused;
    private final Semaphore turns = new Semaphore(AT_ONCE, true);
    private final Map<WebhookOutcome, Counter> counters = new EnumMap<>(WebhookOutcome.class);

    /** The door at {@code /webhooks/<provider>}. */
    public WebhookDoor(String provider, MetricRegistry metrics, RefusedWebhooks refused) {
        this.provider = provider;
        this.path = PATHS + provider;
        this.refused = refused;
        for (WebhookOutcome outcome : WebhookOutcome.values()) {
            counters.put(outcome, metrics.counter(MetricRegistry.name("webhook", provider, outcome.word())));
        }
    }

    /** Whether a request to this path is for a door: the server's edge leaves it to the door to refuse and count it. */
    public static boolean standsBefore(String path) {
        return path.startsWith(PATHS);
    }

    /** Notes what may be an attack as such. */
    public static RefusedWebhooks refusalsIn(SecurityEvents events) {
        return (provider, outcome) -> {
            switch (outcome) {
                case BAD_SIGNATURE -> events.note(SecurityEvents.Kind.SIGNATURE_REFUSED, "webhook_" + provider);
                case BAD_AGE -> events.note(SecurityEvents.Kind.REPLAY_REFUSED, "webhook_" + provider);
                case STORED, DUPLICATE, UNKNOWN_TYPE, PARKED, WRONG_CONTENT_TYPE, TOO_LARGE, GARBAGE, UNAVAILABLE -> {}
            }
        };
    }

    /**
     * Takes one delivery.
     *
     * @param storing given the raw bytes; returns when they are durably stored, or why not
     */
    public Response receive(HttpHeaders headers, InputStream body, Function<byte[], WebhookOutcome> storing) {
        WebhookOutcome outcome = outcomeOf(headers, body, storing);
        Counter counter = counters.get(outcome);
        if (counter != null) {
            counter.inc();
        }
        if (outcome.isAcknowledged()) {
            return Response.status(outcome.status()).build();
        }
        refused.note(provider, outcome);
        log.info("event=webhook_refused provider={} outcome={}", provider, outcome.word());
        return refusal(outcome);
    }

    private WebhookOutcome outcomeOf(HttpHeaders headers, InputStream body, Function<byte[], WebhookOutcome> storing) {
        if (!isJson(headers.getHeaderString(HttpHeaders.CONTENT_TYPE))
                || isEncoded(headers.getHeaderString(HttpHeaders.CONTENT_ENCODING))) {
            return WebhookOutcome.WRONG_CONTENT_TYPE;
        }
        if (headers.getLength() > MOST_BYTES) {
            return WebhookOutcome.TOO_LARGE;
        }
        try {
            byte[] bytes = body.readNBytes(MOST_BYTES + 1);
            return bytes.length > MOST_BYTES ? WebhookOutcome.TOO_LARGE : inTurn(bytes, storing);
        } catch (IOException e) { // the sender left
            return WebhookOutcome.GARBAGE;
        }
    }

    private WebhookOutcome inTurn(byte[] bytes, Function<byte[], WebhookOutcome> storing) {
        try {
            if (!turns.tryAcquire(WAITS_FOR_ITS_TURN.toMillis(), TimeUnit.MILLISECONDS)) {
                return WebhookOutcome.UNAVAILABLE;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return WebhookOutcome.UNAVAILABLE;
        }
        try {
            return storing.apply(bytes);
        } finally {
            turns.release();
        }
    }

    /** A few packed bytes may be more than memory holds once they are unpacked. */
    private static boolean isEncoded(@Nullable String contentEncoding) {
        return contentEncoding != null
                && Arrays.stream(contentEncoding.split(","))
                        .map(String::strip)
                        .anyMatch(coding -> !coding.isEmpty() && !coding.equalsIgnoreCase("identity"));
    }

    private static boolean isJson(@Nullable String contentType) {
        try {
            return contentType != null && MediaType.APPLICATION_JSON_TYPE.isCompatible(MediaType.valueOf(contentType));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private Response refusal(WebhookOutcome outcome) {
        int status = outcome.status();
        Response.ResponseBuilder answer = Response.status(status).type(Problem.MEDIA_TYPE);
        if (status == 503) {
            answer.header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        return answer.entity(Problem.ofStatus(status, Problem.titleOf(status), path))
                .build();
    }
}
