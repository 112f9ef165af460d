package io.holisticos.whoop.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.UserId;
import io.holisticos.testing.LogLines;
import io.holisticos.twins.http.FaultKind;
import io.holisticos.twins.http.FaultRule;
import io.holisticos.whoop.connect.ConsentOutcome.ConnectProgress;
import io.holisticos.whoop.custody.Connection.State;
import io.holisticos.whoop.custody.CustodySetup;
import io.holisticos.whoop.custody.CustodySetup.Worker;
import io.holisticos.whoop.custody.Reactivation;
import io.holisticos.whoop.custody.Reactivation.ReactivationResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Consents of which it cannot be found out for a while whose they are. */
class AccountLookupTest {

    private static final UserId ANNA = CustodySetup.ANNA;
    private static final UserId BEN = CustodySetup.BEN;
    private static final String PROFILE = "/developer/v2/user/profile";

    private static final LogLines logged = LogLines.of(AccountLookup.class);
    private static ConnectWorld world;
    private static Jdbi jdbi;

    private final ConnectWorld.TestPorts ports = new ConnectWorld.TestPorts();
    private Worker worker;
    private ConnectWorld.Connecting connecting;

    @BeforeAll
    static void open() {
        world = new ConnectWorld();
        jdbi = world.pool();
    }

    @AfterAll
    static void close() throws Exception {
        logged.close();
        world.close();
    }

    @BeforeEach
    void reset() {
        world.reset();
        worker = world.worker(); // with breakers that are closed
        connecting = world.connecting(worker, jdbi, ports);
        logged.forget();
    }

    @Test
    void aProfileThatCannotBeReadIsSaidAndCountedAndShownAfterThreeTimes() {
        fails(FaultRule.always(PROFILE, FaultKind.STATUS).withStatus(403));
        assertThat(world.consent(connecting, ANNA, ANNA).progress()).isEqualTo(ConnectProgress.AWAITING_PROFILE);
        assertThat(failures())
                .containsExactly("unavailable 1 whoop answered unexpectedly: status 403 for WHOOP_PROFILE");
        assertThat(connecting.lookup().failing(2)).isEmpty();

        workWhenDue();
        workWhenDue();

        assertThat(connecting.lookup().failing(3)).isEqualTo(Map.of("unavailable", 1));
        assertThat(ports.metrics.counter("whoop.arrivals.failed.unavailable").getCount())
                .isEqualTo(3);
        world.twin.faults().clear();
        workWhenDue();
        assertThat(ports.heard).containsExactly("connected demo-anna " + world.accountOf(ANNA));
        assertThat(connecting.lookup().failing(1)).isEmpty();
    }

