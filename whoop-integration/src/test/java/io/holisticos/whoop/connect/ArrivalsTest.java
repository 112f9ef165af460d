package io.holisticos.whoop.connect;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.holisticos.health.UserId;
import io.holisticos.twins.http.FaultKind;
import io.holisticos.twins.http.FaultRule;
import io.holisticos.whoop.connect.ConnectFlow.Standing;
import io.holisticos.whoop.connect.ConnectWorld.Worker;
import io.holisticos.whoop.connect.Connection.State;
import io.holisticos.whoop.connect.Reactivation.Fate;
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
import org.slf4j.LoggerFactory;

/** Consents of which it cannot be found out for a while whose they are. */
class ArrivalsTest {

    private static final UserId ANNA = ConnectWorld.ANNA;
    private static final UserId BEN = ConnectWorld.BEN;
    private static final String PROFILE = "/developer/v2/user/profile";

    private static final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private static ConnectWorld world;
    private static Jdbi jdbi;

    private final ConnectWorld.House house = new ConnectWorld.House();
    private Worker worker;
    private ConnectWorld.Door door;

    @BeforeAll
    static void open() {
        world = new ConnectWorld();
        jdbi = world.pool();
        logged.start();
        ((Logger) LoggerFactory.getLogger(Arrivals.class)).addAppender(logged);
    }

    @AfterAll
    static void close() throws Exception {
        ((Logger) LoggerFactory.getLogger(Arrivals.class)).detachAppender(logged);
        world.close();
    }

    @BeforeEach
    void reset() {
        world.reset();
        worker = world.worker(); // with breakers that are closed
        door = world.door(worker, jdbi, house);
        logged.list.clear();
    }

    @Test
    void aProfileThatCannotBeReadIsSaidAndCountedAndShownAfterThreeTimes() {
        fails(FaultRule.always(PROFILE, FaultKind.STATUS).withStatus(403));
        assertThat(world.consent(door, ANNA, ANNA).standing()).isEqualTo(Standing.AWAITING_PROFILE);
        assertThat(failures())
                .containsExactly("unavailable 1 whoop answered unexpectedly: status 403 for WHOOP_PROFILE");
        assertThat(door.arrivals().failing(2)).isEmpty();

        workWhenDue();
        workWhenDue();

        assertThat(door.arrivals().failing(3)).isEqualTo(Map.of("unavailable", 1));
        assertThat(house.metrics.counter("whoop.arrivals.failed.unavailable").getCount())
                .isEqualTo(3);
        world.twin.faults().clear();
        workWhenDue();
        assertThat(house.heard).containsExactly("connected demo-anna " + world.accountOf(ANNA));
        assertThat(door.arrivals().failing(1)).isEmpty();
    }

