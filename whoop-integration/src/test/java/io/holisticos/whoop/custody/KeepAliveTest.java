package io.holisticos.whoop.custody;

import static io.holisticos.whoop.custody.CustodySetup.ANNA;
import static io.holisticos.whoop.custody.CustodySetup.BEN;
import static io.holisticos.whoop.custody.CustodySetup.TOKEN_PATH;
import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.Deadline;
import io.holisticos.health.UserId;
import io.holisticos.jobs.Jobs;
import io.holisticos.twins.http.FaultKind;
import io.holisticos.twins.http.FaultRule;
import io.holisticos.twins.whoop.IssuedTokens;
import io.holisticos.whoop.custody.Connection.State;
import io.holisticos.whoop.custody.CustodySetup.Worker;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nobody makes a call for these members. */
class KeepAliveTest {

    /** An hour of the access token, the week, and what sets members apart. */
    private static final Duration LONG_ENOUGH =
            Duration.ofDays(7).plus(KeepAlive.SPREAD).plusHours(1).plusSeconds(1);

    private static CustodySetup world;

    private final Set<UserId> off = ConcurrentHashMap.newKeySet();
    private Worker worker;
    private Jobs jobs;

    @BeforeAll
    static void open() {
        world = new CustodySetup();
    }

    @AfterAll
    static void close() throws Exception {
        world.close();
    }

    @BeforeEach
    void reset() {
        world.reset();
        world.database.jdbi().useHandle(handle -> handle.execute("truncate scheduled_tasks"));
        worker = world.worker();
        jobs = Jobs.byHand(
                world.database.dataSource(),
                world.clock,
                List.of(),
                worker.connections().recurringTasks(who -> !off.contains(who)));
        jobs.start();
        jobs.runDue();
    }

    @AfterEach
    void stop() {
        jobs.stop();
    }

    @Test
    void aConnectionThatWasNotUsedForAWeekIsRefreshedOnce() {
        world.connect(worker, ANNA);

        pass(Duration.ofDays(7));
        assertThat(world.tokenCalls()).isZero();
        pass(LONG_ENOUGH.minus(Duration.ofDays(7)));
        pass(Duration.ofHours(1));

        assertThat(world.tokenCalls()).isEqualTo(1);
        assertThat(stateOf(ANNA)).isEqualTo(State.ACTIVE);
    }

    @Test
    void aConnectionOutlivesItsRefreshTokenByMonths() {
        world.connect(worker, ANNA);

        for (int day = 0; day < 90; day++) {
            pass(Duration.ofDays(1));
        }

        assertThat(world.twin.hasGrant(ANNA.value())).isTrue();
        assertThat(worker.api().profile(ANNA, Deadline.after(Duration.ofSeconds(15))))
                .isPresent();
    }

    @Test
    void whoIsSwitchedOffIsLeftAlone() {
        world.connect(worker, ANNA);
        world.connect(worker, BEN);
        off.add(ANNA);

        pass(LONG_ENOUGH);
        pass(Duration.ofHours(1));

        assertThat(world.tokenCalls()).isEqualTo(1);
        assertThat(versions()).containsExactly("demo-anna 1", "demo-ben 2");
    }

    @Test
    void tokensThatDoNotOpenKeepNobodyElseFromBeingRefreshedAndChangeNoConnection() {
        world.connect(worker, ANNA);
        world.connect(worker, BEN);
        world.database
                .jdbi()
                .useHandle(handle -> handle.execute(
                        "update whoop_connection set access_token = 'torn',"
                                + " refresh_token = 'torn' where user_id = ?",
                        ANNA.value()));

        pass(LONG_ENOUGH);
        pass(Duration.ofHours(1));

        assertThat(versions()).containsExactly("demo-anna 1", "demo-ben 2");
        assertThat(stateOf(ANNA)).isEqualTo(State.ACTIVE);
    }

    @Test
    void manyAreSpreadOverRounds() {
        int members = KeepAlive.AT_ONCE + 2;
        IntStream.range(0, members).forEach(this::connectNumber);

        pass(LONG_ENOUGH);
        assertThat(world.tokenCalls()).isEqualTo(KeepAlive.AT_ONCE);

        pass(Duration.ofHours(1));
        assertThat(world.tokenCalls()).isEqualTo(members);
    }

    @Test
    void anOutageEndsTheRoundAndTheNextBeginsWithSomebodyElse() {
        IntStream.range(0, 3).forEach(this::connectNumber);
        world.twin.faults().add(FaultRule.times(TOKEN_PATH, FaultKind.STATUS, 2));

        pass(LONG_ENOUGH);

        int bothTriesOfOne = 2;
        assertThat(world.tokenCalls()).isEqualTo(bothTriesOfOne);
        assertThat(versions()).allMatch(version -> version.endsWith(" 1"));

        pass(Duration.ofHours(1));

        assertThat(world.tokenCalls()).isEqualTo(bothTriesOfOne + 3);
        assertThat(versions()).allMatch(version -> version.endsWith(" 2"));
    }

    @Test
    void aMemberWhoRevokedNeedsConsentAndDoesNotKeepTheOthersWaiting() {
        world.connect(worker, ANNA);
        world.connect(worker, BEN);
        world.twin.revokeGrant(ANNA.value());

        pass(LONG_ENOUGH);

        assertThat(stateOf(ANNA)).isEqualTo(State.REAUTHORIZATION_REQUIRED);
        assertThat(stateOf(BEN)).isEqualTo(State.ACTIVE);
        assertThat(versions()).contains("demo-ben 2");
    }

    /** Time passes, and then the job comes. */
    private void pass(Duration span) {
        world.clock.advance(span);
        jobs.runDue();
    }

    /** One more grant of Anna's: the twin does not mind. */
    private void connectNumber(int number) {
        IssuedTokens tokens = world.twin.grant(ANNA.value());
        world.join(worker, new UserId("user-" + number), number, tokens);
    }

    private State stateOf(UserId who) {
        return worker.connections().find(who).orElseThrow().state();
    }

    private static List<String> versions() {
        return world.database
                .jdbi()
                .withHandle(handle -> handle.createQuery(
                                "select user_id || ' ' || token_version from whoop_connection order by user_id")
                        .mapTo(String.class)
                        .list());
    }
}
