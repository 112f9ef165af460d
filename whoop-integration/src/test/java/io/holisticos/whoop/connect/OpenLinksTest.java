package io.holisticos.whoop.connect;

import static io.holisticos.whoop.custody.CustodySetup.ANNA;
import static io.holisticos.whoop.custody.CustodySetup.BEN;
import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.UserId;
import io.holisticos.whoop.connect.ConnectFlow.Started;
import io.holisticos.whoop.connect.ConnectLinks.LinkPage;
import io.holisticos.whoop.connect.ConnectLinks.NextPage;
import io.holisticos.whoop.connect.ConsentOutcome.ConnectProgress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How many links of one member work at a time, which end for others, and what is left of them. */
class OpenLinksTest {

    private static final String SERVICE = "service";
    private static final LinkPage ENDED = new LinkPage.Closed(Refusal.EXPIRED);

    private static ConnectWorld world;
    private static ConnectWorld.Connecting connecting;

    @BeforeAll
    static void start() {
        world = new ConnectWorld();
        connecting = world.connecting(world.worker(), world.pool(), new ConnectWorld.TestPorts());
    }

    @AfterAll
    static void stop() throws Exception {
        world.close();
    }

    @BeforeEach
    void reset() {
        world.reset();
    }

    @Test
    void aMemberWhoLostTheirPageAlwaysGetsALinkAndTheOldestEnds() {
        Started first = begin(BEN);
        String itsToken = ((LinkPage.Open) open(first)).token();

        List<Started> links = Stream.generate(() -> begin(BEN)).limit(6).toList();

        assertThat(open(first)).isEqualTo(ENDED);
        assertThat(press(first, itsToken)).isEqualTo(new NextPage.Refused(Refusal.EXPIRED));
        assertThat(open(links.get(0))).isEqualTo(ENDED);
        assertThat(links.subList(1, 6))
                .allSatisfy(link -> assertThat(open(link)).isInstanceOf(LinkPage.Open.class));
    }

    @Test
    void aLinkWhoseButtonWasPressedOutlivesThoseThatNobodyLookedAt() {
        Started pressed = begin(BEN);
        NextPage.AtWhoop atWhoop = (NextPage.AtWhoop) press(pressed);

        Stream.generate(() -> begin(BEN)).limit(60).forEach(link -> {});

        assertThat(open(pressed)).isInstanceOf(LinkPage.Open.class);
        ConsentOutcome outcome = connecting
                .flow()
                .finishInBrowser(
                        world.codeOf(atWhoop.authorizationUrl(), BEN),
                        atWhoop.browserState().state(),
                        atWhoop.browserState().cookie());
        assertThat(((ConsentOutcome.Kept) outcome).progress()).isEqualTo(ConnectProgress.CONNECTED);
    }

    @Test
    void whereAllWerePressedTheOldestEnds() {
        List<Started> links = Stream.generate(() -> begin(BEN)).limit(5).toList();
        links.forEach(OpenLinksTest::press);

        Started another = begin(BEN);

        assertThat(open(links.get(0))).isEqualTo(ENDED);
        assertThat(open(another)).isInstanceOf(LinkPage.Open.class);
    }

    @Test
    void oneMembersLinksEndNobodyElses() {
        Started annas = begin(ANNA);

        Stream.generate(() -> begin(BEN)).limit(60).forEach(link -> {});

        assertThat(open(annas)).isInstanceOf(LinkPage.Open.class);
    }

    @Test
    void linksThatWereUsedOrHaveExpiredTakeNoPlace() {
        Stream.generate(() -> begin(BEN)).limit(5).forEach(link -> {});
        world.clock.advance(Duration.ofMinutes(11));
        List<Started> links = Stream.generate(() -> begin(BEN)).limit(5).toList();
        Started used = links.get(4);
        assertThat(connecting
                        .flow()
                        .finishByService(world.codeOf(used.authorizationUrl(), BEN), used.state(), SERVICE, false))
                .isInstanceOf(ConsentOutcome.Kept.class);

        begin(BEN);

        assertThat(links.subList(0, 4))
                .allSatisfy(link -> assertThat(open(link)).isInstanceOf(LinkPage.Open.class));
    }

    @Test
    void manyBegunAtOnceLeaveNoMoreThanMayBeOpen() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            Callable<Started> one = () -> begin(BEN);
            List<LinkPage> pages = new ArrayList<>();
            for (Future<Started> begun : threads.invokeAll(Collections.nCopies(40, one))) {
                pages.add(open(begun.get()));
            }