    @Test
    void aServerThatFailsIsNamedByItsStatusAndWhatAnswersWithoutFormIsNotQuoted() {
        fails(FaultRule.times(PROFILE, FaultKind.STATUS, 20).withStatus(503));
        world.consent(door, ANNA, ANNA);
        world.twin.faults().clear();
        fails(FaultRule.always(PROFILE, FaultKind.GARBAGE));
        workWhenDue();

        assertThat(failures()).hasSize(2);
        assertThat(failures().get(0)).isEqualTo("unavailable 1 status 503 for WHOOP_PROFILE");
        assertThat(failures().get(1)).contains("bad_reply 1 ", "status 200");
        assertThat(house.metrics.counter("whoop.arrivals.failed.unavailable").getCount())
                .isOne();
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 408})
    void whatTheEdgeTurnsAwayIsNoBadReplyWhoeverMeetsIt(int status) {
        fails(FaultRule.always(PROFILE, FaultKind.STATUS).withStatus(status));

        world.consent(door, ANNA, ANNA);
        world.consent(door, BEN, BEN);

        assertThat(failures()).hasSize(2).allMatch(line -> line.startsWith("unavailable 1 "));
        assertThat(house.metrics.counter("whoop.arrivals.failed.unavailable").getCount())
                .isEqualTo(2);
    }

    @Test
    void waitingForAPermitIsNoFailure() {
        fails(FaultRule.always(PROFILE, FaultKind.STATUS).withStatus(429));
        world.consent(door, ANNA, ANNA);

        workWhenDue();
        workWhenDue();

        assertThat(failures()).isEmpty();
        assertThat(door.arrivals().failing(1)).isEmpty();
    }

    @Test
    void threeDaysWithoutWhoopAreWaitedOutEverMoreSeldomAndLoseNoConsent() {
        fails(FaultRule.always(PROFILE, FaultKind.STATUS).withStatus(403));
        world.consent(door, ANNA, ANNA);
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
        assertThat(house.heard).containsExactly("connected demo-anna " + world.accountOf(ANNA));
    }

    @Test
    void aFaultOfOursIsTriedAgainToo() {
        fails(FaultRule.times(PROFILE, FaultKind.STATUS, 1).withStatus(403));
        world.consent(door, ANNA, ANNA);
        house.next.set(new ConnectionListener() {
            @Override
            public void connected(UserId who, long whoopUserId) {
                house.next.set(null);
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
        world.consent(door, ANNA, ANNA);
        run("delete from scheduled_tasks");
        worker.connections().markReauthorizationRequired(ANNA, "refused_by_data_api", world.clock.instant());
        Reactivation reactivation = new Reactivation(jdbi, ConnectWorld.vault(jdbi), world.clock);

        assertThat(reactivation.run(null, false))
                .isEqualTo(Map.of(Fate.REACTIVATED, Map.of("refused_by_data_api", 1L)));

        assertThat(worker.connections().find(ANNA).orElseThrow().state()).isEqualTo(State.AWAITING_PROFILE);
        door.arrivals().sweep();
        door.jobs().runDue();
        assertThat(house.heard).containsExactly("connected demo-anna " + world.accountOf(ANNA));
    }

    @Test
    void whatWhoopItselfSaidIsNotReactivated() {
        Instant begun = world.clock.instant();
        world.connect(worker, ANNA);
        world.connect(worker, BEN);
        worker.connections().refusedWithFreshToken(ANNA, begun);
        world.twin.revokeGrant(BEN.value()); // as the member does in WHOOP's app
        world.letTheAccessTokenExpire();
        door.flow().validated(BEN);
        Reactivation reactivation = new Reactivation(jdbi, ConnectWorld.vault(jdbi), world.clock);

        Map<Fate, Map<String, Long>> fates = reactivation.run(null, false);

        assertThat(fates).containsOnlyKeys(Fate.ENDED_BY_WHOOP);
        assertThat(fates.get(Fate.ENDED_BY_WHOOP))
                .containsEntry("refused_with_fresh_token", 1L)
                .hasSize(2);
        assertThat(reactivation.states(null)).isEqualTo(Map.of("reauthorization_required", 2L));
    }

    /** What lines say: error, how often in a row, cause. */
    private static List<String> failures() {
        return logged.list.stream()
                .map(ILoggingEvent::getFormattedMessage)
                .filter(line -> line.startsWith("event=arrival_failed "))
                .map(line -> line.replaceAll(".* error=(\\S+) failures=(\\S+) cause=\"([^\"]*)\".*", "$1 $2 $3"))
                .toList();
    }

    private static void fails(FaultRule rule) {
        world.twin.faults().add(rule);
    }

    /** Returns how long it had to be waited for. */
    private Duration workWhenDue() {
        Instant due = door.jobs().nextDue(1).get(0);
        Duration wait = Duration.between(world.clock.instant(), due);
        if (!wait.isNegative()) {
            world.clock.advance(wait);
        }
        door.jobs().runDue();
        return wait;
    }

    private static void run(String sql) {
        jdbi.useHandle(handle -> handle.execute(sql));
    }
}
