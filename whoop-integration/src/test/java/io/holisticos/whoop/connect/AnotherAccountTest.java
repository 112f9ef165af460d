package io.holisticos.whoop.connect;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.holisticos.health.UserId;
import io.holisticos.jobs.Jobs;
import io.holisticos.twins.http.FaultKind;
import io.holisticos.twins.http.FaultRule;
import io.holisticos.whoop.connect.ConsentOutcome.ConnectProgress;
import io.holisticos.whoop.custody.Connection;
import io.holisticos.whoop.custody.CustodySetup;
import io.holisticos.whoop.custody.CustodySetup.Worker;
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

    private static final UserId ANNA = CustodySetup.ANNA;
    private static final UserId BEN = CustodySetup.BEN;
    private ConnectWorld world;
    private Worker worker;
    private ConnectWorld.Connecting connecting;
    private SyncRequests synchronizer;

    @BeforeEach
    void open() {
        world = new ConnectWorld();
        worker = world.worker();
        Jdbi jdbi = world.pool();
        AtomicReference<Jobs> jobs = new AtomicReference<>();
        SyncContext terms = new SyncContext(
                who -> true,
                (who, begun) -> CustodySetup.requireConsent(worker, who, "refused", begun),
                who -> "u_test",
                world.clock,
                new MetricRegistry());
        synchronizer = new SyncRequests(jdbi, new WhoopStore(jdbi, CustodySetup.vault(jdbi)), terms, () -> {});
        ConnectWorld.TestPorts ports = new ConnectWorld.TestPorts();
        ports.next.set(new ConnectionListener() {
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
        connecting =
                world.connecting(worker, jdbi, ports, jobs, new SyncJobs(synchronizer, worker.api(), terms).tasks());
        consent(ANNA, ANNA);
        work();
        assertThat(cycles()).isPositive();
        connecting.flow().disconnect(ANNA);
    }

    @AfterEach
    void close() throws Exception {
        world.close();
    }

    @Test
    void whoDoesNotConfirmAnotherAccountKeepsTheirDays() {
        int before = cycles();
        ConsentOutcome.Kept page = consent(ANNA, BEN);
        assertThat(page.progress()).isEqualTo(ConnectProgress.AWAITING_CONFIRMATION);

        connecting.flow().choose(page.answer(), AccountChoice.DISOWN, true);

        assertTheirDaysAreAsBefore(before);
    }

    @Test
    void whoDisownsAnAccountThatIsNotKnownYetKeepsTheirDays() {
        int before = cycles();
        world.twin
                .faults()
                .add(FaultRule.times("/developer/v2/user/profile", FaultKind.STATUS, 1)
                        .withStatus(429));
        ConsentOutcome.Kept page = consent(ANNA, BEN);
        assertThat(page.progress()).isEqualTo(ConnectProgress.AWAITING_PROFILE);

        connecting.flow().choose(page.answer(), AccountChoice.DISOWN, true);

        assertTheirDaysAreAsBefore(before);
    }

    private void assertTheirDaysAreAsBefore(int cycles) {
        assertThat(worker.connections().find(ANNA).orElseThrow().state()).isEqualTo(Connection.State.REVOKED);
        assertThat(world.twin.hasGrant(BEN.value())).isFalse();
        assertThat(cycles()).isEqualTo(cycles);
        assertThat(synchronizer.findFreshness(ANNA)).isPresent();
        world.clock.advance(Duration.ofMinutes(1));

        assertThat(consent(ANNA, ANNA).progress()).isEqualTo(ConnectProgress.CONNECTED_AGAIN);

        assertThat(cycles()).isEqualTo(cycles);
        assertThat(synchronizer.findFreshness(ANNA))
                .as("it goes on where it was")
                .isPresent();
    }

    private void work() {
        while (connecting.jobs().nextDue(1).stream().anyMatch(due -> !due.isAfter(world.clock.instant()))) {
            connecting.jobs().runDue();
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

    private ConsentOutcome.Kept consent(UserId who, UserId whoopMember) {
        return world.consent(connecting, who, whoopMember);
    }
}
