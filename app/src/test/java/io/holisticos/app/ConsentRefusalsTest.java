package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.twins.browser.MemberBrowser;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A consent that does not become a connection ends on a page that says so, and leaves no token behind. */
class ConsentRefusalsTest {

    private static final String CALLBACK = "/api/v1/whoop/callback";
    private static final String BEN = "demo-ben";
    private static final Pattern STATE = Pattern.compile("[?&]state=([^&]*)");

    private static House house;

    @BeforeAll
    static void open() throws Exception {
        house = House.openWith(Map.of("RETURN_TO", "[\"holisticos:\", \"https://app.example.com/back\"]"));
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @Test
    void anUnknownState() throws Exception {
        assertRefused(new MemberBrowser().open(callback("code=some-code&state=never-given")), 400);
        assertNoConnection(BEN);
    }

    @Test
    void noStateOrNoCode() throws Exception {
        assertRefused(new MemberBrowser().open(callback("")), 400);
        assertRefused(new MemberBrowser().open(callback("code=some-code")), 400);
        assertRefused(new MemberBrowser().open(callback("state=some-state")), 400);
    }

    @Test
    void aStateThatWasUsed() throws Exception {
        MemberBrowser browser = new MemberBrowser();
        Consent consent = begin("demo-anna");
        HttpResponse<String> page = browser.allow(consent.connectUrl(), whoopId("demo-anna"));
        assertThat(page.statusCode()).isEqualTo(200);

        assertRefused(browser.open(callback("code=some-code&state=" + stateOf(page))), 400, 410);
        assertRefused(browser.open(consent.connectUrl()), 410);
    }

    @Test
    void aStateThatHasExpired() throws Exception {
        MemberBrowser browser = new MemberBrowser();
        Consent consent = begin(BEN);
        Consent unopened = begin(BEN);
        HttpResponse<String> asked = browser.begin(consent.connectUrl());

        house.clock().advance(Duration.ofMinutes(11));

        assertRefused(browser.open(callback("code=some-code&state=" + stateOf(asked))), 410);
        assertRefused(browser.open(unopened.connectUrl()), 410);
        assertNoConnection(BEN);
    }

    @Test
    void anotherBrowser() throws Exception {
        Consent consent = begin(BEN);
        new MemberBrowser().begin(consent.connectUrl());

        HttpResponse<String> page = new MemberBrowser().allow(consent.authorizationUrl(), whoopId(BEN));

        assertThat(page.uri().getPath()).isEqualTo(CALLBACK);
        assertRefused(page, 400);
        assertNoConnection(BEN);
    }

    /** No content type, or another than our page's form has. */
    @Test
    void aButtonThatSendsNoForm() throws Exception {
        for (String type : List.of("", "text/plain", "multipart/form-data")) {
            HttpRequest.Builder press =
                    HttpRequest.newBuilder(begin(BEN).connectUrl()).POST(BodyPublishers.ofString("token=some-token"));
            HttpResponse<String> answer = HttpClient.newHttpClient()
                    .send(
                            (type.isEmpty() ? press : press.header("Content-Type", type)).build(),
                            BodyHandlers.ofString());

            assertThat(answer.statusCode()).as(type).isEqualTo(415);
        }
        assertNoConnection(BEN);
    }

    @Test
    void whoopRefusesBeforeItsLogInPage() throws Exception {
        assertRefused(new MemberBrowser().open(callback("error=access_denied&state=")), 400);
        assertRefused(new MemberBrowser().open(callback("error=request_forbidden&state=")), 403);
        assertRefused(new MemberBrowser().open(callback("error=%3Cscript%3Ealert(1)%3C/script%3E&state=")), 400);
    }

    @Test
    void aCodeThatWhoopRefuses() throws Exception {
        MemberBrowser browser = new MemberBrowser();
        Consent consent = begin(BEN);
        HttpResponse<String> asked = browser.begin(consent.connectUrl());

        assertRefused(browser.open(callback("code=no-code-of-whoop&state=" + stateOf(asked))), 400);
        assertNoConnection(BEN);
    }

    @Test
    void theMemberDeclines() throws Exception {
        HttpResponse<String> page = new MemberBrowser().decline(begin(BEN).connectUrl());

        assertThat(page.uri().getPath()).isEqualTo(CALLBACK);
        assertRefused(page, 400);
        assertNoConnection(BEN);
    }

    @Test
    void anUnknownLink() throws Exception {
        assertRefused(new MemberBrowser().open(house.uri("/connect/no-such-link")), 404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"holisticos://whoop/done", "https://app.example.com/back"})
    void allowedPlacesToReturnTo(String returnTo) {
        assertThat(wish(returnTo).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://app.example.com/back",
                "https://app.example.com/",
                "https://app.example.com/backwards",
                "https://app.example.com/back/",
                "https://app.example.com/back/here",
                "https://app.example.com/back?next=https://evil.example",
                "https://app.example.com/back?",
                "https://app.example.com:443/back",
                "https://app.example.com:443@evil.example/back",
                "https://app.example.com./back",
                "https://APP.EXAMPLE.COM/back",
                "https://app.example.com/%62ack",
                "https://app.example.com//back",
                "https://app.example.com/back%2f..%2fadmin",
                "https://app.example.com/back%252e%252e",
                "https://app.example.com/back;jsessionid=1",
                "https:app.example.com/back",
                "https:/app.example.com/back",
                "https:///app.example.com/back",
                "https://app.example.com%2eevil.example/back",
                "https://app.example.com%00.evil.example/back",
                "https://app.example.com%23@evil.example/back",
                "https://evil.example/https://app.example.com/back",
                "https://evil.example#https://app.example.com/back",
                "https://evil.example?https://app.example.com/back",
                "https://\u0430pp.example.com/back",
                "https://app.example.com\uff0fback",
                "https://app.example.com/back\u202e",
                "https%3A%2F%2Fapp.example.com%2Fback",
                " https://app.example.com/back",
                "https://app.example.com/back ",
                "HTTPS://app.example.com/back",
                "///evil.example",
                "holisticos:whoop",
                "holisticos:javascript:alert(1)",
                "holisticos://user@whoop",
                "holisticos://whoop#access_token=a",
                "data:text/html,hello",
                "intent://whoop#Intent;scheme=holisticos;end",
                "https://app.example.com.evil.example/back",
                "https://app.example.com@evil.example/back",
                "https://app.example.com/back/../elsewhere",
                "https://app.example.com/back#part",
                "//app.example.com/back",
                "javascript:alert(1)",
                "holisticos2://whoop",
                "back"
            })
    void otherPlacesAreRefusedWhenTheConsentBegins(String returnTo) {
        HttpResponse<String> answer = wish(returnTo);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).doesNotContain(returnTo);
    }

