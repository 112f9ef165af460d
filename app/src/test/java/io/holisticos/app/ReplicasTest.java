package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.app.Relay.Answer;
import io.holisticos.app.Relay.Letter;
import io.holisticos.testing.TestDatabase;
import io.holisticos.twins.TwinClock;
import io.holisticos.twins.browser.MemberBrowser;
import io.holisticos.twins.sahha.SahhaTwin;
import io.holisticos.twins.sahha.SahhaTwinOptions;
import io.holisticos.twins.whoop.EditKind;
import io.holisticos.twins.whoop.Knobs;
import io.holisticos.twins.whoop.WebhookMode;
import io.holisticos.twins.whoop.WhoopApp;
import io.holisticos.twins.whoop.WhoopTwin;
import io.holisticos.twins.whoop.WhoopTwinOptions;
import io.holisticos.twins.world.Life;
import io.holisticos.twins.world.World;
import io.holisticos.twins.world.WorldOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several processes on one pair of databases, before one WHOOP that counts every call. */
@Tag("deep")
class ReplicasTest {

    /** Together they want more calls than a minute has. */
    private static final List<String> MEMBERS =
            IntStream.rangeClosed(1, 8).mapToObj("demo-%04d"::formatted).toList();

    private static final int EXPIRIES = 2;
    private static final int QUOTA = 100;

    private final ObjectMapper json = new ObjectMapper();
    private final TestDatabase sahhaDatabase = TestDatabase.migratedBy(Migrations.SAHHA_CHANGELOG);
    private final TestDatabase whoopDatabase = TestDatabase.migratedBy(Migrations.WHOOP_CHANGELOG);
    private final TwinClock clock = TwinClock.atWallTime(1);
    private final World world =
            World.of(new WorldOptions(7, clock.instant(), MEMBERS.size(), new Life(Duration.ofDays(20), null)));
    private final List<Service> replicas = new ArrayList<>();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private WhoopTwin whoop;

