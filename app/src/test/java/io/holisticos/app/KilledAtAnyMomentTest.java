package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.app.Relay.Answer;
import io.holisticos.app.TokenWitness.Trap;
import io.holisticos.testing.TestDatabase;
import io.holisticos.twins.TwinClock;
import io.holisticos.twins.http.FaultKind;
import io.holisticos.twins.http.FaultRule;
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
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The service as a process, killed at moments that nobody chose, and started again: it ends with what WHOOP has, record by
 * record. {@code -Dkill.seed} draws the moments of an earlier run once more.
 */
@Tag("deep")
class KilledAtAnyMomentTest {

    private static final Instant NOW = Clock.systemUTC().instant();

    /** Nothing is to wait for permits here: that is another test's matter. */
    private static final int PLENTY = 1_000_000;

    private static final Duration TWO_YEARS = Duration.ofDays(725);

    /** Webhooks sign the twin's time, which must not be older than 75 minutes; it may run on for so long. */
    private static final Duration TIME_TO_COME = Duration.ofMinutes(70);

    private final long seed = Long.getLong("kill.seed", new SecureRandom().nextInt());
    private final Random dice = new Random(seed);
    private final TestDatabase sahhaDatabase = TestDatabase.migratedBy(Migrations.SAHHA_CHANGELOG);
    private final TestDatabase whoopDatabase = TestDatabase.migratedBy(Migrations.WHOOP_CHANGELOG);
    private final Service service = new Service(sahhaDatabase.url(), whoopDatabase.url());
    private final List<AutoCloseable> opened = new ArrayList<>();
    private World world;
    private TwinClock clock;
    private WhoopTwin whoop;
    private Truth truth;

    @AfterEach
    void close() throws Exception {
        service.close();
        for (AutoCloseable one : opened) {
            one.close();
        }
    }

    @Test
    @Timeout(400)
    void aBackfillOfTwoYearsEndsInTheTruth() throws Exception {
        List<String> members = List.of("demo-0001", "demo-0002", "demo-0003");
        int kills = 4;
        open(NOW, new Life(TWO_YEARS, null), WhoopApp.sandbox(service.callback()), knobs(Duration.ofHours(1)));
        service.start();
        whoop.faults().add(FaultRule.always("/developer", FaultKind.LATENCY).withDelay(Duration.ofMillis(25)));
        for (String member : members) {
            connect(member);
        }

        for (int kill = 0; kill < kills; kill++) {
            long moment = calls() + 1 + dice.nextInt(40);
            Service.await(named("call " + moment), () -> calls() >= moment);
            killAfter(dice.nextInt(60));
            assertThat(backfilled()).as(named("with nothing left to do")).isLessThan(members.size());
            service.start();
        }
        Service.await(named("the years before"), () -> backfilled() == members.size());

        for (String member : members) {
            assertThat(truth.records(member)).isGreaterThan(100);
            assertThat(truth.differences(member)).as(named(member)).isEmpty();
        }
        assertThat(count("scheduled_tasks where task_name = 'whoop-member'")).isEqualTo(members.size());
        assertThat(count("whoop_sync")).as("a first sync and a backfill each").isEqualTo(2L * members.size());
        for (String history : List.of("cycle", "recovery", "sleep", "workout")) {
            assertThat(count("whoop_" + history + "_history"))
                    .as(named(history))
                    .isZero();
        }
        int jobsAtOnce = 4;
        long pages = whoopDatabase
                .jdbi()
                .withHandle(handle -> handle.createQuery("select sum(pages) from whoop_sync")
                        .mapTo(Long.class)
                        .one());
        assertThat(calls())
                .as(named("a kill costs each job a page at most"))
                .isLessThanOrEqualTo(pages + members.size() + (long) kills * jobsAtOnce);
    }