    @Test
    void theMemberReturnsToTheAppWithTheReason() throws Exception {
        HttpResponse<String> begun = wish("holisticos://whoop/done");
        String connectUrl = house.jsonOf(begun).path("connect_url").asText();

        HttpResponse<String> last =
                new MemberBrowser().decline(URI.create(connectUrl)); // which cannot follow into an app

        assertThat(last.statusCode()).isEqualTo(302);
        assertThat(last.headers().firstValue("Location")).hasValue("holisticos://whoop/done?error=access_denied");
        assertNoConnection(BEN);
    }

    private record Consent(URI connectUrl, URI authorizationUrl) {}

    private static Consent begin(String userId) {
        var begun = house.jsonOf(house.send("POST", "/api/v1/unified-health/connect/whoop/" + userId, ""));
        return new Consent(
                URI.create(begun.path("connect_url").asText()),
                URI.create(begun.path("authorization_url").asText()));
    }

    /** Of the address that a browser is at. */
    private static String stateOf(HttpResponse<String> page) {
        Matcher state = STATE.matcher(page.uri().toString());
        assertThat(state.find()).isTrue();
        return state.group(1);
    }

    private static HttpResponse<String> wish(String returnTo) {
        return house.send(
                "POST", "/api/v1/unified-health/connect/whoop/" + BEN, "{\"return_to\":\"" + returnTo + "\"}");
    }

    private static long whoopId(String userId) {
        return house.world().byUserId(userId).orElseThrow().whoopUserId();
    }

    private static URI callback(String query) {
        return house.uri(CALLBACK + '?' + query);
    }

    private static void assertRefused(HttpResponse<String> page, Integer... statuses) {
        assertThat(page.statusCode()).as(page.body()).isIn((Object[]) statuses);
        assertThat(page.headers().firstValue("Content-Type").orElse("")).startsWith("text/html");
        assertThat(page.body()).contains("<h1").doesNotContain("<script>");
    }

    private static void assertNoConnection(String userId) {
        assertThat(house.get("/internal/oauth/status/" + userId).statusCode()).isEqualTo(404);
        long rows = house.whoopDatabase()
                .jdbi()
                .withHandle(handle -> handle.createQuery("select count(*) from whoop_connection where user_id = :who")
                        .bind("who", userId)
                        .mapTo(Long.class)
                        .one());
        assertThat(rows).isZero();
    }
}
