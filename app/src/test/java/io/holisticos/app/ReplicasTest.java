package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.app.Relay.Answer;
import io.holisticos.app.Relay.Letter;
import io.holisticos.testing.TestDatabase;
import io.holisticos.twins.TwinClock;
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

    @ParameterizedTest(name = "{0}")
    @ValueSource(ints = {2, 3})
    @Timeout(400)
    void spendOneQuotaTogetherAndDoNothingTwice(int count) throws Exception {
        TokenWitness witness = start(count);
        for (String member : MEMBERS) {
            witness.expects(member);
            connect(member);
        }
        Service.await("first syncs", () -> openRuns() == 0);

        for (int expiry = 1; expiry <= EXPIRIES; expiry++) {
            expireAll();
            tellAndAskEverywhere(expiry);
            int version = 1 + expiry;
            Service.await("refresh " + expiry, () -> atVersion(version) == MEMBERS.size());
            Service.await("syncs " + expiry, () -> openRuns() == 0);
        }
        Service.await(
                "everything told being looked at", () -> count("whoop_change where done_at is null and rung = 0") == 0);

        Truth truth = new Truth(whoop, whoopDatabase.jdbi());
        for (String member : MEMBERS) {
            Service.await(
                    () -> "no difference in " + truth.differences(member),
                    () -> truth.differences(member).isEmpty());
        }
        assertThat(whoop.stats().callsBelow("/developer")).isGreaterThan(QUOTA);
        assertThat(whoop.stats().callsAnswered("429")).isZero();
        assertThat(whoop.stats().maxCallsIn60s()).isLessThanOrEqualTo(QUOTA);
        assertThat(witness.presentations()).hasSize(EXPIRIES * MEMBERS.size()).containsOnly(1);
        assertThat(witness.refreshes().values()).hasSize(MEMBERS.size()).containsOnly(EXPIRIES);
        assertThat(acknowledged).hasSizeGreaterThan(MEMBERS.size());
        assertThat(inbox()).containsExactlyInAnyOrderElementsOf(acknowledged);
    }

    /** WHOOP, Sahha, and so many processes of ours; whoever asks for tokens is seen. */
    private TokenWitness start(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            replicas.add(new Service(sahhaDatabase.url(), whoopDatabase.url()));
        }
        Relay door = new Relay(this::toAllAtOnce);
        opened.add(door);
        WhoopApp app = WhoopApp.sandbox(replicas.get(0).callback()).withWebhookUrls(List.of(door.uri()));
        Knobs knobs = Knobs.defaults()
                .with(new Knobs.Limits(QUOTA, 10_000, false, false))
                .with(new Knobs.Delivery(0, Duration.ofSeconds(20)));
        whoop = WhoopTwin.start(WhoopTwinOptions.of(app).withPump().withKnobs(knobs), world, clock);
        opened.add(whoop::stop);
        SahhaTwin sahha = SahhaTwin.start(SahhaTwinOptions.onPort(0), world, clock);
        opened.add(sahha::stop);
        TokenWitness witness = new TokenWitness(() -> URI.create(whoop.baseUrl() + "/oauth/oauth2/token"));
        opened.add(witness);
        for (Service replica : replicas) {
            replica.withSources(sahha.baseUrl(), whoop.baseUrl())
                    .withSetting("whoop.connect.tokenUrl", witness.uri().toString());
            replica.start();
        }
        return witness;
    }

    /** Events of every member, once or twice, and every replica is asked to sync everybody. */
    private void tellAndAskEverywhere(int round) {
        whoop.webhookMode(round % 2 == 0 ? WebhookMode.NORMAL : WebhookMode.DUPLICATE);
        List<EditKind> kinds = List.of(EditKind.RESCORE, EditKind.ADD_WORKOUT);
        for (int i = 0; i < MEMBERS.size(); i++) {
            String member = MEMBERS.get(i);
            whoop.edit(member, kinds.get((i + round) % kinds.size()));
            for (Service replica : replicas) {
                assertThat(replica.post("/internal/sync/" + member).statusCode())
                        .isEqualTo(202);
            }
        }
    }

    /** As no load balancer would: the same delivery at every replica in the same moment. */
    private Answer toAllAtOnce(Letter letter) {
        List<CompletableFuture<Answer>> under = replicas.stream()
                .map(replica -> CompletableFuture.supplyAsync(
                        () -> Relay.deliver(letter, URI.create(replica.url() + "/webhooks/whoop"))))
                .toList();
        Answer last = Answer.NONE;
        for (CompletableFuture<Answer> one : under) {
            last = one.join();
            if (!last.isSuccess()) {
                return last;
            }
        }
        acknowledged.add(letter.event());
        return last;
    }

    private void connect(String member) {
        long account = world.byUserId(member).orElseThrow().whoopUserId();
        assertThat(replicas.get(0).connect(member, account).statusCode())
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
}