            assertThat(pages.stream().filter(LinkPage.Open.class::isInstance)).hasSize(5);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void ofAMemberWhoBeginsWithoutEndOnlySoManyRowsAreLeft() {
        Stream.generate(() -> begin(BEN)).limit(200).forEach(link -> {});

        assertThat(rows(BEN)).isEqualTo(40);
    }

    @Test
    void anybodysBeginningRemovesWhatExpiredADayAgo() {
        Stream.generate(() -> begin(BEN)).limit(30).forEach(link -> {});
        world.clock.advance(Duration.ofDays(1).plusMinutes(11));

        begin(ANNA);

        assertThat(rows(BEN)).isZero();
        assertThat(rows(ANNA)).isEqualTo(1);
    }

    /** Each code may cost a call of the quota that all members share. */
    @Test
    void aMemberMayComeBackWithTwentyCodesAnHourByWhateverLinks() {
        for (int i = 0; i < 19; i++) {
            goRound((NextPage.AtWhoop) press(begin(BEN)));
        }
        NextPage.AtWhoop last = (NextPage.AtWhoop) press(begin(BEN));
        NextPage.AtWhoop oneMore = (NextPage.AtWhoop) press(begin(BEN));
        goRound(last);

        assertThat(connecting
                        .flow()
                        .finishInBrowser(
                                "code",
                                oneMore.browserState().state(),
                                oneMore.browserState().cookie()))
                .isEqualTo(new ConsentOutcome.Failed(Refusal.RETURNED_TOO_OFTEN, null));
        Stream.generate(() -> begin(BEN)).limit(60).forEach(link -> {}); // what they did is not forgotten by that
        assertThat(press(begin(BEN))).isEqualTo(new NextPage.Refused(Refusal.RETURNED_TOO_OFTEN));
        assertThat(press(begin(ANNA))).isInstanceOf(NextPage.AtWhoop.class);

        world.clock.advance(Duration.ofHours(1));
        assertThat(press(begin(BEN))).isInstanceOf(NextPage.AtWhoop.class);
    }

    @Test
    void whoDeclinesCostsNothingAndMayChangeTheirMind() {
        for (int i = 0; i < 25; i++) {
            decline((NextPage.AtWhoop) press(begin(BEN)));
        }
        NextPage.AtWhoop pressed = (NextPage.AtWhoop) press(begin(BEN));
        decline(pressed);

        ConsentOutcome outcome = connecting
                .flow()
                .finishInBrowser(
                        world.codeOf(pressed.authorizationUrl(), BEN),
                        pressed.browserState().state(),
                        pressed.browserState().cookie());
        assertThat(((ConsentOutcome.Kept) outcome).progress()).isEqualTo(ConnectProgress.CONNECTED);
    }

    /** To WHOOP and back, with a code that WHOOP does not know. */
    private static void goRound(NextPage.AtWhoop pressed) {
        connecting
                .flow()
                .finishInBrowser(
                        "made-up",
                        pressed.browserState().state(),
                        pressed.browserState().cookie());
    }

    private static void decline(NextPage.AtWhoop pressed) {
        connecting
                .flow()
                .failInBrowser(
                        "access_denied",
                        pressed.browserState().state(),
                        pressed.browserState().cookie());
    }

    private static Started begin(UserId who) {
        world.clock.advance(Duration.ofMillis(1)); // no two begin at the same moment
        return connecting.flow().start(who, SERVICE, Consents.ConsentOptions.NONE);
    }

    private static String linkOf(Started started) {
        String path = started.connectUrl().getPath();
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static LinkPage open(Started started) {
        return connecting.flow().links().open(linkOf(started));
    }

    private static NextPage press(Started started) {
        return press(started, ((LinkPage.Open) open(started)).token());
    }

    private static NextPage press(Started started, String token) {
        return connecting
                .flow()
                .links()
                .press(new ConnectLinks.Press(linkOf(started), token, true, OwnBrowser.NOT_ASKED));
    }

    private static int rows(UserId who) {
        return world.database
                .jdbi()
                .withHandle(
                        handle -> handle.createQuery("select count(*) from whoop_authorization where user_id = :who")
                                .bind("who", who.value())
                                .mapTo(Integer.class)
                                .one());
    }
}