    @Test
    void aServerThatFailsIsNamedByItsStatusAndWhatAnswersWithoutFormIsNotQuoted() {
        fails(FaultRule.times(PROFILE, FaultKind.STATUS, 20).withStatus(503));
        world.consent(connecting, ANNA, ANNA);
        world.twin.faults().clear();
        fails(FaultRule.always(PROFILE, FaultKind.GARBAGE));
        workWhenDue();

        assertThat(failures()).hasSize(2);
        assertThat(failures().get(0)).isEqualTo("unavailable 1 status 503 for WHOOP_PROFILE");
        assertThat(failures().get(1)).contains("bad_reply 1 ", "status 200");
        assertThat(ports.metrics.counter("whoop.arrivals.failed.unavailable").getCount())
                .isOne();
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 408})
    void whatTheEdgeTurnsAwayIsNoBadReplyWhoeverMeetsIt(int status) {
        fails(FaultRule.always(PROFILE, FaultKind.STATUS).withStatus(status));

        world.consent(connecting, ANNA, ANNA);
        world.consent(connecting, BEN, BEN);

        assertThat(failures()).hasSize(2).allMatch(line -> line.startsWith("unavailable 1 "));
        assertThat(ports.metrics.counter("whoop.arrivals.failed.unavailable").getCount())
                .isEqualTo(2);
    }

    @Test
    void waitingForAPermitIsNoFailure() {
        fails(FaultRule.always(PROFILE, FaultKind.STATUS).withStatus(429));
        world.consent(connecting, ANNA, ANNA);

        workWhenDue();
        workWhenDue();

        assertThat(failures()).isEmpty();
        assertThat(connecting.lookup().failing(1)).isEmpty();
    }

    @Test
    void threeDaysWithoutWhoopAreWaitedOutEverMoreSeldomAndLoseNoConsent() {
        fails(FaultRule.always(PROFILE, FaultKind.STATUS).withStatus(403));
        world.consent(connecting, ANNA, ANNA);
        world.twin.faults().clear();
        fails(FaultRule.always("/", FaultKind.STATUS).withStatus(403)); // the token endpoint, too
        Instant end = world.clock.instant().plus(Duration.ofDays(3));
        List<Duration> waits = new ArrayList<>();

        while (world.clock.instant().isBefore(end)) {
            waits.add(workWhenDue());
        }

        assertThat(waits).hasSizeBetween(70, 110);
        assertThat(waits.get(waits.size() - 1)).isEqualTo(Duration.ofHours(1));
        assertThat(worker.connections().find(ANNA).orElseThrow().state()).isEqualTo(State.AWAITING_PROFILE);
        world.twin.faults().clear();
        workWhenDue();
        assertThat(ports.heard).containsExactly("connected demo-anna " + world.accountOf(ANNA));
    }

    @Test
    void aFaultOfOursIsTriedAgainToo() {
        fails(FaultRule.times(PROFILE, FaultKind.STATUS, 1).withStatus(403));
        world.consent(connecting, ANNA, ANNA);
        ports.next.set(new ConnectionListener() {
            @Override
            public void connected(UserId who, long whoopUserId) {
                ports.next.set(null);
                throw new IllegalStateException("a fault of ours");
            }

            @Override
            public void disconnected(UserId who) {}

            @Override
            public void disowned(UserId who) {}
        });

        workWhenDue();

        assertThat(failures()).hasSize(2).last().isEqualTo("internal 1 IllegalStateException");
    }

    @Test
    void aReactivatedConsentWithoutAnAccountIsAskedForItsAccount() {
        fails(FaultRule.times(PROFILE, FaultKind.STATUS, 1).withStatus(403));
        world.consent(connecting, ANNA, ANNA);
        run("delete from scheduled_tasks");
        CustodySetup.requireConsent(worker, ANNA, "refused_by_data_api", world.clock.instant());
        Reactivation reactivation = new Reactivation(jdbi, CustodySetup.vault(jdbi), world.clock);

        assertThat(reactivation.run(null, false))
                .isEqualTo(Map.of(ReactivationResult.REACTIVATED, Map.of("refused_by_data_api", 1L)));

        assertThat(worker.connections().find(ANNA).orElseThrow().state()).isEqualTo(State.AWAITING_PROFILE);
        connecting.lookup().sweep();
        connecting.jobs().runDue();
        assertThat(ports.heard).containsExactly("connected demo-anna " + world.accountOf(ANNA));
    }

    @Test
    void whatWhoopItselfSaidIsNotReactivated() {
        Instant begun = world.clock.instant();
        world.connect(worker, ANNA);
        world.connect(worker, BEN);
        worker.connections().refusedWithFreshToken(ANNA, begun);
        world.twin.revokeGrant(BEN.value()); // as the member does in WHOOP's app
        world.letTheAccessTokenExpire();
        connecting.flow().validated(BEN);
        Reactivation reactivation = new Reactivation(jdbi, CustodySetup.vault(jdbi), world.clock);

        Map<ReactivationResult, Map<String, Long>> fates = reactivation.run(null, false);

        assertThat(fates).containsOnlyKeys(ReactivationResult.ENDED_BY_WHOOP);
        assertThat(fates.get(ReactivationResult.ENDED_BY_WHOOP))
                .containsEntry("refused_with_fresh_token", 1L)
                .hasSize(2);
        assertThat(reactivation.states(null)).isEqualTo(Map.of("reauthorization_required", 2L));
    }

    /** What lines say: error, how often in a row, cause. */
    private static List<String> failures() {
        return logged.messages().stream()
                .filter(line -> line.startsWith("event=arrival_failed "))
                .map(line -> line.replaceAll(".* error=(\\S+) failures=(\\S+) cause=\"([^\"]*)\".*", "$1 $2 $3"))
                .toList();
    }

    private static void fails(FaultRule rule) {
        world.twin.faults().add(rule);
    }

    /** Returns how long it had to be waited for. */
    private Duration workWhenDue() {
        Instant due = connecting.jobs().nextDue(1).get(0);
        Duration wait = Duration.between(world.clock.instant(), due);
        if (!wait.isNegative()) {
            world.clock.advance(wait);
        }
        connecting.jobs().runDue();
        return wait;
    }

    private static void run(String sql) {
        jdbi.useHandle(handle -> handle.execute(sql));
    }
}
