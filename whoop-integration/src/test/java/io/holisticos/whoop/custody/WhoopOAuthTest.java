package io.holisticos.whoop.custody;

import static io.holisticos.whoop.custody.CustodySetup.ANNA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError.BadSourceReply;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.whoop.custody.TokenResponse.Granted;
import io.holisticos.whoop.custody.TokenResponse.Misconfigured;
import io.holisticos.whoop.custody.TokenResponse.Refused;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What WHOOP's token endpoint was seen to say, or may say, word by word. */
class WhoopOAuthTest {

    private static CustodySetup world;
    private static HttpServer server;
    private static WhoopOAuth oauth;
    private static volatile int status;
    private static volatile String reply = "";
    private static volatile String asked = "";

    @BeforeAll
    static void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/token", exchange -> {
            asked = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            byte[] body = reply.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json;charset=UTF-8");
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        world = new CustodySetup();
        URI tokenUrl = URI.create("http://localhost:" + server.getAddress().getPort() + "/token");
        oauth = world.workerWithTokenEndpoint(tokenUrl).oauth();
    }

    @AfterAll
    static void stop() throws Exception {
        server.stop(0);
        world.close();
    }

    @Test
    void sendsCredentialsInTheBody() {
        answer(200, """
                {"access_token":"a.b","expires_in":3600,"refresh_token":"c.d","scope":"offline read:sleep","token_type":"bearer"}""");

        Granted granted = (Granted) refresh();

        assertThat(asked.split("&"))
                .containsExactlyInAnyOrder(
                        "grant_type=refresh_token",
                        "refresh_token=old.token",
                        "scope=offline",
                        "client_id=sandbox-client",
                        "client_secret=sandbox-client-secret");
        assertThat(granted.accessToken()).isEqualTo("a.b");
        assertThat(granted.refreshToken()).isEqualTo("c.d");
        assertThat(granted.scopes()).containsExactlyInAnyOrder("offline", "read:sleep");
        assertThat(granted.expiresInSeconds()).isEqualTo(3600);
    }

    @Test
    void sendsTheCodeWithTheRedirectUriOfTheFirstStep() {
        answer(200, "{\"access_token\":\"a.b\",\"token_type\":\"bearer\"}");

        oauth.exchange(ANNA, "the-code", null, soon());

        assertThat(asked.split("&"))
                .containsExactlyInAnyOrder(
                        "grant_type=authorization_code",
                        "code=the-code",
                        "redirect_uri=https%3A%2F%2Fhealth.example%2Fapi%2Fv1%2Fwhoop%2Fcallback",
                        "client_id=sandbox-client",
                        "client_secret=sandbox-client-secret");
    }

    @Test
    void whatIsLeftOutIsAsAskedAndAsUsual() {
        answer(200, "{\"access_token\":\"a.b\",\"token_type\":\"Bearer\",\"unheard_of\":[1]}");

        Granted granted = (Granted) refresh();

        assertThat(granted.refreshToken()).isNull();
        assertThat(granted.expiresInSeconds()).isEqualTo(3600);
        assertThat(granted.scopes()).isEqualTo(oauth.requestedScopes());
    }

    @Test
    void aLifetimeMayBeSpelledInAnyWayAndNonsenseIsTheUsualOne() {
        for (String spelled : new String[] {"3000", "3000.0", "\"3000\"", "3e3"}) {
            answer(200, "{\"access_token\":\"a\",\"token_type\":\"bearer\",\"expires_in\":" + spelled + "}");
            assertThat(((Granted) refresh()).expiresInSeconds()).as(spelled).isEqualTo(3000);
        }
        for (String nonsense :
                new String[] {"-1", "0", "1e999999999", "9223372036854775807", "\"soon\"", "null", "{}", "true"}) {
            answer(200, "{\"access_token\":\"a\",\"token_type\":\"bearer\",\"expires_in\":" + nonsense + "}");
            assertThat(((Granted) refresh()).expiresInSeconds()).as(nonsense).isEqualTo(3600);
        }
    }

    @Test
    void aTokenThatNoHeaderCanCarryIsABadReply() {
        for (String token : new String[] {"a\\u0000b", "a\\nb", "a\\ud800b", "a b"}) {
            answer(200, "{\"access_token\":\"" + token + "\",\"token_type\":\"bearer\"}");
            assertThatThrownBy(WhoopOAuthTest::refresh).isInstanceOf(BadSourceReply.class);
        }
    }

    @Test
    void knowsWhatWillNeverWorkAgain() {
        for (String error : new String[] {"invalid_request", "invalid_grant", "invalid_scope"}) {
            answer(400, "{\"error\":\"" + error + "\",\"error_description\":\"x\",\"status_code\":400}");
            assertThat(refresh()).isEqualTo(new Refused(error));
        }
    }

    @Test
    void knowsOurOwnFault() {
        answer(401, "{\"error\":\"invalid_client\",\"status_code\":401}");
        assertThat(refresh()).isEqualTo(new Misconfigured());
        answer(400, "{\"error\":\"invalid_client\"}");
        assertThat(refresh()).isEqualTo(new Misconfigured());
    }

    @Test
    void everythingElseMeansLater() {
        for (String body : new String[] {"{\"error\":\"unsupported_grant_type\"}", "{}", "[]", "", "<html>"}) {
            answer(400, body);
            assertThatThrownBy(WhoopOAuthTest::refresh).isInstanceOf(SourceUnavailable.class);
        }
        answer(401, "{\"error\":\"invalid_request\"}");
        assertThatThrownBy(WhoopOAuthTest::refresh).isInstanceOf(SourceUnavailable.class);
        answer(500, "{\"error\":\"server_error\",\"status_code\":500}");
        assertThatThrownBy(WhoopOAuthTest::refresh).isInstanceOf(SourceUnavailable.class);
    }

    @Test
    void aSuccessWithoutTokensIsABadReplyAndIsNotQuoted() {
        for (String body : new String[] {"", "null", "{}", "{\"access_token\":\"\"}", "{\"access_token\":secret}"}) {
            answer(200, body);
            assertThatThrownBy(WhoopOAuthTest::refresh)
                    .isInstanceOf(BadSourceReply.class)
                    .hasNoCause()
                    .hasMessageNotContaining("secret");
        }
    }

    @Test
    void nothingThatHoldsASecretPrintsIt() {
        URI address = URI.create("https://secret.example");
        Instant when = Instant.EPOCH;
        assertThat(new Object[] {
                    new TokenPair("secret", "secret", when),
                    new Granted("secret", "secret", 1, Set.of()),
                    new OAuthApplication("id", "secret", address, address, address, List.of()),
                    new ConsentedTokens(new TokenPair("secret", "secret", when), Set.of(), new byte[0], false),
                    new SealedTokens(new byte[0], new byte[0], when)
                })
                .allSatisfy(holder -> assertThat(holder.toString()).doesNotContain("secret"));
        assertThatThrownBy(() -> new TokenPair(" ", "x", when)).isInstanceOf(IllegalArgumentException.class);
    }

    private static TokenResponse refresh() {
        return oauth.refresh(ANNA, "old.token", soon());
    }

    private static void answer(int newStatus, String body) {
        status = newStatus;
        reply = body;
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(10));
    }
}
