package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Acknowledging 200 webhooks a second for a minute, over HTTP, on a PostgreSQL that flushes every commit to disk. Judges
 * only that none is lost; the times are printed for {@code docs/benchmarks.md}.
 */
@Tag("bench")
class WebhookBenchmark {

    private static final int EACH_SECOND = Integer.getInteger("bench.rate", 200);
    private static final int SECONDS = Integer.getInteger("bench.seconds", 60);

    /** Of the rate, for ten seconds each: a JVM that has just started is not what is measured. */
    private static final List<Double> WARM_UP = List.of(0.1, 0.25, 0.5, 1.0);

    private static final int STEP_SECONDS = 10;
    private static final int FRESH_SECONDS = 10;
    private static final int MEMBERS = 500;
    private static final String SECRET = "sandbox-client-secret";

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Test
    void acknowledgesWithoutLosingAny() throws Exception {
        measure(Map.of(), (webhook, inbox) -> {
            int first = 0;
            for (double share : WARM_UP) {
                int rate = (int) (EACH_SECOND * share);
                first += send(webhook, first, rate, STEP_SECONDS).nanos().length;
            }
            Sent sent = send(webhook, first, EACH_SECOND, SECONDS);
            assertThat(sent.refused()).as("not acknowledged, by status").isEmpty();
            report(sent.nanos());

            assertThat(inbox.getAsInt()).isEqualTo(first + EACH_SECOND * SECONDS);
        });
    }

    /** The whole rate from the first second after {@code /health/ready} said yes; WHOOP gives up after a second. */
    @ParameterizedTest(name = "warm-up {0}")
    @ValueSource(strings = {"0s", "10s"})
    void ofAFreshProcess(String warmUp) throws Exception {
        measure(Map.of("WARM_UP", warmUp), (webhook, inbox) -> {
            Sent sent = send(webhook, 0, EACH_SECOND, FRESH_SECONDS);
            long second = Duration.ofSeconds(1).toNanos();
            long late =
                    Arrays.stream(sent.nanos()).filter(nanos -> nanos > second).count();
            int refused =
                    sent.refused().values().stream().mapToInt(Integer::intValue).sum();
            int acknowledged = sent.nanos().length - refused;
            System.out.printf(
                    "fresh process, warm-up %s: %d at %d a second, refused %s, later than a second %d, lost %d%n",
                    warmUp, sent.nanos().length, EACH_SECOND, sent.refused(), late, acknowledged - inbox.getAsInt());
            report(sent.nanos());

            assertThat(inbox.getAsInt()).as("every acknowledged one is kept").isGreaterThanOrEqualTo(acknowledged);
        });
    }

    /** What is done with a service that has just become ready. */
    @FunctionalInterface
    private interface Measuring {
        void of(URI webhook, IntSupplier inbox);
    }

    private static void measure(Map<String, String> variables, Measuring measuring) throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("max_connections", "100")
                .start()) {
            Jdbi server = Jdbi.create(postgres.getPostgresDatabase());
            server.useHandle(handle -> {
                handle.execute("create database sahha");
                handle.execute("create database whoop");
            });
            Migrations.update(postgres.getDatabase("postgres", "sahha"), Migrations.SAHHA_CHANGELOG);
            Migrations.update(postgres.getDatabase("postgres", "whoop"), Migrations.WHOOP_CHANGELOG);
            Jdbi whoop = Jdbi.create(postgres.getDatabase("postgres", "whoop"));
            connectMembers(whoop);
            try (Service service = new Service(
                            postgres.getJdbcUrl("postgres", "sahha"), postgres.getJdbcUrl("postgres", "whoop"))
                    .withSources("http://localhost:1", "http://localhost:1")
                    .with(variables)) {
                service.start();
                Service.await(
                        "readiness",
                        () -> service.getWithoutKey("/health/ready").statusCode() == 200);
                measuring.of(
                        URI.create(service.url() + "/webhooks/whoop"),
                        () -> whoop.withHandle(
                                handle -> handle.createQuery("select count(*) from whoop_inbox where outcome = 'noted'")
                                        .mapTo(Integer.class)
                                        .one()));
            }
        }
    }

    /**
     * What was sent.
     *
     * @param nanos how long each took
     * @param refused how many were not acknowledged, by status
     */
    private record Sent(long[] nanos, Map<Integer, Integer> refused) {}

    /** At a steady pace, whether answers come or not. */
    private Sent send(URI webhook, int first, int eachSecond, int seconds) {
        int count = eachSecond * seconds;
        long[] nanos = new long[count];
        Map<Integer, Integer> refused = new ConcurrentSkipListMap<>();
        long begun = System.nanoTime();
        long pause = Duration.ofSeconds(1).toNanos() / eachSecond;
        CompletableFuture<?>[] answers = new CompletableFuture<?>[count];
        for (int i = 0; i < count; i++) {
            for (long ahead = begun + i * pause - System.nanoTime(); ahead > 0; ) {
                LockSupport.parkNanos(ahead);
                ahead = begun + i * pause - System.nanoTime();
            }
            int which = i;
            HttpRequest request = request(webhook, first + i);
            long sent = System.nanoTime();
            answers[i] = http.sendAsync(request, BodyHandlers.discarding()).thenAccept(answer -> {
                nanos[which] = System.nanoTime() - sent;
                if (answer.statusCode() != 204) {
                    refused.merge(answer.statusCode(), 1, Integer::sum);
                }
            });
        }
        CompletableFuture.allOf(answers).join();
        return new Sent(nanos, refused);
    }

    private static void report(long[] nanos) {
        Arrays.sort(nanos);
        System.out.printf(
                "%d webhooks at %d a second: p50 %.1f ms, p99 %.1f ms, max %.1f ms%n",
                nanos.length,
                EACH_SECOND,
                nanos[nanos.length / 2] / 1e6,
                nanos[nanos.length * 99 / 100] / 1e6,
                nanos[nanos.length - 1] / 1e6);
    }

    private static HttpRequest request(URI webhook, int number) {
        byte[] body = ("{\"user_id\":" + (1_000 + number % MEMBERS) + ",\"id\":\"" + new UUID(7, number / 2)
                        + "\",\"type\":\""
                        + List.of("sleep.updated", "recovery.updated").get(number % 2)
                        + "\",\"trace_id\":\"" + new UUID(9, number) + "\"}")
                .getBytes(StandardCharsets.UTF_8);
        String timestamp = Long.toString(Clock.systemUTC().millis());
        HttpRequest.Builder request = HttpRequest.newBuilder(webhook).POST(BodyPublishers.ofByteArray(body));
        Map.of(
                        "Content-Type",
                        "application/json",
                        "X-WHOOP-Signature",
                        signature(timestamp, body),
                        "X-WHOOP-Signature-Timestamp",
                        timestamp)
                .forEach(request::header);
        return request.build();
    }

    private static String signature(String timestamp, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            mac.update(timestamp.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Connected, but in need of consent: no calls are made for them, so that only taking in is measured. */
    private static void connectMembers(Jdbi whoop) {
        whoop.useHandle(handle -> IntStream.range(0, MEMBERS)
                .forEach(member -> handle.createUpdate("""
                                insert into whoop_connection (user_id, whoop_user_id, state, scopes, token_version,
                                    connected_at, recorded_at)
                                values (:who, :account, 'reauthorization_required', 'offline', 1, :at, :at)""")
                        .bind("who", "bench-" + member)
                        .bind("account", 1_000 + member)
                        .bind("at", Clock.systemUTC().instant())
                        .execute()));
    }
}
