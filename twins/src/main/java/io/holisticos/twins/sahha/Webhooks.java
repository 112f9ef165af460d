package io.holisticos.twins.sahha;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends events to the registered address, once a second and after every advance of the clock.
 *
 * <p>A failure is counted and not repeated: nothing public says when Sahha tries again.
 */
final class Webhooks {
    private static final Logger log = LoggerFactory.getLogger(Webhooks.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(30); // Sahha waits up to 30 s (documentation, Webhooks)

    private final Profiles profiles;
    private final ComputedEvents computed;
    private final Quirks quirks;
    private final URI url;
    private final Clock clock;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final ScheduledExecutorService timer;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong delivered = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private volatile @Nullable ScheduledFuture<?> schedule;
    private Instant last;

    Webhooks(Profiles profiles, ComputedEvents computed, Quirks quirks, URI url, Clock clock) {
        this.profiles = profiles;
        this.computed = computed;
        this.quirks = quirks;
        this.url = url;
        this.clock = clock;
        this.last = clock.instant();
        this.timer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "sahha-twin-webhooks");
            thread.setDaemon(true);
            return thread;
        });
    }

    void start() {
        schedule = timer.scheduleWithFixedDelay(this::pumpAndLogFailures, 1, 1, TimeUnit.SECONDS);
    }

    void stop() {
        var running = schedule;
        if (running != null) {
            running.cancel(true);
        }
        timer.shutdownNow();
    }

    /** Sends soon the events that an advance of the clock brought about. */
    void pumpSoon() {
        try {
            timer.execute(this::pumpAndLogFailures);
        } catch (RejectedExecutionException e) {
            log.debug("event=twin_webhooks_stopped");
        }
    }

    private void pumpAndLogFailures() {
        try {
            pump();
        } catch (RuntimeException e) {
            log.error("event=twin_webhooks_failed", e);
        }
    }

    /** Sends all events since the last call and returns how many requests it made. */
    synchronized int pump() {
        Instant now = clock.instant();
        if (!now.isAfter(last)) {
            return 0;
        }
        var events = new ArrayList<SahhaEvent>();
        for (Profile profile : profiles.all()) {
            events.addAll(computed.between(profile, last, now));
        }
        last = now;
        if (quirks.on(SahhaQuirk.WEBHOOK_OUT_OF_ORDER)) {
            Collections.reverse(events);
        }
        int times = quirks.on(SahhaQuirk.WEBHOOK_DUPLICATES) ? 2 : 1;
        events.forEach(event -> Collections.nCopies(times, event).forEach(this::send));
        return events.size() * times;
    }

    /** Sends one event now. */
    void send(SahhaEvent event) {
        if (Thread.currentThread().isInterrupted()) {
            return;
        }
        var request = HttpRequest.newBuilder(url).timeout(TIMEOUT).POST(BodyPublishers.ofString(event.body()));
        event.headers().forEach(request::header);
        sent.incrementAndGet();
        try {
            int status = client.send(request.build(), BodyHandlers.discarding()).statusCode();
            (status / 100 == 2 ? delivered : failed).incrementAndGet();
        } catch (IOException e) {
            failed.incrementAndGet();
            log.debug("event=twin_webhook_lost type={}", event.type(), e);
        } catch (InterruptedException e) {
            failed.incrementAndGet();
            Thread.currentThread().interrupt();
        }
    }

    Map<String, Long> counts() {
        return Map.of("sent", sent.get(), "delivered", delivered.get(), "failed", failed.get());
    }

    static Map<String, Long> none() {
        return Map.of("sent", 0L, "delivered", 0L, "failed", 0L);
    }
}
