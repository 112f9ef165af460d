package io.holisticos.whoop.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.UserId;
import io.holisticos.twins.http.FaultKind;
import io.holisticos.twins.http.FaultRule;
import io.holisticos.whoop.connect.AccountConfirmation.ChoiceResult;
import io.holisticos.whoop.connect.ConnectFlow.Started;
import io.holisticos.whoop.connect.ConnectLinks.LinkPage;
import io.holisticos.whoop.connect.ConnectLinks.NextPage;
import io.holisticos.whoop.connect.ConsentOutcome.ConnectProgress;
import io.holisticos.whoop.custody.Connection.State;
import io.holisticos.whoop.custody.CustodySetup;
import io.holisticos.whoop.custody.CustodySetup.Worker;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Another account than before, of which nobody says in time that it is to be the member's; and buttons pressed for ever. */
class ConfirmationTest {

    private static final UserId ANNA = CustodySetup.ANNA;
    private static final UserId BEN = CustodySetup.BEN;
    private static final String SERVICE = "service";

    private static ConnectWorld world;
    private static Worker worker;
    private static Jdbi jdbi;

    private final ConnectWorld.TestPorts ports = new ConnectWorld.TestPorts();
    private ConnectWorld.Connecting connecting;

    @BeforeAll
    static void open() {
        world = new ConnectWorld();
        worker = world.worker();
        jdbi = world.pool();
    }

    @AfterAll
    static void close() throws Exception {
        world.close();
    }

    /** Somebody who had an account before. */
    @BeforeEach
    void begin() {
        world.reset();
        connecting = world.connecting(worker, jdbi, ports);
        world.consent(connecting, ANNA, ANNA);
        connecting.flow().disconnect(ANNA);
        ports.heard.clear();
    }

    @Test
    void withoutAWordWithinTheHourTheTokensGoAndThePlaceIsFree() {
        ports.memberLimit = OptionalInt.of(1);
        ConsentOutcome.Kept page = world.consent(connecting, ANNA, BEN);
        assertThat(page.progress()).isEqualTo(ConnectProgress.AWAITING_CONFIRMATION);
        world.clock.advance(Duration.ofMinutes(59));
        connecting.lookup().endUnconfirmed();
        assertThat(stateOf(ANNA)).isEqualTo(State.AWAITING_CONFIRMATION);
        assertThat(world.connected()).isOne();

        world.clock.advance(Duration.ofMinutes(1));
        connecting.lookup().endUnconfirmed();

        assertThat(stateOf(ANNA)).isEqualTo(State.REVOKED);
        assertThat(worker.connections().find(ANNA).orElseThrow().whoopUserId()).isEqualTo(world.accountOf(ANNA));
        assertThat(world.twin.hasGrant(BEN.value())).isFalse();
        assertThat(world.connected()).isZero();
        assertThat(reasons(ANNA)).endsWith("another_account", "not_confirmed");
        assertThat(ports.heard).isEmpty();
        for (AccountChoice choice : AccountChoice.values()) {
            assertThat(connecting.flow().choose(page.answer(), choice, true))
                    .as(choice.formValue())
                    .isEqualTo(new ChoiceResult.Refused(Refusal.TO_BE_CONFIRMED));
        }

        ConsentOutcome.Kept again = world.consent(connecting, ANNA, BEN);
        assertThat(connecting.flow().choose(again.answer(), AccountChoice.REPLACE, true))
                .isEqualTo(new ChoiceResult.Done(AccountChoice.REPLACE, null));
        assertThat(connecting.flow().choose(page.answer(), AccountChoice.KEEP, true))
                .isEqualTo(new ChoiceResult.Refused(Refusal.ANSWERED_ALREADY));
    }