    @Test
    @Timeout(400)
    void noAcknowledgedWebhookIsLost() throws Exception {
        List<String> members = List.of("demo-0001", "demo-0002", "demo-0003", "demo-0004", "demo-anna");
        Set<String> acknowledged = ConcurrentHashMap.newKeySet();
        Relay door = new Relay(letter -> {
            Answer answer = Relay.deliver(letter, URI.create(service.url() + "/webhooks/whoop"));
            if (answer.isSuccess()) {
                acknowledged.add(letter.event());
            }
            return answer;
        });
        opened.add(door);
        open(
                NOW.minus(TIME_TO_COME),
                Life.DEMO,
                WhoopApp.sandbox(service.callback()).withWebhookUrls(List.of(door.uri())),
                knobs(Duration.ofDays(1)).with(new Knobs.Delivery(0.5, Duration.ofSeconds(20))));
        service.start();
        for (String member : members) {
            connect(member);
        }

        for (int kill = 0; kill < 3; kill++) {
            burst(members, 5);
            edit(members);
            int moment = dice.nextInt(80);
            CompletableFuture<Void> end = CompletableFuture.runAsync(() -> killAfter(moment));
            whoop.pump();
            burst(members, 2);
            end.join();
            burst(members, 1); // nobody is at home
            service.start();
        }
        whoop.webhookMode(WebhookMode.NORMAL);
        while (clock.instant().isBefore(NOW.minusSeconds(60)) && isWaiting()) {
            pass(Duration.ofSeconds(55));
        }

        assertThat(acknowledged).as(named("acknowledged")).hasSizeGreaterThan(20);
        assertThat(inbox()).as(named("the inbox")).containsAll(acknowledged);
        Service.await(
                named("everything told being looked at"),
                () -> count("whoop_change where done_at is null and rung = 0") == 0);
        assertThat(changes()).as(named("changes")).containsAll(changesOf(acknowledged));
        for (int lists = 0; lists < 3; lists++) { // what was lost on its way is found by listing, deletions by two
            members.forEach(this::sync);
            Service.await(named("syncs"), () -> openRuns() == 0);
        }
        for (String member : members) {
            assertThat(truth.differences(member)).as(named(member)).isEmpty();
        }
    }

    @Test
    @Timeout(400)
    void aConnectionIsUsableOrAsksForConsentWhereverARefreshIsKilled() throws Exception {
        List<String> members = List.of("demo-0001", "demo-0002", "demo-0003", "demo-0004");
        TokenWitness witness = new TokenWitness(() -> URI.create(whoop.baseUrl() + "/oauth/oauth2/token"));
        opened.add(witness);
        service.withSetting("whoop.connect.tokenUrl", witness.uri().toString());
        open(
                NOW,
                Life.DEMO,
                WhoopApp.sandbox(service.callback()),
                knobs(Duration.ofSeconds(60))); // so short-lived that each call wants a new one
        service.start();
        for (String member : members) {
            witness.expects(member);
            connect(member);
        }
        Service.await(named("first syncs and backfills"), () -> openRuns() == 0 && openBackfills() == 0);

        List<Trap> moments = new ArrayList<>(
                List.of(Trap.BEFORE_WHOOP, Trap.AFTER_WHOOP, Trap.REPLY_LOST, Trap.ANYWHERE, Trap.ANYWHERE));
        Collections.shuffle(moments, dice);
        for (Trap trap : moments) {
            String victim = members.get(dice.nextInt(members.size()));
            int later = dice.nextInt(40);
            witness.set(trap, victim);
            (trap == Trap.ANYWHERE ? members : List.of(victim)).forEach(this::sync);
            Service.await(named(trap + " at " + victim), witness::hasSprung);
            if (trap != Trap.REPLY_LOST) {
                killAfter(trap == Trap.ANYWHERE ? later : 0);
                witness.release();
                service.start();
            }
            Service.await(named("syncs after " + trap), () -> openRuns() == 0);
            endsRight(trap, victim, members, witness);
        }

        for (String member : members) {
            sync(member);
        }
        Service.await(named("syncs"), () -> openRuns() == 0);
        for (String member : members) {
            assertThat(state(member)).as(named(member)).isEqualTo("active");
            assertThat(latestRun(member)).as(named(member)).isEqualTo("done");
            assertThat(truth.differences(member)).as(named(member)).isEmpty();
        }
        assertThat(witness.freshTokensRefused()).as(named("refused")).isEmpty();
    }

    /** Who needs consent gives it again. */
    private void endsRight(Trap trap, String victim, List<String> members, TokenWitness witness) throws Exception {
        String told = named(trap + " at " + victim + "\n" + service.process().everything());
        switch (trap) {
            case BEFORE_WHOOP -> assertThat(state(victim)).as(told).isEqualTo("active");
            case AFTER_WHOOP, REPLY_LOST -> assertThat(state(victim)).as(told).isEqualTo("reauthorization_required");
            case ANYWHERE -> {}
        }
        for (String member : members) {
            switch (state(member)) {
                case "active" -> assertThat(latestRun(member)).as(told).isEqualTo("done");
                case "reauthorization_required" -> {
                    assertThat(witness.hasUnusedPair(member)).as(told).isTrue();
                    witness.expects(member);
                    connect(member);
                    Service.await(named(member + " connected again"), () -> openRuns() == 0);
                }
                default -> throw new AssertionError(told + " left " + member + " " + state(member));
            }
        }
    }

    // ---- the world
    // ---------------------------------------------------------------------------------------------------

