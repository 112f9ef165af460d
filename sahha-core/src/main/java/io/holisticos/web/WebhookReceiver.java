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
 * Receives the webhooks of one provider. Media type and size are checked before the signature, every outcome has a counter
 * {@code webhook.<provider>.<outcome>}, and a refusal repeats nothing of what was sent. Thread-safe.
 */
public final class WebhookReceiver {

    /** Events are ids and a few values; the largest known have 5 KB. */
    private static final int MAX_BYTES = 64 * 1024;

    private static final int RETRY_AFTER_SECONDS = 30;

    private static final String PATHS = "/webhooks/";

    /** Deliveries stored at a time. Readers share the pool of connections and need some even when storing is slow. */
    private static final int MAX_CONCURRENT = 3;

    private static final Duration MAX_WAIT = Duration.ofMillis(500);

    private static final Logger log = LoggerFactory.getLogger(WebhookReceiver.class);

    private final String provider;
    private final String path;
    private final WebhookRefusals refusals;
    private final Semaphore permits = new Semaphore(MAX_CONCURRENT, true);
    private final Map<WebhookOutcome, Counter> counters = new EnumMap<>(WebhookOutcome.class);

    /** Receives what is sent to {@code /webhooks/<provider>}. */
    public WebhookReceiver(String provider, MetricRegistry metrics, WebhookRefusals refusals) {
        this.provider = provider;
        this.path = PATHS + provider;
        this.refusals = refusals;
        for (WebhookOutcome outcome : WebhookOutcome.values()) {
            counters.put(outcome, metrics.counter(MetricRegistry.name("webhook", provider, outcome.word())));
        }
    }

    /** Whether requests to this path are received here, which includes refusing and counting them. */
    public static boolean handles(String path) {
        return path.startsWith(PATHS);
    }

    /** Reports refusals that may be attacks as security events. */
    public static WebhookRefusals reportingTo(SecurityEvents events) {
        return (provider, outcome) -> {
            switch (outcome) {
                case BAD_SIGNATURE -> events.note(SecurityEvents.Kind.SIGNATURE_REFUSED, "webhook_" + provider);
                case BAD_AGE -> events.note(SecurityEvents.Kind.REPLAY_REFUSED, "webhook_" + provider);
                case STORED, DUPLICATE, UNKNOWN_TYPE, PARKED, WRONG_CONTENT_TYPE, TOO_LARGE, GARBAGE, UNAVAILABLE -> {}
            }
        };
    }

    /**
     * Receives one delivery.
     *
     * @param storing takes the raw bytes; returns when they are durably stored, or why they are not
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
        refusals.refused(provider, outcome);
        log.info("event=webhook_refused provider={} outcome={}", provider, outcome.word());
        return refusal(outcome);
    }

    private WebhookOutcome outcomeOf(HttpHeaders headers, InputStream body, Function<byte[], WebhookOutcome> storing) {
        if (!isJson(headers.getHeaderString(HttpHeaders.CONTENT_TYPE))
                || isEncoded(headers.getHeaderString(HttpHeaders.CONTENT_ENCODING))) {
            return WebhookOutcome.WRONG_CONTENT_TYPE;
        }
        if (headers.getLength() > MAX_BYTES) {
            return WebhookOutcome.TOO_LARGE;
        }
        try {
            byte[] bytes = body.readNBytes(MAX_BYTES + 1);
            return bytes.length > MAX_BYTES ? WebhookOutcome.TOO_LARGE : stored(bytes, storing);
        } catch (IOException e) { // the sender closed the connection
            return WebhookOutcome.GARBAGE;
        }
    }

    private WebhookOutcome stored(byte[] bytes, Function<byte[], WebhookOutcome> storing) {
        try {
            if (!permits.tryAcquire(MAX_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                return WebhookOutcome.UNAVAILABLE;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return WebhookOutcome.UNAVAILABLE;
        }
        try {
            return storing.apply(bytes);
        } finally {
            permits.release();
        }
    }

    /** Encoded bodies are refused, because a few compressed bytes may not fit into memory once decompressed. */
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
