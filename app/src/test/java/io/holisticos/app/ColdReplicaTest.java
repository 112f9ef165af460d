package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.testing.TestDatabase;
import io.holisticos.twins.TwinClock;
import io.holisticos.twins.sahha.SahhaTwin;
import io.holisticos.twins.sahha.SahhaTwinOptions;
import io.holisticos.twins.world.Life;
import io.holisticos.twins.world.World;
import io.holisticos.twins.world.WorldOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A replica that has just started joins another one behind a proxy, while callers and WHOOP do not wait for each other. */
@Tag("deep")
@Tag("alone")
class ColdReplicaTest {

    private static final List<String> MEMBERS =
            IntStream.rangeClosed(1, 8).mapToObj("demo-%04d"::formatted).toList();

    private static final int EACH_SECOND = 20;

    /** Of both, before the second replica is there and long enough for it to become ready and take its part. */
    private static final Duration ALONE = Duration.ofSeconds(3);

    private static final Duration TOGETHER = Duration.ofSeconds(10);

    private final TestDatabase sahhaDatabase = TestDatabase.migratedBy(Migrations.SAHHA_CHANGELOG);
    private final TestDatabase whoopDatabase = TestDatabase.migratedBy(Migrations.WHOOP_CHANGELOG);
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final List<CompletableFuture<HttpResponse<Void>>> overviews = new ArrayList<>();
    private final List<CompletableFuture<HttpResponse<Void>>> webhooks = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    @Test
    @Timeout(180)
    void losesNothingAndFailsNobody() throws Exception {
        Service first = replica();
        Service second = replica();
        ReverseProxy proxy = ReverseProxy.before(List.of(first, second));
        opened.add(proxy);
        World world = World.of(
                new WorldOptions(7, Clock.systemUTC().instant(), MEMBERS.size(), new Life(Duration.ofDays(10), null)));
        SahhaTwin sahha = SahhaTwin.start(SahhaTwinOptions.onPort(0), world, TwinClock.atWallTime(1));
        opened.add(sahha::stop);
        connectMembers();
        for (Service replica : List.of(first, second)) {
            replica.withSources(sahha.baseUrl(), "http://localhost:1").with(Map.of("WARM_UP", "10s"));
        }
        first.start();
        Service.await("the first replica", () -> isReady(first));
        MEMBERS.forEach(member ->
                assertThat(first.getWithoutKey(overview(member)).statusCode()).isEqualTo(200));
        Service.await("the proxy", () -> proxyAnswers(proxy));

        send(proxy, ALONE);
        CompletableFuture<Void> start = CompletableFuture.runAsync(second::start);
        while (!start.isDone() || !isReady(second)) {
            send(proxy, Duration.ofSeconds(1));
        }
        send(proxy, TOGETHER);

        start.get(1, TimeUnit.SECONDS);
        assertThat(overviews)
                .allSatisfy(one ->
                        assertThat(one.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200));
        assertThat(webhooks)
                .allSatisfy(one ->
                        assertThat(one.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(204));
        assertThat(kept()).isEqualTo(webhooks.size());
        assertThat(second.jsonOf(second.admin("/metrics"))
                        .path("counters")
                        .path("webhook.whoop.stored")
                        .path("count")
                        .asInt())
                .as("taken in by the second replica")
                .isPositive();
    }

    private Service replica() {
        Service replica = new Service(sahhaDatabase.url(), whoopDatabase.url());
        opened.add(replica);
        return replica;
    }

    /** At a steady pace, whether answers come or not. */
    private void send(ReverseProxy proxy, Duration time) {
        long begun = System.nanoTime();
        long pause = Duration.ofSeconds(1).toNanos() / EACH_SECOND;
        for (int i = 0; i * pause < time.toNanos(); i++) {
            for (long ahead = begun + i * pause - System.nanoTime(); ahead > 0; ) {
                LockSupport.parkNanos(ahead);
                ahead = begun + i * pause - System.nanoTime();
            }
            int member = i % MEMBERS.size();
            HttpRequest.Builder read = request(proxy.url() + overview(MEMBERS.get(member)));
            overviews.add(http.sendAsync(read.build(), BodyHandlers.discarding()));
            Signed event = Signed.whoopSleep(
                    1_000 + member, "cold-" + webhooks.size(), Clock.systemUTC().instant());
            HttpRequest.Builder told =
                    request(proxy.url() + "/webhooks/whoop").POST(BodyPublishers.ofString(event.body()));
            event.headers().forEach(told::header);
            webhooks.add(http.sendAsync(told.build(), BodyHandlers.discarding()));
        }
    }

    private static HttpRequest.Builder request(String url) {
        return HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(20));
    }

    private static String overview(String member) {
        return "/api/v1/health-metrics/overview?profile_id=" + member;
    }

    private static boolean isReady(Service replica) {
        return replica.getWithoutKey("/health/ready").statusCode() == 200;
    }

    private boolean proxyAnswers(ReverseProxy proxy) {
        return http.sendAsync(request(proxy.url() + "/health").build(), BodyHandlers.discarding())
                        .join()
                        .statusCode()
                == 200;
    }

    private int kept() {
        return whoopDatabase
                .jdbi()
                .withHandle(handle -> handle.createQuery("select count(*) from whoop_inbox where outcome = 'noted'")
                        .mapTo(Integer.class)
                        .one());
    }

    /** Connected, but in need of consent: nobody calls WHOOP for them. */
    private void connectMembers() {
        whoopDatabase
                .jdbi()
                .useHandle(handle -> IntStream.range(0, MEMBERS.size())
                        .forEach(member -> handle.createUpdate("""
                                insert into whoop_connection (user_id, whoop_user_id, state, scopes, token_version,
                                    connected_at, recorded_at)
                                values (:who, :account, 'reauthorization_required', 'offline', 1, :at, :at)""")
                                .bind("who", MEMBERS.get(member))
                                .bind("account", 1_000 + member)
                                .bind("at", Clock.systemUTC().instant())
                                .execute()));
    }
}
