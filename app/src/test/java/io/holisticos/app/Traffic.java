package io.holisticos.app;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Callers who do not wait for each other: 25 reads a second unless said otherwise, of existing and unified paths and of health
 * in turn, and WHOOP's webhooks, a fifth as many. A webhook that is not acknowledged is sent again after a second, as it was.
 */
final class Traffic implements AutoCloseable {

    private static final Duration BETWEEN_READS = Duration.ofMillis(40);
    private static final int READS_FOR_A_WEBHOOK = 5;
    private static final Duration SENT_AGAIN_AFTER = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** No answer at all. */
    private static final int NOTHING = 599;

    private static final List<String> HEALTH =
            List.of("/health", "/api/v1/unified-health/health/whoop", "/api/v1/health/detailed");
    private static final List<String> EXISTING = List.of(
            "/api/v1/health-metrics/overview?profile_id=%s&period=today",
            "/api/v1/health-metrics/sleep?profile_id=%s&period=today",
            "/api/v1/health-metrics/scores?profile_id=%s",
            "/api/v1/sahha/scores?user_id=%s&limit=100");
    private static final List<String> UNIFIED =
            List.of("/api/v1/unified-health/overview/%s", "/api/v1/unified-health/sources/%s");

    /** What events can tell of. */
    record Told(String member, long account, String sleepId) {}

    private record Webhook(String trace, HttpRequest request) {}

    private final String url;
    private final String secret;
    private final List<Told> told;
    private final Duration betweenReads;
    private final Clock dates;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(2);
    private final Queue<Webhook> again = new ConcurrentLinkedQueue<>();
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicInteger turn = new AtomicInteger();
    private volatile boolean webhooksSent = true;
    private volatile Tally tally = new Tally();

    Traffic(String url, String secret, List<Told> told) {
        this(url, secret, told, BETWEEN_READS);
    }

    Traffic(String url, String secret, List<Told> told, Duration betweenReads) {
        this(url, secret, told, betweenReads, Clock.systemUTC());
    }

    /** @param dates what WHOOP dates its webhooks by */
    Traffic(String url, String secret, List<Told> told, Duration betweenReads, Clock dates) {
        this.dates = dates;
        this.betweenReads = betweenReads;
        this.url = url;
        this.secret = secret;
        this.told = List.copyOf(told);
    }

    /** What happened since it was begun. */
    static final class Tally {
        final AtomicInteger reads = new AtomicInteger();
        final AtomicInteger failedReads = new AtomicInteger();
        final AtomicInteger shed = new AtomicInteger();
        final AtomicLong slowestMillis = new AtomicLong();
        final AtomicInteger webhooks = new AtomicInteger();
        final AtomicInteger sentAgain = new AtomicInteger();
        final Queue<String> failures = new ConcurrentLinkedQueue<>();
        final Map<String, Integer> failed = new ConcurrentSkipListMap<>();

        /** How often each group of paths was answered with each status. */
        final Map<String, Integer> answers = new ConcurrentSkipListMap<>();

        private void read(String path, int status, String body, Duration took) {
            reads.incrementAndGet();
            answers.merge(groupOf(path) + " " + status, 1, Integer::sum);
            slowestMillis.accumulateAndGet(took.toMillis(), Math::max);
            if (status == 503 && body.contains("too many requests of group")) {
                if (!path.startsWith("/api/v1/unified-health/") || HEALTH.contains(path)) {
                    shed.incrementAndGet();
                }
            }
            if (status >= 500) {
                failedReads.incrementAndGet();
                failed.merge(status + " " + path.replaceAll("demo-[0-9]+|[?].*", ""), 1, Integer::sum);
                failures.add(status + " " + path.replaceAll("demo-[0-9]+", "member") + " after " + took.toMillis()
                        + " ms: " + (status == NOTHING ? body : body.substring(0, Math.min(120, body.length()))));
            }
        }
    }

    private static String groupOf(String path) {
        if (HEALTH.contains(path)) {
            return "health";
        }
        return path.startsWith("/api/v1/unified-health/") ? "unified" : "existing";
    }

