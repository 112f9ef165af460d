package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.app.ScriptedServer.Reply;
import io.holisticos.testing.browser.Chromium;
import io.holisticos.testing.browser.PageChecks;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

/** The way of a member's consent in a real browser, with others in between who mean well or ill. */
@Tag("deep")
class ConsentInABrowserTest {

    private static final String BEN = "demo-ben";
    private static final String ANNA = "demo-anna";

    private static House house;
    private static Chromium browser;

    @BeforeAll
    static void open() throws Exception {
        house = House.openWith(Map.of("RETURN_TO", "[\"https://app.example.com/back\"]"));
        browser = Chromium.open();
    }

    @AfterAll
    static void close() throws Exception {
        browser.close();
        house.close();
    }

    @BeforeEach
    void asABrowserThatWasNeverHere() {
        browser.startsAnew();
        browser.likes("en");
        house.clock().advance(Duration.ofMinutes(1)); // the quota of a minute does not last for all of these tests
    }

    @AfterEach
    void forget() {
        house.whoopDatabase()
                .jdbi()
                .useHandle(handle -> handle.execute("truncate whoop_connection, whoop_connection_history,"
                        + " whoop_authorization, whoop_press, whoop_member_sync, whoop_sync"));
        house.whoop().revokeGrant(BEN);
        house.whoop().revokeGrant(ANNA);
    }

    @Test
    void aMemberConnectsWhileAPreviewerLooksAtTheLink() throws Exception {
        String link = linkFor(BEN, "{\"account_label\":\"Ben's <account>\"}");
        browser.go(link);
        assertThat(browser.text()).contains("Ben's <account>", "Sleep", "Continue to WHOOP");
        assertThat(browser.fitsItsWidth()).isTrue();
        preview(link);

        browser.press("Continue to WHOOP");
        preview(link);
        allowAs(BEN);

        assertThat(browser.text())
                .contains("WHOOP is connected", "now belongs to Ben's <account>", "This is not me")
                .contains(nameOf(BEN));
        House.await(() -> status(BEN).path("status").asText().equals("active"));
        browser.press("This is right");
        assertThat(browser.text()).contains("WHOOP is connected");
        assertThat(status(BEN).path("whoop_user_id").asLong()).isEqualTo(accountOf(BEN));
    }

    @Test
    void itGoesWithoutJavaScript() throws Exception {
        try (Chromium plain = Chromium.open(false)) {
            plain.go(linkFor(BEN, ""));
            plain.press("Continue to WHOOP");
            plain.choose(accountOf(BEN));
            plain.press("Allow access");

            assertThat(plain.text()).contains("WHOOP is connected");
        }
    }

    @Test
    void ofTwoTabsTheFirstToSucceedCounts() throws Exception {
        String link = linkFor(BEN, "");
        browser.go(link);
        browser.press("Continue to WHOOP");
        String first = browser.tab();
        browser.newTab();
        browser.go(link);
        browser.press("Continue to WHOOP");
        allowAs(BEN);
        assertThat(browser.text()).contains("WHOOP is connected");

        browser.toTab(first);
        allowAs(BEN);

        assertThat(browser.text()).contains("This link was used already");
        House.await(() -> status(BEN).path("status").asText().equals("active"));
    }

    @Test
    void anotherBrowserThatPressesDoesNotDisplaceTheMembers() throws Exception {
        String link = linkFor(BEN, "");
        browser.go(link);
        browser.press("Continue to WHOOP");
        try (Chromium other = Chromium.open()) {
            other.go(link);
            other.press("Continue to WHOOP");
        }

        allowAs(BEN);

        assertThat(browser.text()).contains("WHOOP is connected");
    }

    @Test
    void anotherAccountThanBeforeIsConfirmedOnThePage() throws Exception {
        walk(BEN, BEN);
        house.send("DELETE", "/internal/oauth/disconnect/" + BEN, "");

        walk(BEN, ANNA);

        assertThat(browser.text()).contains("another WHOOP account than before", nameOf(ANNA));
        PageChecks.in(browser).hold("another account");
        assertThat(status(BEN).path("status").asText()).isEqualTo("awaiting_confirmation");
        browser.press("use this WHOOP account from now on");
        assertThat(browser.text()).contains("WHOOP is connected");
        assertThat(status(BEN).path("whoop_user_id").asLong()).isEqualTo(accountOf(ANNA));
    }

    @Test
    void thisIsNotMeDisconnectsAtOnce() throws Exception {
        walk(BEN, ANNA);

        browser.press("This is not me");

        assertThat(browser.text()).contains("WHOOP was disconnected");
        assertThat(status(BEN).path("status").asText()).isEqualTo("revoked");
        assertThat(house.whoop().hasGrant(ANNA)).isFalse();
    }

