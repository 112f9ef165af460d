package io.holisticos.whoop;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.holisticos.outbound.OutboundClient;
import io.holisticos.whoop.WhoopCheck.Answered;
import io.holisticos.whoop.WhoopCheck.WhoopVerdict;
import jakarta.ws.rs.client.Client;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is made of the answers of WHOOP's authorization server; the documented ones, those that were seen, and those of its edge. */
class WhoopCheckTest {

    private static final String SPENT =
            "{\"error\":\"invalid_request\",\"error_description\":\"The request is missing…\"}";

    private static HttpServer server;
    private static ExecutorService threads;
    private static Client client;
    private static WhoopConfiguration configuration;
    private static volatile int status;
    private static volatile String body = "";
    private static volatile String location = "";
    private static volatile String asked = "";

    @BeforeAll
    static void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            asked = exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            if (!location.isEmpty()) {
                exchange.getResponseHeaders().set("Location", location);
            }
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        String url = "http://localhost:" + server.getAddress().getPort();
        configuration = new ObjectMapper().readValue("""
                        {"connect":{"clientId":"client","clientSecret":"client-secret-text","publicUrl":"https://health.example.com/",
                        "tokenUrl":"%s/token","authorizeUrl":"%s/auth"},"memberLimit":10}""".formatted(url, url), WhoopConfiguration.class);
        threads = Executors.newCachedThreadPool();
        client = OutboundClient.build(
                new MetricRegistry(), threads, new ObjectMapper(), configuration.oauth(), "whoop-check-test");
    }

    @AfterAll
    static void stop() {
        server.stop(0);
        client.close();
        threads.shutdownNow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"invalid_request", "invalid_grant", "invalid_scope"})
    void aMadeUpTokenThatIsRefusedMeansThatTheCredentialsWereTaken(String error) {
        answer(400, SPENT.replace("invalid_request", error), "");

        Answered answered = check().credentials();

        assertThat(answered.verdict()).isEqualTo(WhoopVerdict.ACCEPTED);
        assertThat(answered.said()).contains(error);
        assertThat(asked)
                .contains("POST /token", "grant_type=refresh_token", "client_id=client", "refresh_token=made-up-");
    }

    @Test
    void invalidClientIsTheOnlyAnswerThatRefusesTheCredentials() {
        answer(401, "{\"error\":\"invalid_client\"}", "");
        assertThat(check().credentials().verdict()).isEqualTo(WhoopVerdict.REFUSED);
        assertThat(check().credentials().said()).doesNotContain("client-secret-text");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            403 | error code: 1010
            500 | {"error":"server_error"}
            429 | slow down
            401 | Authorization was not valid
            200 | <html>sign in</html>
            200 | {"access_token":"a.b","refresh_token":"c.d","token_type":"bearer"}
            """)
    void anythingElseIsUnclear(int answeredStatus, String answeredBody) {
        answer(answeredStatus, answeredBody, "");

        assertThat(check().credentials().verdict()).isEqualTo(WhoopVerdict.UNCLEAR);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            302 | https://id.whoop.com/oauth/login?login_challenge=abc | ACCEPTED | would ask a member
            302 | https://health.example.com/api/v1/whoop/callback?error=invalid_scope&error_hint=The+OAuth+2.0+Client+is+not+allowed+to+request+scope+%22read%3Asleep%22.&state= | REFUSED | refuses scope read:sleep (invalid_scope)
            302 | https://health.example.com/api/v1/whoop/callback?error=invalid_scope&state= | REFUSED | refuses a scope
            302 | https://api.prod.whoop.com/oauth/fallbacks/error?error=invalid_request | REFUSED | register https://health.example.com/api/v1/whoop/callback
            302 | https://api.prod.whoop.com/oauth/fallbacks/error?error=invalid_client | REFUSED | does not know the client id
            302 | https://health.example.com/api/v1/whoop/callback?error=server_error&state=x | UNCLEAR | server_error
            302 | https://health.example.com/?error=%3Cscript%3E | UNCLEAR | unreadable
            302 | http://a b | UNCLEAR | answered 302
            """)
    void whereTheConsentPageLeadsSaysHowTheApplicationIsRegistered(
            int answeredStatus, String leadsTo, WhoopVerdict verdict, String said) {
        answer(answeredStatus, "", leadsTo);

        Answered answered = check().registration();

        assertThat(answered.verdict()).isEqualTo(verdict);
        assertThat(answered.said()).contains(said);
        assertThat(asked).contains("GET /auth?", "response_type=code").doesNotContain("client-secret-text");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            200 | <form>Allow</form> | ACCEPTED | would ask a member
            400 | <h1>invalid_request</h1> | REFUSED | register https://health.example.com/api/v1/whoop/callback
            401 | <h1>invalid_client</h1> | REFUSED | does not know the client id
            403 | This app has reached its user limit and must be approved | REFUSED | no further members
            403 | error code: 1010 | UNCLEAR | may be WHOOP's edge
            """)
    void soDoesThePageItself(int answeredStatus, String page, WhoopVerdict verdict, String said) {
        answer(answeredStatus, page, "");

        Answered answered = check().registration();

        assertThat(answered.verdict()).isEqualTo(verdict);
        assertThat(answered.said()).contains(said);
    }

    @Test
    void theDashboardIsThatOfTheConfiguration() {
        WhoopCheck.Dashboard dashboard = check().dashboard();

        assertThat(dashboard.redirectUrl()).isEqualTo("https://health.example.com/api/v1/whoop/callback");
        assertThat(dashboard.webhookUrl()).isEqualTo("https://health.example.com/webhooks/whoop");
        assertThat(dashboard.webhookModelVersion()).isEqualTo("v2");
        assertThat(dashboard.scopes())
                .containsExactly(
                        "read:recovery",
                        "read:cycles",
                        "read:workout",
                        "read:sleep",
                        "read:profile",
                        "read:body_measurement");
        assertThat(dashboard.memberLimit()).isEqualTo(10);
    }

    private static WhoopCheck check() {
        return new WhoopCheck(configuration, client, Clock.systemUTC());
    }

    private static void answer(int answeredStatus, String answeredBody, String leadsTo) {
        status = answeredStatus;
        body = answeredBody;
        location = leadsTo;
    }
}
