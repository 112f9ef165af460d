package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.testing.browser.Chromium;
import io.holisticos.testing.browser.Chromium.Screen;
import io.holisticos.testing.browser.PageChecks;
import io.holisticos.web.ApiKeyStore;
import io.holisticos.web.Scope;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

/** The health explorer in a real browser, on whole days of people whom both twins know. */
@Tag("deep")
class ExplorerInABrowserTest {

    private static final String ANNA = "demo-anna";
    private static final String DINA = "demo-dina";
    private static final String SIGN_IN = "Sign in";

    private static House house;
    private Chromium browser;

    @BeforeAll
    static void open() throws Exception {
        house = House.openWithTokensOfMembers(Map.of());
        house.connect(ANNA);
        house.connect(DINA);
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @BeforeEach
    void openBrowser() throws Exception {
        browser = Chromium.open();
        browser.likes("en");
        browser.likesItDark(false);
        browser.has(Screen.DESKTOP);
    }

    @AfterEach
    void closeBrowser() throws Exception {
        browser.close();
        house.send(
                "PUT",
                "/api/v1/unified-health/preferences/" + ANNA,
                "{\"order\":[],\"by_family\":{},\"by_metric\":{}}");
    }

    @Test
    void aMemberSeesBothSourcesAndWhyAValueIsWhatItIs() throws Exception {
        browser.go(explorer(""));
        assertThat(browser.text()).contains("Key or token").doesNotContain("Sleep stages");
        PageChecks.in(browser).hold("explorer, signed out");

        signInWith(house.sahha().memberToken(ANNA));
        browser.awaitText("30 days are shown");

        assertThat(browser.text())
                .contains(
                        "Sahha: up to date",
                        "WHOOP: up to date",
                        "Sleep stages",
                        "Recovery (WHOOP)",
                        "Readiness (Sahha)")
                .contains(
                        "HRV asleep, RMSSD (ms)",
                        "HRV, SDNN (ms)",
                        "Resting heart rate (bpm)",
                        "Strain (WHOOP)",
                        "Steps")
                .doesNotContain("Member");
        PageChecks.in(browser).holdStill("explorer of a member");
        reachesTheChartOf("Resting heart rate");
        browser.type(Keys.ARROW_LEFT);
        browser.type(Keys.ENTER);
        browser.awaitText("Who measured it");
        assertThat(browser.text())
                .contains(
                        "Resting heart rate, ",
                        "Decided by: the usual order, for metrics of this kind",
                        "66 bpm from WHOOP",
                        "handed on from WHOOP");
        PageChecks.in(browser).holdStill("why a value is what it is");
        String deepLink = browser.address();
        assertThat(deepLink).contains("metric=heart_rate.resting", "date=");

        browser.go(deepLink);
        browser.awaitText("Who measured it");
        browser.type(Keys.ESCAPE);
        assertThat(browser.text()).doesNotContain("Who measured it");

        browser.click("Sign out");
        browser.awaitText("Key or token");
        assertThat(browser.answerOf(
                        "done(document.querySelectorAll('.chart, .source, #preferences select, #why p').length)"))
                .as("left for whoever comes next")
                .isEqualTo("0");
        browser.go(deepLink);
        signInWith(house.sahha().memberToken(ANNA));
        browser.awaitText("Who measured it");
    }

    @Test
    void dinasTravelsAreDaysLikeOthersOnAPhoneInTheDarkAndInGerman() throws Exception {
        for (Screen screen : List.of(Screen.PHONE, Screen.DESKTOP)) {
            for (boolean dark : new boolean[] {false, true}) {
                browser.losesItsCookies();
                browser.has(screen);
                browser.likesItDark(dark);
                browser.likes(dark ? "de" : "en");
                browser.go(explorer("?user=" + DINA + "&days=90"));
                browser.enter(dark ? "Schlüssel oder Token" : "Key or token", House.KEY);
                browser.click(dark ? "Anmelden" : SIGN_IN);
                browser.awaitText(dark ? "90 Tage bis" : "90 days are shown");

                PageChecks.in(browser).hold("explorer of dina " + screen + " " + dark);
                browser.photograph(
                        Path.of("target/pages", "explorer-" + screen + (dark ? "-dark-de" : "-light-en") + ".png"));
                browser.pick(dark ? "Ansicht" : "View", dark ? "Tabelle" : "Table");
                browser.click(dark ? "Anzeigen" : "Show");
                browser.awaitText(dark ? "Werte nach Tagen" : "Values by day");
                PageChecks.in(browser).holdStill("table of dina " + screen + " " + dark);
            }
        }
    }

    @Test
    void aPreferenceIsSavedOnlyAfterItsDifferenceWasSeen() throws Exception {
        signedInAsAService("?user=" + ANNA + "&days=30");
        browser.awaitText("30 days are shown");
        assertThat(isEnabled("save")).isFalse();

        browser.pick("Heart", "Sahha, WHOOP");
        browser.click("Show what would change");
        browser.awaitText("would change, from");
        assertThat(browser.text()).contains("Resting heart rate", "(WHOOP)", "(Sahha)");
        PageChecks.in(browser).holdStill("a difference");
        assertThat(preferences()).doesNotContain("heart");
        browser.pick("Sleep", "Sahha, WHOOP");
        assertThat(isEnabled("save")).as("what was not seen").isFalse();
        browser.pick("Sleep", "as usual");

        browser.click("Save");
        browser.awaitText("Saved.");
        assertThat(preferences()).contains("\"by_family\":{\"heart\":[\"sahha\",\"whoop\"]}");
    }

    @Test
    void eachFailureSaysWhatHappenedAndWhatToDo() throws Exception {
        browser.go(explorer("?user=" + ANNA));
        signInWith("no such key");
        browser.awaitText("This key or token is not accepted");

        signedInAsAService("?user=nobody-knows-me");
        browser.awaitText("Nobody is known by this id");

        browser.enter("Member", ANNA);
        browser.click("Show");
        browser.awaitText("30 days are shown");
        browser.losesItsCookies();
        browser.click("Show");
        browser.awaitText("Your session has ended");
        signInWith(House.KEY);
        browser.awaitText("30 days are shown");

        integration(false);
        try {
            House.await(() -> {
                browser.click("Show");
                return browser.text().contains("WHOOP: switched off");
            });
        } finally {
            integration(true);
        }
    }

    /** The console stays empty: what the key may not do is not asked for. */
    @Test
    void aKeyThatMayOnlyReadSeesTheDaysAndNothingToSave() {
        new ApiKeyStore(house.sahhaDatabase().jdbi())
                .save("key-of-a-reader", "reader", Set.of(Scope.HEALTH_READ), House.START);
        browser.go(explorer("?user=" + ANNA + "&metric=heart_rate.resting&date=2026-11-20"));
        signInWith("key-of-a-reader");

        browser.awaitText("Who measured it");
        assertThat(browser.text()).contains("Sleep stages").doesNotContain("Which source comes first");
        PageChecks.in(browser).hold("explorer of a reader");

        browser.go(explorer("?user=" + ANNA));
        browser.awaitText("30 days are shown");
        assertThat(browser.text()).doesNotContain("Which source comes first");
        PageChecks.in(browser).weigh("explorer of a reader who was signed in before");
    }

    @Test
    void aSessionThatSomebodyEndsLeavesNothingOnThePageAndGoesOnAfterSigningIn() {
        signedInAsAService("?user=" + ANNA + "&days=7&view=table");
        browser.awaitText("7 days are shown");
        browser.awaitText("Show what would change");

        assertThat(house.send("DELETE", "/session/others", "").statusCode()).isEqualTo(204);
        browser.click("Show what would change");

        browser.awaitText("Your session has ended");
        assertThat(browser.answerOf("done(document.querySelectorAll('td, .source, #preferences select').length)"))
                .isEqualTo("0");
        PageChecks.in(browser).holdStill("a session that ended");
        signInWith(House.KEY);
        browser.awaitText("7 days are shown");
        assertThat(browser.text()).contains("Values by day");
    }

    @Test
    void aServiceThatIsOutOfReachIsAskedAgainAtAButton() {
        signedInAsAService("?user=" + ANNA + "&days=7");
        browser.awaitText("7 days are shown");

        browser.isOffline(true);
        browser.click("Show");
        browser.awaitText("The service cannot be reached");
        PageChecks.in(browser).holdStill("out of reach");
        browser.isOffline(false);
        browser.click("Try again");

        browser.awaitText("7 days are shown");
    }

    @Test
    void markupRightToLeftTextLongIdsAndAYearBreakNothing() throws Exception {
        house.whoopDatabase()
                .jdbi()
                .useHandle(
                        handle -> handle.execute(
                                "update whoop_workout set sport_name = '<img src=x onerror=alert(1)> \u202e\u05e9\u05dc\u05d5\u05dd <b>'"));
        signedInAsAService("?user=" + ANNA + "&days=366");
        browser.awaitText("366 days are shown");
        PageChecks.in(browser).holdStill("a year");
        browser.has(Screen.SMALL_PHONE);
        PageChecks.in(browser).holdStill("a year on the smallest phone");
        assertThat(browser.answerOf("done(document.querySelectorAll('main img, main b').length)"))
                .isEqualTo("0");

        String longest = "<b>\u05e9".repeat(20) + "x".repeat(20);
        browser.go(explorer("?user=" + URLEncoder.encode(longest, StandardCharsets.UTF_8)));
        browser.awaitText("Nobody is known by this id");
        PageChecks.in(browser).holdStill("a long id");
    }

    private void signedInAsAService(String query) {
        browser.go(explorer(query));
        signInWith(House.KEY);
    }

    private void signInWith(String credential) {
        browser.enter("Key or token", credential);
        browser.click(SIGN_IN);
    }

    private void reachesTheChartOf(String title) {
        for (int i = 0; i < 60; i++) {
            browser.type(Keys.TAB);
            if (browser.answerOf("done(document.activeElement.getAttribute('aria-label') || '')")
                    .startsWith(title)) {
                assertThat(browser.showsItsFocus()).isTrue();
                return;
            }
        }
        throw new AssertionError("no tab leads to the chart of " + title);
    }

    private boolean isEnabled(String id) {
        return browser.answerOf("done(document.getElementById('" + id + "').disabled)")
                .equals("false");
    }

    private static String preferences() throws Exception {
        return house.get("/api/v1/unified-health/preferences/" + ANNA).body();
    }

    private static String explorer(String query) {
        return house.uri("/explore" + query).toString();
    }

    private static void integration(boolean enabled) {
        house.admin(
                "PUT",
                "/flags/WHOOP_INTEGRATION",
                "{\"enabled\":" + enabled + ",\"percentage\":100}",
                "X-API-Key",
                House.KEY);
    }
}