    @Test
    void itEndsWithoutWhoopToo() {
        world.consent(connecting, ANNA, BEN);
        world.twin.faults().add(FaultRule.always("/", FaultKind.STATUS).withStatus(503));
        world.clock.advance(Duration.ofMinutes(61));

        connecting.lookup().endUnconfirmed();

        assertThat(stateOf(ANNA)).isEqualTo(State.REVOKED);
        assertThat(world.twin.hasGrant(BEN.value())).isTrue();
    }

    @Test
    void itEndsTooWhenTheMemberRevokedItAtWhoopMeanwhile() {
        world.consent(connecting, ANNA, BEN);
        world.twin.revokeGrant(BEN.value());
        world.clock.advance(Duration.ofMinutes(61));

        connecting.lookup().endUnconfirmed();

        assertThat(stateOf(ANNA)).isEqualTo(State.REVOKED);
        assertThat(worker.connections().find(ANNA).orElseThrow().whoopUserId()).isEqualTo(world.accountOf(ANNA));
        assertThat(world.connected()).isZero();
    }

    @Test
    void theAccountOfAnotherUserIsNotRevokedWithIt() {
        world.consent(connecting, ANNA, BEN);
        world.clock.advance(Duration.ofMinutes(30));
        world.consent(connecting, BEN, BEN);
        world.clock.advance(Duration.ofMinutes(31));

        connecting.lookup().endUnconfirmed();

        assertThat(stateOf(ANNA)).isEqualTo(State.REVOKED);
        assertThat(stateOf(BEN)).isEqualTo(State.ACTIVE);
        assertThat(world.twin.hasGrant(BEN.value())).isTrue();
    }

    @Test
    void whoNeededConsentBeforeNeedsItAfterwards() {
        world.consent(connecting, ANNA, ANNA);
        CustodySetup.requireConsent(worker, ANNA, "any", world.clock.instant());
        world.consent(connecting, ANNA, BEN);
        world.clock.advance(Duration.ofMinutes(61));

        connecting.lookup().endUnconfirmed();

        assertThat(stateOf(ANNA)).isEqualTo(State.REAUTHORIZATION_REQUIRED);
        assertThat(worker.connections().find(ANNA).orElseThrow().whoopUserId()).isEqualTo(world.accountOf(ANNA));
    }

    @Test
    void whoSaidThatItIsRightBeforeItWasKnownIsToldToConnectAgain() {
        profileIsSpentOnce();
        ConsentOutcome.Kept page = world.consent(connecting, ANNA, BEN);
        assertThat(page.progress()).isEqualTo(ConnectProgress.AWAITING_PROFILE);
        assertThat(connecting.flow().choose(page.answer(), AccountChoice.KEEP, true))
                .isEqualTo(new ChoiceResult.Done(AccountChoice.KEEP, null));
        world.clock.advance(Duration.ofHours(2)); // the page is out of date by then
        connecting.jobs().runDue();
        assertThat(stateOf(ANNA)).isEqualTo(State.AWAITING_CONFIRMATION);

        assertThat(connecting.flow().choose(page.answer(), AccountChoice.KEEP, true))
                .isEqualTo(new ChoiceResult.Refused(Refusal.TO_BE_CONFIRMED));

        connecting.lookup().endUnconfirmed();
        assertThat(stateOf(ANNA)).as("the hour begins when it is asked").isEqualTo(State.AWAITING_CONFIRMATION);
        world.clock.advance(Duration.ofHours(1));
        connecting.lookup().endUnconfirmed();
        assertThat(stateOf(ANNA)).isEqualTo(State.REVOKED);
        assertThat(connecting.flow().choose(page.answer(), AccountChoice.KEEP, true))
                .isEqualTo(new ChoiceResult.Refused(Refusal.TO_BE_CONFIRMED));
    }

