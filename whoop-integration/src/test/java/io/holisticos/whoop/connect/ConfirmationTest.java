package io.holisticos.whoop.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.UserId;
import io.holisticos.twins.http.FaultKind;
import io.holisticos.twins.http.FaultRule;
import io.holisticos.whoop.connect.Answers.Reply;
import io.holisticos.whoop.connect.Answers.Word;
import io.holisticos.whoop.connect.ConnectFlow.Looked;
import io.holisticos.whoop.connect.ConnectFlow.Outcome;
import io.holisticos.whoop.connect.ConnectFlow.Pressed;
import io.holisticos.whoop.connect.ConnectFlow.Standing;
import io.holisticos.whoop.connect.ConnectFlow.Started;
import io.holisticos.whoop.connect.ConnectWorld.Worker;
import io.holisticos.whoop.connect.Connection.State;
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

    private static final UserId ANNA = ConnectWorld.ANNA;
    private static final UserId BEN = ConnectWorld.BEN;
    private static final String SERVICE = "service";

    private static ConnectWorld world;
    private static Worker worker;
    private static Jdbi jdbi;

    private final ConnectWorld.House house = new ConnectWorld.House();
    private ConnectWorld.Door door;

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
        door = world.door(worker, jdbi, house);
        world.consent(door, ANNA, ANNA);
        door.flow().disconnect(ANNA);
        house.heard.clear();
    }

    @Test
    void withoutAWordWithinTheHourTheTokensGoAndThePlaceIsFree() {
        house.memberLimit = OptionalInt.of(1);
        Outcome.Kept page = world.consent(door, ANNA, BEN);
        assertThat(page.standing()).isEqualTo(Standing.AWAITING_CONFIRMATION);
        world.clock.advance(Duration.ofMinutes(59));
        door.arrivals().endUnconfirmed();
        assertThat(stateOf(ANNA)).isEqualTo(State.AWAITING_CONFIRMATION);
        assertThat(worker.connections().count().connected()).isOne();

        world.clock.advance(Duration.ofMinutes(1));
        door.arrivals().endUnconfirmed();

        assertThat(stateOf(ANNA)).isEqualTo(State.REVOKED);
        assertThat(worker.connections().find(ANNA).orElseThrow().whoopUserId()).isEqualTo(world.accountOf(ANNA));
        assertThat(world.twin.hasGrant(BEN.value())).isFalse();
        assertThat(worker.connections().count().connected()).isZero();
        assertThat(reasons(ANNA)).endsWith("another_account", "not_confirmed");
        assertThat(house.heard).isEmpty();
        for (Word word : Word.values()) {
            assertThat(door.flow().answer(page.answer(), word, true))
                    .as(word.form())
                    .isEqualTo(new Reply.Refused(Refusal.TO_BE_CONFIRMED));
        }

        Outcome.Kept again = world.consent(door, ANNA, BEN);
        assertThat(door.flow().answer(again.answer(), Word.REPLACE, true))
                .isEqualTo(new Reply.Done(Word.REPLACE, null));
        assertThat(door.flow().answer(page.answer(), Word.KEEP, true))
                .isEqualTo(new Reply.Refused(Refusal.ANSWERED_ALREADY));
    }

    @Test
    void itEndsWithoutWhoopToo() {
        world.consent(door, ANNA, BEN);
        world.twin.faults().add(FaultRule.always("/", FaultKind.STATUS).withStatus(503));
        world.clock.advance(Duration.ofMinutes(61));

        door.arrivals().endUnconfirmed();

        assertThat(stateOf(ANNA)).isEqualTo(State.REVOKED);
        assertThat(world.twin.hasGrant(BEN.value())).isTrue();
    }

    @Test
    void itEndsTooWhenTheMemberRevokedItAtWhoopMeanwhile() {
        world.consent(door, ANNA, BEN);
        world.twin.revokeGrant(BEN.value());
        world.clock.advance(Duration.ofMinutes(61));

        door.arrivals().endUnconfirmed();

        assertThat(stateOf(ANNA)).isEqualTo(State.REVOKED);
        assertThat(worker.connections().find(ANNA).orElseThrow().whoopUserId()).isEqualTo(world.accountOf(ANNA));
        assertThat(worker.connections().count().connected()).isZero();
    }

    @Test
    void theAccountOfAnotherUserIsNotRevokedWithIt() {
        world.consent(door, ANNA, BEN);
        world.clock.advance(Duration.ofMinutes(30));
        world.consent(door, BEN, BEN);
        world.clock.advance(Duration.ofMinutes(31));

        door.arrivals().endUnconfirmed();

        assertThat(stateOf(ANNA)).isEqualTo(State.REVOKED);
        assertThat(stateOf(BEN)).isEqualTo(State.ACTIVE);
        assertThat(world.twin.hasGrant(BEN.value())).isTrue();
    }

    @Test
    void whoNeededConsentBeforeNeedsItAfterwards() {
        world.consent(door, ANNA, ANNA);
        worker.connections().markReauthorizationRequired(ANNA, "any", world.clock.instant());
        world.consent(door, ANNA, BEN);
        world.clock.advance(Duration.ofMinutes(61));

        door.arrivals().endUnconfirmed();

        assertThat(stateOf(ANNA)).isEqualTo(State.REAUTHORIZATION_REQUIRED);
        assertThat(worker.connections().find(ANNA).orElseThrow().whoopUserId()).isEqualTo(world.accountOf(ANNA));
    }

    @Test
    void whoSaidThatItIsRightBeforeItWasKnownIsToldToConnectAgain() {
        profileIsSpentOnce();
        Outcome.Kept page = world.consent(door, ANNA, BEN);
        assertThat(page.standing()).isEqualTo(Standing.AWAITING_PROFILE);
        assertThat(door.flow().answer(page.answer(), Word.KEEP, true)).isEqualTo(new Reply.Done(Word.KEEP, null));
        world.clock.advance(Duration.ofHours(2)); // the page is out of date by then
        door.jobs().runDue();
        assertThat(stateOf(ANNA)).isEqualTo(State.AWAITING_CONFIRMATION);

        assertThat(door.flow().answer(page.answer(), Word.KEEP, true))
                .isEqualTo(new Reply.Refused(Refusal.TO_BE_CONFIRMED));

        door.arrivals().endUnconfirmed();
        assertThat(stateOf(ANNA)).as("the hour begins when it is asked").isEqualTo(State.AWAITING_CONFIRMATION);
        world.clock.advance(Duration.ofHours(1));
        door.arrivals().endUnconfirmed();
        assertThat(stateOf(ANNA)).isEqualTo(State.REVOKED);
        assertThat(door.flow().answer(page.answer(), Word.KEEP, true))
                .isEqualTo(new Reply.Refused(Refusal.TO_BE_CONFIRMED));
        assertThat(Refusal.TO_BE_CONFIRMED.text()).contains("Connect again");
    }

    @Test
    void aServiceIsToldAndMayConfirmWithinAnHourOfTheQuestion() {
        profileIsSpentOnce();
        Started started = door.flow().start(ANNA, SERVICE, Consents.Wishes.NONE);
        String code = world.codeOf(started.authorizationUrl(), BEN);
        assertThat(standingOf(code, started, false)).isEqualTo(Standing.AWAITING_PROFILE);
        world.clock.advance(Duration.ofHours(2));
        door.jobs().runDue();

        assertThat(standingOf(code, started, false)).isEqualTo(Standing.AWAITING_CONFIRMATION);
        world.clock.advance(Duration.ofMinutes(59));
        assertThat(standingOf(code, started, true)).isEqualTo(Standing.CONNECTED);
        assertThat(house.heard).containsExactly("connected demo-anna " + world.accountOf(BEN));
    }

    @Test
    void aServiceThatComesTooLateIsToldToBeginAgain() {
        Started started = door.flow().start(ANNA, SERVICE, Consents.Wishes.NONE);
        String code = world.codeOf(started.authorizationUrl(), BEN);
        assertThat(standingOf(code, started, false)).isEqualTo(Standing.AWAITING_CONFIRMATION);
        world.clock.advance(Duration.ofMinutes(61));

        for (boolean swept : List.of(false, true)) {
            if (swept) {
                door.arrivals().endUnconfirmed();
            }
            for (boolean replace : List.of(false, true)) {
                assertThat(door.flow().finishByService(code, started.state(), SERVICE, replace))
                        .isEqualTo(new Outcome.Failed(Refusal.TO_BE_CONFIRMED, null));
            }
        }
    }

    @Test
    void aLinkTakesTwentyPressesAndTheFirstStillLeadsToAConnection() {
        String link = linkOf(door.flow().start(BEN, SERVICE, Consents.Wishes.NONE));
        String token = ((Looked.Open) door.flow().look(link)).token();
        Pressed.Onward first = (Pressed.Onward) door.flow().press(link, token, true);
        for (int i = 2; i <= 20; i++) {
            assertThat(door.flow().press(link, token, true)).isInstanceOf(Pressed.Onward.class);
        }

        assertThat(door.flow().press(link, token, true)).isEqualTo(new Pressed.Closed(Refusal.PRESSED_TOO_OFTEN));

        Outcome outcome = door.flow()
                .finishInBrowser(
                        world.codeOf(first.authorizationUrl(), BEN),
                        first.secret().state(),
                        first.secret().browser());
        assertThat(((Outcome.Kept) outcome).standing()).isEqualTo(Standing.CONNECTED);
        String another = linkOf(door.flow().start(BEN, SERVICE, Consents.Wishes.NONE));
        String itsToken = ((Looked.Open) door.flow().look(another)).token();
        assertThat(door.flow().press(another, itsToken, true)).isInstanceOf(Pressed.Onward.class);
    }

    private Standing standingOf(String code, Started started, boolean replace) {
        return ((Outcome.Kept) door.flow().finishByService(code, started.state(), SERVICE, replace)).standing();
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
