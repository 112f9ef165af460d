package io.holisticos.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.twins.browser.MemberBrowser;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The front door of a real sandbox: what it shows, what each of its buttons does, and whom it refuses. */
@Timeout(120)
class FrontDoorTest {

    private static final String ANNA = "demo-anna";
    private static final String CHEN = "demo-chen";

    private static final String PREFERENCES = "/api/v1/unified-health/preferences/demo-anna";

    /** The words by which the page says that the change was seen. */
    private static final String SEEN = "The change was in the answer after";

    private static OpenSandbox sandbox;

    @BeforeAll
    @Timeout(300)
    static void start() throws Exception {
        sandbox = OpenSandbox.start();
    }

    @AfterAll
    static void end() {
        sandbox.close();
    }

    @Test
    void showsMembersLinksAndWhatEachButtonSends() throws Exception {
        HttpResponse<String> page = sandbox.get("/sandbox");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body())
                .contains(ANNA, "demo-ben", CHEN, "demo-dina", "demo-eve")
                .contains("href=\"/sandbox/members/demo-anna/overview\"")
                .contains("href=\"http://localhost:" + sandbox.adminPort + "/flags\"")
                .contains("href=\"http://localhost:" + sandbox.whoopPort + "/_twin/stats\"")
                .contains("href=\"http://localhost:" + sandbox.sahhaPort + "/_twin/stats\"")
                .contains(
                        "curl -X POST -H &#39;Content-Type: application/json&#39; -d &#39;{&quot;kind&quot;:&quot;edit-sleep"
                                + "&quot;}&#39; &#39;http://localhost:" + sandbox.whoopPort
                                + "/_twin/users/demo-anna/edits&#39;");
        assertThat(page.headers().firstValue("Content-Security-Policy"))
                .hasValueSatisfying(policy -> assertThat(policy).contains("default-src 'none'", "form-action 'self'"));
    }

    @Test
    void speaksGermanToo() throws Exception {
        assertThat(sandbox.get("/sandbox", "Accept-Language", "de").body()).contains("lang=\"de\"", "Zum Ausprobieren");
    }

    @Test
    void leavesTheConstantAnswerOfTheRootAndTheApiDocumentAsTheyAre() throws Exception {
        assertThat(sandbox.get("/").headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).contains("json"));
        assertThat(sandbox.get("/api/openapi.json").body())
                .contains("/api/v1/unified-health/overview/")
                .doesNotContain("/sandbox");
    }

    @Test
    void aDayPasses() throws Exception {
        sandbox.noonFor(ANNA);
        JsonNode before = sandbox.overview(ANNA);

        String result = sandbox.attempt("new-night");

        assertThat(result).contains(SEEN, "PT24H", "Status 200", "<th scope=\"row\">date</th>");
        assertThat(sandbox.overview(ANNA).path("date")).isNotEqualTo(before.path("date"));
    }

    @Test
    void aSleepIsEditedAndThenDeleted() throws Exception {
        sandbox.noonFor(ANNA);

        assertThat(sandbox.attempt("edit-sleep")).contains(SEEN, "metrics.sleep.in_bed", "sleep.updated");
        assertThat(sandbox.attempt("delete-sleep")).contains(SEEN, "scores.whoop_recovery", "sleep.deleted");
    }

    @Test
    void aWorkoutComesByWebhookAndAnotherBySyncWhereWebhooksGetLost() throws Exception {
        sandbox.noonFor(ANNA);
        int before = sandbox.overview(ANNA).path("workouts").size();

        assertThat(sandbox.attempt("add-workout")).contains(SEEN, "workouts[");
        assertThat(sandbox.overview(ANNA).path("workouts"))
                .hasSizeGreaterThan(before); // one of her own life may arrive as well

        assertThat(sandbox.attempt("lost-webhooks"))
                .contains(SEEN, "workouts[", "drop", "/internal/sync/demo-anna", "Status 202");
        assertThat(sandbox.overview(ANNA).path("workouts")).hasSizeGreaterThan(before + 1);
    }

    @Test
    void whoopIsSwitchedOffAndOnAgain() throws Exception {
        sandbox.noonFor(ANNA);

        assertThat(sandbox.attempt("whoop-off"))
                .contains(SEEN, "/flags/WHOOP_INTEGRATION", "sources[whoop].status", "disabled");
        assertThat(sandbox.attempt("whoop-off")).contains("it was so before");
        assertThat(sandbox.attempt("whoop-on")).contains(SEEN, "sources[whoop].status");
    }

    @Test
    void annaPrefersSahhaAndTakesItBack() throws Exception {
        sandbox.noonFor(ANNA);

        String usual = sandbox.get(PREFERENCES, "X-API-Key", "sandbox-key").body();

        assertThat(sandbox.attempt("sahha-first")).contains(SEEN, "/preferences/demo-anna", "revision");
        assertThat(sandbox.get(PREFERENCES, "X-API-Key", "sandbox-key").body()).isNotEqualTo(usual);

        assertThat(sandbox.attempt("usual-order")).contains(SEEN, "revision");
        assertThat(sandbox.get(PREFERENCES, "X-API-Key", "sandbox-key").body()).isEqualTo(usual);

        String again = sandbox.attempt("usual-order");
        for (int i = 0; i < 5 && !again.contains("it was so before"); i++) {
            again = sandbox.attempt("usual-order"); // a record that arrives beside it changes the revision as well
        }
        assertThat(again).contains("it was so before");
    }

    @Test
    void chenConsentsAndTakesItBack() throws Exception {
        HttpResponse<String> leads = sandbox.press("/sandbox/connect", "member", CHEN);
        assertThat(leads.statusCode()).isEqualTo(303);
        String link = leads.headers().firstValue("Location").orElseThrow();
        assertThat(link).startsWith(sandbox.url("/connect/"));
        assertThat(new MemberBrowser()
                        .allow(URI.create(link), sandbox.whoopUserOf(CHEN))
                        .statusCode())
                .isEqualTo(200);

        assertThat(sandbox.attempt("revoke-chen")).contains(SEEN, "sources[whoop].status", "reauthorization_required");
        assertThat(sandbox.attempt("revoke-chen"))
                .as("the sync is refused, as its answer says")
                .contains("was refused after", "Status 409", "reauthorization_required");
    }

    /** As docs/api/phone-app.md has it. */
    @Test
    void aPhoneAppMayAskToBeOpenedAgainAndNoOtherAddressIsLedTo() throws Exception {
        String connect = "/api/v1/unified-health/connect/whoop/demo-ben";
        for (String returnTo : List.of("yourapp://whoop", "https://elsewhere.example")) {
            int status = sandbox.send(sandbox.request(connect)
                            .headers("X-API-Key", "sandbox-key", "Content-Type", "application/json")
                            .POST(BodyPublishers.ofString("{\"return_to\":\"" + returnTo + "\"}")))
                    .statusCode();

            assertThat(status).as(returnTo).isEqualTo(returnTo.startsWith("yourapp:") ? 200 : 400);
        }
    }

    @Test
    void theExplorerOpensForAMemberWhoSeesHerOwnOnly() throws Exception {
        HttpResponse<String> opens = sandbox.press("/sandbox/explore", "member", "demo-eve");

        assertThat(opens.statusCode()).isEqualTo(303);
        assertThat(opens.headers().firstValue("Location")).hasValue(sandbox.url("/explore?user=demo-eve"));
        String cookie = opens.headers().firstValue("Set-Cookie").orElseThrow();
        assertThat(cookie).startsWith("__Host-session=").contains("Secure", "HttpOnly", "SameSite=Strict");
        String session = cookie.split(";", 2)[0];
        String overview = "/api/v1/unified-health/overview/";
        assertThat(sandbox.get(overview + "demo-eve", "Cookie", session).statusCode())
                .isEqualTo(200);
        assertThat(sandbox.get(overview + "demo-ben", "Cookie", session).statusCode())
                .isEqualTo(404);
    }

    @Test
    void aReloadShowsTheSameResultAndTriesNothingAgain() throws Exception {
        String address = sandbox.press("/sandbox/try/whoop-on", "press", "yes")
                .headers()
                .firstValue("Location")
                .orElseThrow();
        String path = address.substring(sandbox.url("").length());

        assertThat(sandbox.get(path).body()).isEqualTo(sandbox.get(path).body());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/sandbox/tried/999999", "/sandbox/members/nobody/overview"})
    void whatIsNotThereIsAPageThatSaysSo(String path) throws Exception {
        HttpResponse<String> page = sandbox.get(path);

        assertThat(page.statusCode()).isEqualTo(404);
        assertThat(page.body()).contains("below.</p>", "Things to try");
    }

    @Test
    void anUnknownButtonOrMemberDoesNothingAndIsNotEchoed() throws Exception {
        String markup = "%3Cscript%3E";
        for (HttpResponse<String> page : List.of(
                sandbox.press("/sandbox/try/" + markup, "press", "yes"),
                sandbox.press("/sandbox/explore", "member", markup),
                sandbox.press("/sandbox/connect", "member", "demo-anna/../x"),
                sandbox.press("/sandbox/connect", "other", "x"))) {
            assertThat(page.statusCode()).isEqualTo(404);
            assertThat(page.body()).contains("nothing of this name").doesNotContain("<script");
        }
    }

    @Test
    void anotherPageCannotPressAButton() throws Exception {
        for (String path : List.of("/sandbox/try/whoop-off", "/sandbox/connect", "/sandbox/explore")) {
            for (String[] headers : List.of(
                    new String[] {},
                    new String[] {"Origin", "https://elsewhere.example"},
                    new String[] {"Origin", "null"},
                    new String[] {"Sec-Fetch-Site", "same-site"},
                    new String[] {"Origin", sandbox.url(""), "Sec-Fetch-Site", "cross-site"})) {
                HttpResponse<String> page = sandbox.post(path, "member=demo-anna", headers);

                assertThat(page.statusCode()).isEqualTo(403);
                assertThat(page.body()).contains("nothing was done");
            }
        }
        assertThat(OpenSandbox.statusOf(sandbox.overview(ANNA), "whoop")).isNotEqualTo("disabled");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/sandbox", "/sandbox/tried/1", "/sandbox/members/demo-anna/overview"})
    void anotherNameOfThisMachineShowsNothing(String path) throws Exception {
        String answer = rawAnswer(
                "GET " + path + " HTTP/1.1\r\nHost: rebound.example:" + sandbox.port + "\r\nConnection: close\r\n\r\n");

        assertThat(answer)
                .startsWith("HTTP/1.1 403")
                .contains("on its own machine only")
                .doesNotContain("demo-anna");
    }

    @Test
    void anotherNameOfThisMachinePressesNothing() throws Exception {
        String answer = rawAnswer("POST /sandbox/try/whoop-off HTTP/1.1\r\nHost: rebound.example\r\n"
                + "Origin: http://rebound.example\r\nSec-Fetch-Site: same-origin\r\n"
                + "Content-Length: 0\r\nConnection: close\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 403");
    }

    /** As it travels: a client of Java's sends no other name of a host. */
    private static String rawAnswer(String request) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), sandbox.port)) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            try (InputStream answer = socket.getInputStream()) {
                return new String(answer.readAllBytes(), StandardCharsets.UTF_8);
            }
        }
    }
}
