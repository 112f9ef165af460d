package io.holisticos.twins.whoop;

import io.holisticos.twins.TwinClock;
import io.holisticos.twins.whoop.Notice.Fate;
import io.holisticos.twins.world.Dice;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Delivers events to the application's URLs with WHOOP's signature and retries, and as unreliably as configured. */
final class Webhooks {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1); // real time
    private static final List<Duration> RETRIES = List.of(
            Duration.ofMinutes(1),
            Duration.ofMinutes(3),
            Duration.ofMinutes(8),
            Duration.ofMinutes(18),
            Duration.ofMinutes(30)); // five within about an hour; WHOOP does not document the intervals
    private static final int AT_ONCE = 16;

    private final TwinClock clock;
    private final Supplier<WhoopApp> app;
    private final Supplier<Knobs> knobs;
    private final Dice chance;
    private final ExecutorService threads;
    private final HttpClient http;
    private final PriorityQueue<PendingDelivery> outbox =
            new PriorityQueue<>(Comparator.comparing(PendingDelivery::due).thenComparing(PendingDelivery::number));
    private final Map<String, Long> byType = new TreeMap<>();
    private Consumer<Notice> listener = notice -> {};
    private WebhookMode mode = WebhookMode.NORMAL;
    private long numbers;
    private long sent;
    private long delivered;
    private long failed;
    private long dropped;

    Webhooks(TwinClock clock, Supplier<WhoopApp> app, Supplier<Knobs> knobs, long seed) {
        this.clock = clock;
        this.app = app;
        this.knobs = knobs;
        this.chance = Dice.of(seed).at("webhooks", 0);
        this.threads = Executors.newFixedThreadPool(4, task -> {
            Thread thread = new Thread(task, "whoop-webhooks");
            thread.setDaemon(true);
            return thread;
        });
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_TIMEOUT)
                .executor(threads)
                .build();
    }

    void stop() {
        threads.shutdownNow();
    }

    synchronized void mode(WebhookMode other) {
        mode = other;
    }

    /** Sets the listener for every event accepted or lost; it hears twice of an event that was sent twice. */
    synchronized void listener(Consumer<Notice> other) {
        listener = other;
    }

    /** When the next delivery is due, retries included. */
    synchronized Optional<Instant> next() {
        return Optional.ofNullable(outbox.peek()).map(PendingDelivery::due);
    }

    /** Enqueues events as the mode in force says. */
    synchronized void add(List<Event> events) {
        List<URI> urls = app.get().webhookUrls();
        if (urls.isEmpty()) {
            return;
        }
        List<Event> order = new ArrayList<>(events);
        if (mode == WebhookMode.REORDER) {
            Collections.reverse(order);
        }
        Instant now = clock.instant();
        for (Event event : order) {
            byType.merge(event.type(), 1L, Long::sum);
            for (URI url : urls) {
                switch (mode) {
                    case DROP -> dropped++;
                    case NORMAL, REORDER -> enqueue(event, url, now, fateOf(event));
                    case DUPLICATE -> enqueue(event, url, now, Fate.DOUBLED);
                    case DELAY -> enqueueAt(event, url, now.plusSeconds(chance.whole(60, 900)), Fate.REORDERED);
                }
            }
        }
    }

    /** Removes the waiting deliveries of a member who revoked. */
    synchronized void forget(long userId) {
        outbox.removeIf(delivery -> delivery.event().userId() == userId);
    }

    /** Sends everything that is due and waits for the answers. Returns how many requests were made. */
    int deliverDue() {
        int requests = 0;
        for (List<PendingDelivery> batch = due(); !batch.isEmpty(); batch = due()) {
            List<CompletableFuture<Void>> running =
                    batch.stream().map(this::send).toList();
            CompletableFuture.allOf(running.toArray(CompletableFuture[]::new)).join();
            requests += batch.size();
        }
        return requests;
    }

    /** The deliveries that may run in parallel: one for each receiver and member, so that their order is kept. */
    private synchronized List<PendingDelivery> due() {
        List<PendingDelivery> batch = new ArrayList<>();
        List<PendingDelivery> blocked = new ArrayList<>();
        Set<Recipient> busy = new HashSet<>();
        Instant now = clock.instant();
        while (!outbox.isEmpty()
                && batch.size() < AT_ONCE
                && blocked.size() < AT_ONCE * AT_ONCE
                && !outbox.element().due().isAfter(now)) {
            PendingDelivery next = outbox.remove();
            boolean isFree = busy.add(new Recipient(next.url(), next.event().userId()));
            (isFree ? batch : blocked).add(next);
        }
        outbox.addAll(blocked);
        return batch;
    }

    private CompletableFuture<Void> send(PendingDelivery delivery) {
        String timestamp = delivery.timestamp();
        if (timestamp == null || knobs.get().wire().resignRetries()) {
            timestamp = Long.toString(clock.instant().toEpochMilli());
        }
        byte[] body = delivery.event().body();
        HttpRequest request = HttpRequest.newBuilder(delivery.url())
                .timeout(knobs.get().delivery().patience())
                .header("Content-Type", "application/json")
                .header("X-WHOOP-Signature", Signature.of(app.get().clientSecret(), timestamp, body))
                .header("X-WHOOP-Signature-Timestamp", timestamp)
                .POST(BodyPublishers.ofByteArray(body))
                .build();
        String signed = timestamp;
        return http.sendAsync(request, BodyHandlers.discarding())
                .handle((response, failure) -> failure == null && response.statusCode() / 100 == 2)
                .thenAccept(received -> finish(delivery, signed, received));
    }

    private synchronized void finish(PendingDelivery delivery, String timestamp, boolean received) {
        sent++;
        if (received) {
            delivered++;
            notifyListener(delivery.event(), delivery.fate(), clock.instant());
            return;
        }
        failed++;
        if (delivery.attempt() >= RETRIES.size()) {
            dropped++;
            notifyListener(delivery.event(), Fate.LOST, clock.instant());
            return;
        }
        Instant due = clock.instant().plus(RETRIES.get(delivery.attempt()));
        outbox.add(new PendingDelivery(
                numbers++, delivery.event(), delivery.url(), due, delivery.attempt() + 1, timestamp, delivery.fate()));
    }

    private void enqueue(Event event, URI url, Instant now, Fate fate) {
        Dice delays = delayDice(event);
        switch (fate) {
            case ONCE -> enqueueAt(event, url, now, fate);
            case LOST -> {
                dropped++;
                notifyListener(event, fate, now);
            }
            case DOUBLED -> {
                enqueueAt(event, url, now, fate);
                enqueueAt(
                        event, url, mode == WebhookMode.DUPLICATE ? now : now.plusSeconds(delays.whole(0, 120)), fate);
            }
            case REORDERED -> enqueueAt(event, url, now.plusSeconds(delays.whole(30, 600)), fate);
        }
    }

    private void enqueueAt(Event event, URI url, Instant due, Fate fate) {
        outbox.add(new PendingDelivery(numbers++, event, url, due, 0, null, fate));
    }

    /** The same for the same event, whatever else happens. */
    private Fate fateOf(Event event) {
        double unreliable = knobs.get().delivery().unreliable();
        double drawn = unreliable == 0 ? 1 : fateDice(event).unit();
        if (drawn >= unreliable) {
            return Fate.ONCE;
        }
        if (drawn < unreliable / 3) {
            return Fate.LOST;
        }
        return drawn < unreliable * 2 / 3 ? Fate.DOUBLED : Fate.REORDERED;
    }

    private Dice fateDice(Event event) {
        return chance.at("fate", event.traceId().getLeastSignificantBits());
    }

    private Dice delayDice(Event event) {
        return chance.at("odds", event.traceId().getLeastSignificantBits());
    }

    private void notifyListener(Event event, Fate fate, Instant at) {
        listener.accept(new Notice(event.userId(), event.recordId(), event.type(), event.at(), fate, at));
    }

    synchronized Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("mode", mode.word());
        json.put("sent", sent);
        json.put("delivered", delivered);
        json.put("failed", failed);
        json.put("dropped", dropped);
        json.put("waiting", outbox.size());
        json.put("events_by_type", new TreeMap<>(byType));
        return json;
    }

    /**
     * One event on its way to one URL.
     *
     * @param timestamp as signed the first time; null before that
     */
    private record PendingDelivery(
            long number,
            Event event,
            URI url,
            Instant due,
            int attempt,
            @Nullable String timestamp,
            Fate fate) {}

    private record Recipient(URI url, long userId) {}
}