    private void open(Instant start, Life life, WhoopApp app, Knobs knobs) throws Exception {
        clock = TwinClock.fixed(start); // so that the truth stands still
        world = World.of(new WorldOptions(7, start, 6, life));
        whoop = WhoopTwin.start(WhoopTwinOptions.of(app).withKnobs(knobs), world, clock);
        opened.add(whoop::stop);
        SahhaTwin sahha = SahhaTwin.start(SahhaTwinOptions.onPort(0), world, clock);
        opened.add(sahha::stop);
        truth = new Truth(whoop, whoopDatabase.jdbi());
        service.withSources(sahha.baseUrl(), whoop.baseUrl())
                .withSetting("whoop.jobs.heartbeat", "500ms")
                .withSetting("whoop.quota.perMinute", Integer.toString(PLENTY))
                .withSetting("whoop.quota.perDay", Integer.toString(PLENTY));
    }

    private static Knobs knobs(Duration accessLifetime) {
        Knobs.Tokens tokens = Knobs.defaults().tokens();
        return Knobs.defaults()
                .with(new Knobs.Limits(PLENTY, PLENTY, false, false))
                .with(new Knobs.Tokens(
                        accessLifetime,
                        tokens.refreshLifetime(),
                        tokens.codeLifetime(),
                        tokens.spentRefreshError(),
                        tokens.lostRaceStatus(),
                        tokens.stateMinimum(),
                        tokens.verifiesPkce()));
    }

    private void connect(String member) {
        long account = world.byUserId(member).orElseThrow().whoopUserId();
        assertThat(service.connect(member, account).statusCode())
                .as(named(member))
                .isEqualTo(200);
    }

    private void sync(String member) {
        assertThat(service.post("/internal/sync/" + member).statusCode())
                .as(named(member))
                .isEqualTo(202);
    }

    private void killAfter(int millis) {
        LockSupport.parkNanos(Duration.ofMillis(millis).toNanos());
        service.process().kill();
    }

    /** Members edit this and that, time passes, and WHOOP tells, in an order and a number of times that dice decide. */
    private void burst(List<String> members, int strokes) {
        List<WebhookMode> modes = List.of(WebhookMode.NORMAL, WebhookMode.DUPLICATE, WebhookMode.REORDER);
        for (int stroke = 0; stroke < strokes; stroke++) {
            whoop.webhookMode(modes.get(dice.nextInt(modes.size())));
            edit(members);
            pass(Duration.ofSeconds(5 + dice.nextInt(50)));
        }
    }

    private void edit(List<String> members) {
        EditKind[] kinds = {
            EditKind.RESCORE, EditKind.EDIT_SLEEP, EditKind.DELETE_SLEEP, EditKind.ADD_WORKOUT, EditKind.DELETE_WORKOUT
        };
        for (String member : members) {
            whoop.edit(member, kinds[dice.nextInt(kinds.length)]);
        }
    }

    private void pass(Duration span) {
        clock.advance(span);
        whoop.pump();
    }

    private boolean isWaiting() {
        return !whoop.webhookStats().get("waiting").equals(0);
    }

    private long calls() {
        return whoop.stats().callsBelow("/developer");
    }

    private String named(String what) {
        return what + " (kill.seed=" + seed + ")";
    }

    // ---- what the database holds
    // --------------------------------------------------------------------------------------

    private long backfilled() {
        return count("whoop_sync where kind = 'backfill' and state = 'done'");
    }

    private long openBackfills() {
        return count("whoop_sync where kind = 'backfill' and state in ('queued', 'running')");
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

    private String state(String member) {
        return word("select state from whoop_connection where user_id = :who", member);
    }

    private String latestRun(String member) {
        return word(
                "select state from whoop_sync where user_id = :who and kind <> 'backfill'"
                        + " order by requested_at desc limit 1",
                member);
    }

    private String word(String sql, String member) {
        return whoopDatabase
                .jdbi()
                .withHandle(handle -> handle.createQuery(sql)
                        .bind("who", member)
                        .mapTo(String.class)
                        .one());
    }

    private Set<String> inbox() {
        return words("select trace_id || ' ' || type || ' ' || record_id from whoop_inbox where outcome = 'noted'");
    }

    private Set<String> changes() {
        return words("select collection || '.' || happened || ' ' || record_id from whoop_change");
    }

    private Set<String> words(String sql) {
        return whoopDatabase
                .jdbi()
                .withHandle(
                        handle -> handle.createQuery(sql).mapTo(String.class).collectIntoSet());
    }

    private static Set<String> changesOf(Set<String> events) {
        Set<String> changes = ConcurrentHashMap.newKeySet();
        events.forEach(event -> changes.add(event.substring(event.indexOf(' ') + 1)));
        return changes;
    }
}