    @AfterEach
    void close() throws Exception {
        replicas.forEach(Service::close);
        for (AutoCloseable one : opened) {
            one.close();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    @Timeout(400)
    void spendOneQuotaTogetherAndDoNothingTwice(int count) throws Exception {
        Relay[] door = new Relay[1];
        door[0] = new Relay(letter -> toAllAtOnce(door[0], letter));
        opened.add(door[0]);
        TokenWitness witness = new TokenWitness(() -> URI.create(whoop.baseUrl() + "/oauth/oauth2/token"));
        opened.add(witness);
        for (int i = 0; i < count; i++) {
            replicas.add(new Service(sahhaDatabase.url(), whoopDatabase.url()));
        }
        Service first = replicas.get(0);
        whoop = WhoopTwin.start(
                WhoopTwinOptions.of(WhoopApp.sandbox(first.callback()).withWebhookUrls(List.of(door[0].uri())))
                        .withPump()
                        .withKnobs(Knobs.defaults()
                                .with(new Knobs.Limits(QUOTA, 10_000, false, false))
                                .with(new Knobs.Delivery(0, Duration.ofSeconds(20)))),
                world,
                clock);
        opened.add(whoop::stop);
        SahhaTwin sahha = SahhaTwin.start(SahhaTwinOptions.onPort(0), world, clock);
        opened.add(sahha::stop);
        for (Service replica : replicas) {
            replica.withSources(sahha.baseUrl(), whoop.baseUrl())
                    .withSetting("whoop.connect.tokenUrl", witness.uri().toString());
            replica.start();
        }
        for (String member : MEMBERS) {
            witness.expects(member);
            connect(first, member);
        }
        Service.await("first syncs", () -> openRuns() == 0);

        for (int expiry = 1; expiry <= EXPIRIES; expiry++) {
            expireAll();
            whoop.webhookMode(expiry % 2 == 0 ? WebhookMode.NORMAL : WebhookMode.DUPLICATE);
            for (int i = 0; i < MEMBERS.size(); i++) {
                whoop.edit(
                        MEMBERS.get(i),
                        List.of(EditKind.RESCORE, EditKind.ADD_WORKOUT).get((i + expiry) % 2));
                for (Service replica : replicas) {
                    assertThat(replica.post("/internal/sync/" + MEMBERS.get(i)).statusCode())
                            .isEqualTo(202);
                }
            }
            int version = 1 + expiry;
            Service.await("refresh " + expiry, () -> atVersion(version) == MEMBERS.size());
            Service.await("syncs " + expiry, () -> openRuns() == 0);
        }
        Service.await(
                "everything told being looked at", () -> count("whoop_change where done_at is null and rung = 0") == 0);

        Truth truth = new Truth(whoop, whoopDatabase.jdbi());
        for (String member : MEMBERS) {
            List<String> last = new ArrayList<>();
            Service.await(member + " being held as it is: " + last, () -> {
                last.clear();
                last.addAll(truth.differences(member));
                return last.isEmpty();
            });
        }
        assertThat(whoop.stats().callsBelow("/developer")).isGreaterThan(QUOTA);
        assertThat(whoop.stats().callsAnswered("429")).isZero();
        assertThat(whoop.stats().maxCallsIn60s()).isLessThanOrEqualTo(QUOTA);
        assertThat(witness.presentations()).hasSize(EXPIRIES * MEMBERS.size()).containsOnly(1);
        assertThat(witness.refreshes().values()).hasSize(MEMBERS.size()).containsOnly(EXPIRIES);
        assertThat(acknowledged).hasSizeGreaterThan(MEMBERS.size());
        assertThat(inbox()).containsExactlyInAnyOrderElementsOf(acknowledged);
    }

    /** As no load balancer would: the same delivery at every replica in the same moment. */
    private Answer toAllAtOnce(Relay door, Letter letter) {
        List<CompletableFuture<Answer>> under = replicas.stream()
                .map(replica -> CompletableFuture.supplyAsync(
                        () -> door.deliver(letter, URI.create(replica.url() + "/webhooks/whoop"))))
                .toList();
        Answer last = Answer.NONE;
        for (CompletableFuture<Answer> one : under) {
            last = one.join();
            if (!last.isSuccess()) {
                return last;
            }
        }
        acknowledged.add(eventOf(letter));
        return last;
    }

    private void connect(Service through, String member) throws Exception {
        String connectUrl = through.jsonOf(through.post("/api/v1/unified-health/connect/whoop/" + member))
                .path("connect_url")
                .asText();
        assertThat(new MemberBrowser()
                        .allow(
                                URI.create(connectUrl),
                                world.byUserId(member).orElseThrow().whoopUserId())
                        .statusCode())
                .as(member)
                .isEqualTo(200);
    }

    /** As if an hour had passed. */
    private void expireAll() {
        whoopDatabase
                .jdbi()
                .useHandle(handle -> handle.execute(
                        "update whoop_connection set access_expires_at = access_expires_at - interval '2 hours'"));
    }

    private long atVersion(int version) {
        return count("whoop_connection where state = 'active' and token_version = " + version);
    }

    private long openRuns() {
        return count("whoop_sync where kind <> 'backfill' and state in ('queued', 'running')");
    }

    private long count(String tableAndCondition) {
        return whoopDatabase
                .jdbi()
                .withHandle(handle -> handle.createQuery("select count(*) from " + tableAndCondition)
                        .mapTo(Long.class)
                        .one());
    }

    private List<String> inbox() {
        return whoopDatabase
                .jdbi()
                .withHandle(handle -> handle.createQuery(
                                "select trace_id || ' ' || type || ' ' || record_id from whoop_inbox where outcome = 'noted'")
                        .mapTo(String.class)
                        .list());
    }

    private String eventOf(Letter letter) {
        try {
            JsonNode event = json.readTree(letter.body());
            return event.path("trace_id").asText() + " " + event.path("type").asText() + " "
                    + event.path("id").asText();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