    /** Whether WHOOP sends events. */
    void setWebhooks(boolean sent) {
        webhooksSent = sent;
    }

    void start() {
        ScheduledFuture<?> reads =
                clock.scheduleAtFixedRate(this::read, 0, betweenReads.toMillis(), TimeUnit.MILLISECONDS);
        ScheduledFuture<?> webhooks = clock.scheduleAtFixedRate(
                this::deliver, 0, READS_FOR_A_WEBHOOK * betweenReads.toMillis(), TimeUnit.MILLISECONDS);
        if (reads.isCancelled() || webhooks.isCancelled()) {
            throw new IllegalStateException("not begun");
        }
    }

    /** From here on another count; returns it. */
    Tally begin() {
        Tally fresh = new Tally();
        tally = fresh;
        return fresh;
    }

    /** Whether every webhook that was sent so far has been acknowledged, but for the last ones. */
    boolean isNearlyAcknowledged() {
        return again.isEmpty();
    }

    /** Traces of what was answered with 2xx. */
    Set<String> acknowledged() {
        return Set.copyOf(acknowledged);
    }

    int underWay() {
        return underWay.get();
    }

    private void read() {
        int now = turn.incrementAndGet();
        String member = told.get(now % told.size()).member();
        List<String> group =
                List.of(EXISTING, UNIFIED, EXISTING, HEALTH, EXISTING).get(now % 5);
        String path = group.get(now / 5 % group.size()).formatted(member);
        Tally own = tally;
        long begun = System.nanoTime();
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + path))
                .timeout(PATIENCE)
                .header("X-API-Key", Service.KEY)
                .build();
        send(request, (status, body) -> own.read(path, status, body, Duration.ofNanos(System.nanoTime() - begun)));
    }

    private void deliver() {
        if (!webhooksSent) {
            return;
        }
        Tally own = tally;
        List<Webhook> all = new ArrayList<>();
        all.add(webhook(own));
        for (Webhook late = again.poll(); late != null && all.size() < 4; late = again.poll()) {
            own.sentAgain.incrementAndGet();
            all.add(late);
        }
        for (Webhook one : all) {
            send(one.request(), (status, body) -> {
                own.answers.merge("webhooks " + status, 1, Integer::sum);
                if (status / 100 == 2) {
                    acknowledged.add(one.trace());
                } else {
                    ScheduledFuture<?> unused =
                            clock.schedule(() -> again.add(one), SENT_AGAIN_AFTER.toMillis(), TimeUnit.MILLISECONDS);
                }
            });
        }
    }

    private Webhook webhook(Tally own) {
        int number = own.webhooks.incrementAndGet();
        Told about = told.get(number % told.size());
        String trace = "fault-" + turn.get() + "-" + System.nanoTime();
        String body = "{\"user_id\":%d,\"id\":\"%s\",\"type\":\"sleep.updated\",\"trace_id\":\"%s\"}"
                .formatted(about.account(), about.sleepId(), trace);
        String timestamp = Long.toString(dates.millis());
        return new Webhook(
                trace,
                HttpRequest.newBuilder(URI.create(url + "/webhooks/whoop"))
                        .timeout(PATIENCE)
                        .header("Content-Type", "application/json")
                        .header("X-WHOOP-Signature", signature(timestamp + body))
                        .header("X-WHOOP-Signature-Timestamp", timestamp)
                        .POST(BodyPublishers.ofString(body))
                        .build());
    }

    private interface Heard {
        void answer(int status, String body);
    }

    private void send(HttpRequest request, Heard heard) {
        underWay.incrementAndGet();
        http.sendAsync(request, BodyHandlers.ofString())
                .whenComplete((HttpResponse<String> answer, Throwable failure) -> {
                    underWay.decrementAndGet();
                    if (answer == null) {
                        heard.answer(NOTHING, failure.getClass().getSimpleName());
                    } else {
                        heard.answer(answer.statusCode(), answer.body());
                    }
                });
    }

    private String signature(String signed) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return Base64.getEncoder().encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
