package io.holisticos.whoop.connect;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.holisticos.health.UserId;
import io.holisticos.jobs.Jobs;
import io.holisticos.twins.http.FaultKind;
import io.holisticos.twins.http.FaultRule;
import io.holisticos.whoop.connect.Answers.Word;
import io.holisticos.whoop.connect.ConnectFlow.Outcome;
import io.holisticos.whoop.connect.ConnectFlow.Standing;
import io.holisticos.whoop.connect.ConnectWorld.Worker;
import io.holisticos.whoop.data.WhoopStore;
import io.holisticos.whoop.sync.SyncContext;
import io.holisticos.whoop.sync.SyncJobs;
import io.holisticos.whoop.sync.SyncRequests;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of a member's days when somebody consents with an account that is not the member's. */
class AnotherAccountTest {

    private static final UserId ANNA = ConnectWorld.ANNA;
    private static final UserId BEN = ConnectWorld.BEN;
    private ConnectWorld world;
    private Worker worker;
    private ConnectWorld.Door door;
    private SyncRequests synchronizer;

    @BeforeEach
    void open() {
        world = new ConnectWorld();
        worker = world.worker();
        Jdbi jdbi = world.pool();
        AtomicReference<Jobs> jobs = new AtomicReference<>();
        SyncContext terms = new SyncContext(
                who -> true,
                (who, begun) -> worker.connections().markReauthorizationRequired(who, "refused", begun),
                who -> "u_test",
                world.clock,
                new MetricRegistry());
        synchronizer = new SyncRequests(jdbi, new WhoopStore(jdbi, ConnectWorld.vault(jdbi)), terms, () -> {});
        ConnectWorld.House house = new ConnectWorld.House();
        house.next.set(new ConnectionListener() {
            @Override
            public void connected(UserId who, long whoopUserId) {
                synchronizer.connected(who, whoopUserId);
            }

            @Override
            public void disconnected(UserId who) {}

            @Override
            public void disowned(UserId who) {
                synchronizer.disowned(who);
            }
        });
        door = world.door(worker, jdbi, house, jobs, new SyncJobs(synchronizer, worker.api(), terms).tasks());
        consent(ANNA, ANNA);
        work();
        assertThat(cycles()).isPositive();
        door.flow().disconnect(ANNA);
    }

    @AfterEach
    void close() throws Exception {
        world.close();
    }

    @Test
    void whoDoesNotConfirmAnotherAccountKeepsTheirDays() {
        int before = cycles();
        Outcome.Kept page = consent(ANNA, BEN);
        assertThat(page.standing()).isEqualTo(Standing.AWAITING_CONFIRMATION);

        door.flow().answer(page.answer(), Word.DISOWN, true);

        assertTheirDaysAreAsBefore(before);
    }

    @Test
    void whoDisownsAnAccountThatIsNotKnownYetKeepsTheirDays() {
        int before = cycles();
        world.twin
                .faults()
                .add(FaultRule.times("/developer/v2/user/profile", FaultKind.STATUS, 1)
                        .withStatus(429));
        Outcome.Kept page = consent(ANNA, BEN);
        assertThat(page.standing()).isEqualTo(Standing.AWAITING_PROFILE);

        door.flow().answer(page.answer(), Word.DISOWN, true);

        assertTheirDaysAreAsBefore(before);
    }

    private void assertTheirDaysAreAsBefore(int cycles) {
        assertThat(worker.connections().find(ANNA).orElseThrow().state()).isEqualTo(Connection.State.REVOKED);
        assertThat(world.twin.hasGrant(BEN.value())).isFalse();
        assertThat(cycles()).isEqualTo(cycles);
        assertThat(synchronizer.findFreshness(ANNA)).isPresent();
        world.clock.advance(Duration.ofMinutes(1));

        assertThat(consent(ANNA, ANNA).standing()).isEqualTo(Standing.CONNECTED_AGAIN);

        assertThat(cycles()).isEqualTo(cycles);
        assertThat(synchronizer.findFreshness(ANNA))
                .as("it goes on where it was")
                .isPresent();
    }

    private void work() {
        while (door.jobs().nextDue(1).stream().anyMatch(due -> !due.isAfter(world.clock.instant()))) {
            door.jobs().runDue();
        }
    }

    private int cycles() {
        return world.database
                .jdbi()
                .withHandle(handle -> handle.createQuery(
                                "select count(*) from whoop_cycle where user_id = :who and whoop_user_id = :account")
                        .bind("who", ANNA.value())
                        .bind("account", world.accountOf(ANNA))
                        .mapTo(Integer.class)
                        .one());
    }

    private Outcome.Kept consent(UserId who, UserId whoopMember) {
        return world.consent(door, who, whoopMember);
    }
}