    @Test
    void theButtonOfThePageLeadsBackToTheApp() throws Exception {
        browser.go(linkFor(BEN, "{\"return_to\":\"https://app.example.com/back\"}"));
        browser.press("Continue to WHOOP");
        allowAs(BEN);
        assertThat(browser.text()).contains("WHOOP is connected", "This is not me");

        try {
            browser.press("go on");
        } catch (org.openqa.selenium.WebDriverException nobodyThere) { // that app has no server here
            assertThat(nobodyThere).hasMessageContaining("net::");
        }

        assertThat(browser.address()).startsWith("https://app.example.com/back?status=connected");
    }

    @Test
    void aForeignPageThatPostsToTheLinkIsRefused() throws Exception {
        String link = linkFor(BEN, "");
        String token = tokenOf(link);
        try (ScriptedServer foreign = new ScriptedServer()) {
            foreign.on(
                    "/page",
                    Reply.of(
                            200,
                            "text/html; charset=UTF-8",
                            "<body><form method=post action='" + link + "'><input type=hidden name=token value='"
                                    + token
                                    + "'><button name=connect value=whoop>Win a prize</button></form>"
                                    + "<iframe src='" + link + "'></iframe></body>"));
            browser.go(foreign.url() + "/page");
            assertThat(browser.textOfFrame()).doesNotContain("Continue to WHOOP");

            browser.press("Win a prize");

            assertThat(browser.address()).startsWith(house.uri("/connect/").toString());
            assertThat(browser.text()).contains("did not come from our page");
        }
        assertThat(house.get("/internal/oauth/status/" + BEN).statusCode()).isEqualTo(404);
        browser.go(link);
        assertThat(browser.has("Continue to WHOOP")).isTrue();
    }

    @Test
    void theWholeWayGoesByKeyboardAlone() throws Exception {
        browser.go(linkFor(BEN, ""));
        PageChecks.in(browser).hold("the link");
        allowByKeyboardAs(BEN);

        assertThat(browser.text()).contains("WHOOP is connected", nameOf(BEN));
        PageChecks.in(browser).hold("the end");
        browser.tabTo("This is right");
        assertThat(browser.showsItsFocus()).isTrue();
        browser.hit(Keys.SPACE);

        assertThat(browser.text()).contains("WHOOP is connected", "You can close this page");
        PageChecks.in(browser).hold("the very end");
        House.await(() -> status(BEN).path("status").asText().equals("active"));
    }

    @Test
    void everyOtherWayGoesByKeyboardAloneToo() throws Exception {
        browser.go(linkFor(BEN, ""));
        reachAndHit("Continue to WHOOP");
        browser.tabTo("Decline"); // a page of WHOOP's
        browser.hit(Keys.ENTER);
        assertThat(browser.text()).contains("WHOOP was not connected");

        browser.go(linkFor(BEN, ""));
        allowByKeyboardAs(ANNA);
        reachAndHit("This is not me");
        assertThat(browser.text()).contains("WHOOP was disconnected");

        browser.go(linkFor(BEN, ""));
        allowByKeyboardAs(BEN);
        browser.go(linkFor(BEN, ""));
        reachAndHit("Disconnect WHOOP");
        assertThat(browser.text()).contains("WHOOP was disconnected");

        reachAndHit("Connect again");
        allowByKeyboardAs(ANNA);
        assertThat(browser.text()).contains("another WHOOP account than before");
        reachAndHit("use this WHOOP account from now on");
        assertThat(browser.text()).contains("WHOOP is connected");
        assertThat(status(BEN).path("whoop_user_id").asLong()).isEqualTo(accountOf(ANNA));
    }

    @Test
    void whoDeclinesIsToldThatNothingWasShared() throws Exception {
        browser.likes("de");
        browser.go(linkFor(BEN, ""));
        browser.press("Weiter zu WHOOP");

        browser.press("Decline");

        assertThat(browser.text()).contains("WHOOP wurde nicht verbunden", "nichts wurde geteilt");
        PageChecks.in(browser).hold("declined");
        assertThat(house.get("/internal/oauth/status/" + BEN).statusCode()).isEqualTo(404);
    }

    @Test
    void aLinkThatHasExpiredSaysSoAndSoDoesOneThatNeverWas() throws Exception {
        String link = linkFor(BEN, "");
        house.clock().advance(Duration.ofMinutes(11));

        browser.go(link);
        assertThat(browser.text()).contains("This link has expired", "start again from your app");
        PageChecks.in(browser).hold("expired");

        browser.go(link.replaceAll(".{10}$", "aaaaaaaaaa"));
        assertThat(browser.text()).contains("This link is not valid", "start again from your app");
        PageChecks.in(browser).hold("forged");
    }