    @Test
    void aServiceIsToldAndMayConfirmWithinAnHourOfTheQuestion() {
        profileIsSpentOnce();
        Started started = connecting.flow().start(ANNA, SERVICE, Consents.ConsentOptions.NONE);
        String code = world.codeOf(started.authorizationUrl(), BEN);
        assertThat(standingOf(code, started, false)).isEqualTo(ConnectProgress.AWAITING_PROFILE);
        world.clock.advance(Duration.ofHours(2));
        connecting.jobs().runDue();

        assertThat(standingOf(code, started, false)).isEqualTo(ConnectProgress.AWAITING_CONFIRMATION);
        world.clock.advance(Duration.ofMinutes(59));
        assertThat(standingOf(code, started, true)).isEqualTo(ConnectProgress.CONNECTED);
        assertThat(ports.heard).containsExactly("connected demo-anna " + world.accountOf(BEN));
    }

    @Test
    void aServiceThatComesTooLateIsToldToBeginAgain() {
        Started started = connecting.flow().start(ANNA, SERVICE, Consents.ConsentOptions.NONE);
        String code = world.codeOf(started.authorizationUrl(), BEN);
        assertThat(standingOf(code, started, false)).isEqualTo(ConnectProgress.AWAITING_CONFIRMATION);
        world.clock.advance(Duration.ofMinutes(61));

        for (boolean swept : List.of(false, true)) {
            if (swept) {
                connecting.lookup().endUnconfirmed();
            }
            for (boolean replace : List.of(false, true)) {
                assertThat(connecting.flow().finishByService(code, started.state(), SERVICE, replace))
                        .isEqualTo(new ConsentOutcome.Failed(Refusal.TO_BE_CONFIRMED, null));
            }
        }
    }

    @Test
    void aLinkTakesTwentyPressesAndTheFirstStillLeadsToAConnection() {
        String link = linkOf(connecting.flow().start(BEN, SERVICE, Consents.ConsentOptions.NONE));
        String token = ((LinkPage.Open) connecting.flow().links().open(link)).token();
        NextPage.AtWhoop first = (NextPage.AtWhoop)
                connecting.flow().links().press(new ConnectLinks.Press(link, token, true, OwnBrowser.NOT_ASKED));
        for (int i = 2; i <= 20; i++) {
            assertThat(connecting.flow().links().press(new ConnectLinks.Press(link, token, true, OwnBrowser.NOT_ASKED)))
                    .isInstanceOf(NextPage.AtWhoop.class);
        }

        assertThat(connecting.flow().links().press(new ConnectLinks.Press(link, token, true, OwnBrowser.NOT_ASKED)))
                .isEqualTo(new NextPage.Refused(Refusal.PRESSED_TOO_OFTEN));

        ConsentOutcome outcome = connecting
                .flow()
                .finishInBrowser(
                        world.codeOf(first.authorizationUrl(), BEN),
                        first.browserState().state(),
                        first.browserState().cookie());
        assertThat(((ConsentOutcome.Kept) outcome).progress()).isEqualTo(ConnectProgress.CONNECTED);
        String another = linkOf(connecting.flow().start(BEN, SERVICE, Consents.ConsentOptions.NONE));
        String itsToken = ((LinkPage.Open) connecting.flow().links().open(another)).token();
        assertThat(connecting
                        .flow()
                        .links()
                        .press(new ConnectLinks.Press(another, itsToken, true, OwnBrowser.NOT_ASKED)))
                .isInstanceOf(NextPage.AtWhoop.class);
    }

    private ConnectProgress standingOf(String code, Started started, boolean replace) {
        return ((ConsentOutcome.Kept) connecting.flow().finishByService(code, started.state(), SERVICE, replace))
                .progress();
    }

    private static void profileIsSpentOnce() {
        world.twin
                .faults()
                .add(FaultRule.times("/developer/v2/user/profile", FaultKind.STATUS, 1)
                        .withStatus(429));
    }

    private static State stateOf(UserId who) {
        return worker.connections().find(who).orElseThrow().state();
    }

    private static List<String> reasons(UserId who) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select reason from whoop_connection_history where user_id = :who order by id")
                .bind("who", who.value())
                .mapTo(String.class)
                .list());
    }

    private static String linkOf(Started started) {
        String path = started.connectUrl().getPath();
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
