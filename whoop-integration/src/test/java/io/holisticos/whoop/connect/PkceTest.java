package io.holisticos.whoop.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.UserId;
import io.holisticos.twins.whoop.Knobs;
import io.holisticos.whoop.connect.ConnectFlow.Started;
import io.holisticos.whoop.connect.ConnectLinks.LinkPage;
import io.holisticos.whoop.connect.ConnectLinks.NextPage;
import io.holisticos.whoop.custody.CustodySetup;
import io.holisticos.whoop.custody.CustodySetup.Worker;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Consents that are asked for with PKCE (RFC 7636), at an authorization server that verifies it. */
class PkceTest {

    private static final UserId ANNA = CustodySetup.ANNA;
    private static final UserId BEN = CustodySetup.BEN;
    private static final String SERVICE = "service";
    private static final String VERIFIERS = """
            select code_verifier_sealed from whoop_authorization where code_verifier_sealed is not null
            union all select code_verifier_sealed from whoop_press where code_verifier_sealed is not null""";

    private static ConnectWorld world;
    private static Worker worker;
    private static Jdbi jdbi;

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

    @BeforeEach
    void begin() {
        world.reset();
        world.configuration.pkce = true;
        verifying(true);
        connecting = world.connecting(worker, jdbi, new ConnectWorld.TestPorts());
    }

    @Test
    void aMemberConnectsWithTheVerifierOfTheirPress() {
        assertThat(world.consent(connecting, BEN, BEN).progress()).isEqualTo(ConsentOutcome.ConnectProgress.CONNECTED);

        List<byte[]> sealed = jdbi.withHandle(
                handle -> handle.createQuery(VERIFIERS).mapTo(byte[].class).list());
        assertThat(sealed)
                .hasSize(2)
                .allSatisfy(bytes -> assertThat(new String(bytes, StandardCharsets.ISO_8859_1))
                        .doesNotContainPattern("[A-Za-z0-9_-]{43}"));
    }

    @Test
    void aServiceConnectsWithTheVerifierOfItsState() {
        Started started = connecting.flow().start(BEN, SERVICE, Consents.ConsentOptions.NONE);
        String code = world.codeOf(started.authorizationUrl(), BEN);

        assertThat(connecting.flow().finishByService(code, started.state(), SERVICE, false))
                .isInstanceOf(ConsentOutcome.Kept.class);
    }

    /** Code injection: a code that was stolen from another browser is brought with a state of one's own. */
    @Test
    void theCodeOfAnotherPressOpensNothing() {
        NextPage.AtWhoop own = press(ANNA);
        NextPage.AtWhoop others = press(BEN);
        String stolen = world.codeOf(others.authorizationUrl(), BEN);

        ConsentOutcome outcome = connecting
                .flow()
                .finishInBrowser(
                        stolen, own.browserState().state(), own.browserState().cookie());

        assertThat(outcome).isEqualTo(new ConsentOutcome.Failed(Refusal.CODE_REFUSED, null));
        assertThat(worker.connections().find(ANNA)).isEmpty();
    }

    @Test
    void theAddressHoldsTheChallengeAndEachConsentHasItsOwn() {
        String first = press(ANNA).authorizationUrl().getQuery();
        String second = press(ANNA).authorizationUrl().getQuery();

        assertThat(first)
                .containsPattern("code_challenge=[A-Za-z0-9_-]{43}(&|$)")
                .contains("code_challenge_method=S256");
        assertThat(challengeIn(first)).isNotEqualTo(challengeIn(second));
    }

    @Test
    void aConsentGoesOnAsItBeganWhenPkceIsSwitchedMeanwhile() {
        NextPage.AtWhoop with = press(ANNA);
        world.configuration.pkce = false;
        NextPage.AtWhoop without = press(BEN);
        world.configuration.pkce = true;

        assertThat(without.authorizationUrl().getQuery()).doesNotContain("code_challenge");
        assertThat(finish(with, ANNA)).isInstanceOf(ConsentOutcome.Kept.class);
        assertThat(finish(without, BEN)).isInstanceOf(ConsentOutcome.Kept.class);
    }

    @Test
    void aServerThatKnowsNoPkceIsNotDisturbed() {
        verifying(false);

        assertThat(finish(press(ANNA), ANNA)).isInstanceOf(ConsentOutcome.Kept.class);
    }

    @Test
    void aVerifierThatDoesNotOpenMeansToBeginAgain() {
        NextPage.AtWhoop pressed = press(ANNA);
        jdbi.useHandle(handle -> handle.execute("update whoop_press set code_verifier_sealed = ?", new byte[40]));

        assertThat(finish(pressed, ANNA)).isEqualTo(new ConsentOutcome.Failed(Refusal.CODE_REFUSED, null));
    }

    private ConsentOutcome finish(NextPage.AtWhoop pressed, UserId whoopMember) {
        String code = world.codeOf(pressed.authorizationUrl(), whoopMember);
        return connecting
                .flow()
                .finishInBrowser(
                        code,
                        pressed.browserState().state(),
                        pressed.browserState().cookie());
    }

    private NextPage.AtWhoop press(UserId who) {
        URI url = connecting
                .flow()
                .start(who, SERVICE, Consents.ConsentOptions.NONE)
                .connectUrl();
        String link = url.getPath().substring(url.getPath().lastIndexOf('/') + 1);
        LinkPage.Open page = (LinkPage.Open) connecting.flow().links().open(link);
        return (NextPage.AtWhoop)
                connecting.flow().links().press(new ConnectLinks.Press(link, page.token(), true, OwnBrowser.NOT_ASKED));
    }

    private static String challengeIn(String query) {
        return query.replaceAll(".*code_challenge=([A-Za-z0-9_-]+).*", "$1");
    }

    private static void verifying(boolean pkce) {
        Knobs.Tokens usual = Knobs.defaults().tokens();
        world.twin.turn(Knobs.defaults()
                .with(new Knobs.Tokens(
                        usual.accessLifetime(),
                        usual.refreshLifetime(),
                        usual.codeLifetime(),
                        usual.spentRefreshError(),
                        usual.lostRaceStatus(),
                        usual.stateMinimum(),
                        pkce)));
    }
}