    @Test
    void aBrowserThatKeepsNoCookiesIsToldWhatToDo() throws Exception {
        browser.go(linkFor(BEN, ""));
        browser.press("Continue to WHOOP");
        browser.losesItsCookies();

        allowAs(BEN);

        assertThat(browser.text()).contains("another browser", "let it keep cookies");
        PageChecks.in(browser).hold("without its cookie");
    }

    @Test
    void whoIsConnectedMayDisconnectAndConnectAgain() throws Exception {
        walk(BEN, BEN);
        House.await(() -> status(BEN).path("status").asText().equals("active"));
        browser.go(linkFor(BEN, ""));
        assertThat(browser.text()).contains("WHOOP is connected already", "Continue to WHOOP");
        PageChecks.in(browser).hold("connected");

        browser.press("Disconnect WHOOP");

        assertThat(browser.text()).contains("WHOOP was disconnected");
        PageChecks.in(browser).hold("disconnected");
        assertThat(status(BEN).path("status").asText()).isEqualTo("revoked");
        assertThat(house.whoop().hasGrant(BEN)).isFalse();
        browser.follow("Connect again");
        browser.press("Continue to WHOOP");
        allowAs(BEN);
        House.await(() -> status(BEN).path("status").asText().equals("active"));
    }

    @Test
    void whileWhoopIsSwitchedOffTheLinkSaysToComeBack() throws Exception {
        String link = linkFor(BEN, "");
        house.admin("PUT", "/flags/WHOOP_CONNECT", "{\"enabled\":false}", "X-API-Key", House.KEY);
        try {
            browser.go(link);
            assertThat(browser.text()).contains("WHOOP is switched off for now", "try again later");
            PageChecks.in(browser).hold("switched off");
        } finally {
            house.admin("PUT", "/flags/WHOOP_CONNECT", "{\"enabled\":true}", "X-API-Key", House.KEY);
        }
        browser.follow("Try again");

        assertThat(browser.has("Continue to WHOOP")).isTrue();
    }

    private void walk(String userId, String whoopMember) throws Exception {
        browser.go(linkFor(userId, ""));
        browser.press("Continue to WHOOP");
        allowAs(whoopMember);
    }

    private void allowByKeyboardAs(String whoopMember) {
        reachAndHit("Continue to WHOOP");
        browser.tabTo("@"); // the group of choices
        browser.goBy(
                Keys.ARROW_DOWN,
                house.world().byUserId(whoopMember).orElseThrow().identity().firstName());
        browser.tabTo("Allow access");
        browser.hit(Keys.ENTER);
    }

    /** By the tab key, and one sees where it leads. */
    private void reachAndHit(String text) {
        browser.tabTo(text);
        assertThat(browser.showsItsFocus()).as(text).isTrue();
        browser.hit(Keys.ENTER);
    }

    private void allowAs(String whoopMember) {
        browser.choose(accountOf(whoopMember));
        browser.press("Allow access");
    }

    /** As a messenger does with links: GET and HEAD, from elsewhere, with no cookies. */
    private static void preview(String link) throws Exception {
        HttpClient previewer = HttpClient.newHttpClient();
        for (String method : new String[] {"GET", "HEAD"}) {
            HttpResponse<String> answer = previewer.send(
                    HttpRequest.newBuilder(URI.create(link))
                            .method(method, BodyPublishers.noBody())
                            .build(),
                    BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Set-Cookie")).isEmpty();
        }
    }

    private static String tokenOf(String link) throws Exception {
        String page = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(link)).build(), BodyHandlers.ofString())
                .body();
        return page.replaceAll("(?s).*name=\"token\" value=\"([^\"]+)\".*", "$1");
    }

    private static String linkFor(String userId, String body) {
        return house.jsonOf(house.send("POST", "/api/v1/unified-health/connect/whoop/" + userId, body))
                .path("connect_url")
                .asText();
    }

    private static JsonNode status(String userId) {
        return house.jsonOf(house.get("/internal/oauth/status/" + userId));
    }

    private static long accountOf(String userId) {
        return house.world().byUserId(userId).orElseThrow().whoopUserId();
    }

    private static String nameOf(String userId) {
        var identity = house.world().byUserId(userId).orElseThrow().identity();
        return "WHOOP of " + identity.firstName() + " " + identity.lastName().charAt(0) + ".";
    }
}
