package io.holisticos.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.testing.browser.Chromium;
import io.holisticos.testing.browser.Chromium.Screen;
import io.holisticos.testing.browser.FirstVisits;
import io.holisticos.testing.browser.PageChecks;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The front door in a real browser: each button is pressed once. Pictures are left in {@code target/pages}. */
@Tag("deep")
@Timeout(600)
class FrontDoorInABrowserTest {

    private static final String SEEN = "The change was in the answer after";

    /** Every button by its words, in the order of the page, and what its result says. */
    private static final Map<String, String> BUTTONS = new LinkedHashMap<>();

    static {
        BUTTONS.put("Let a day pass", SEEN);
        BUTTONS.put("Edit her sleep", SEEN);
        BUTTONS.put("Add a workout", SEEN);
        BUTTONS.put("Delete her sleep", SEEN);
        BUTTONS.put("Lose and repair", SEEN);
        BUTTONS.put("Revoke his consent", "The last request was refused");
        BUTTONS.put("Break WHOOP", SEEN);
        BUTTONS.put("Slow WHOOP down", "and that is the point");
        BUTTONS.put("Mend WHOOP", "Status 204");
        BUTTONS.put("Break Sahha", SEEN);
        BUTTONS.put("Mend Sahha", "Status 204");
        BUTTONS.put("Switch it off", SEEN);
        BUTTONS.put("Switch it on", SEEN);
        BUTTONS.put("Prefer Sahha", SEEN);
        BUTTONS.put("Take the wish back", SEEN);
    }

    private static OpenSandbox sandbox;
    private static Chromium browser;

    @BeforeAll
    static void open() throws Exception {
        sandbox = OpenSandbox.start();
        browser = Chromium.open();
        browser.likes("en");
    }

    @AfterAll
    static void close() throws Exception {
        browser.close();
        sandbox.close();
    }

    @Test
    void thePageHoldsOnPhoneAndDesktopLightAndDarkInBothLanguages() throws Exception {
        for (String language : List.of("en", "de")) {
            browser.likes(language);
            for (boolean dark : new boolean[] {false, true}) {
                browser.likesItDark(dark);
                for (Screen screen : Screen.values()) {
                    browser.has(screen);
                    browser.go(sandbox.url("/sandbox"));
                    String as = "door-" + screen + "-" + language + (dark ? "-dark" : "");
                    PageChecks.in(browser).hold(as);
                    browser.photograph(Path.of("target/pages", as + ".png"));
                }
            }
        }
        browser.likes("en");
        browser.likesItDark(false);
    }

    @Test
    void eachButtonIsPressedOnceAndShowsWhatItDid() throws Exception {
        sandbox.noonFor("demo-anna");
        boolean dark = false;
        for (Map.Entry<String, String> button : BUTTONS.entrySet()) {
            String name = button.getKey().toLowerCase(Locale.ROOT).replace(' ', '-');
            browser.likesItDark(dark);
            browser.has(Screen.PHONE);
            browser.go(sandbox.url("/sandbox"));
            browser.press(button.getKey());

            assertThat(browser.text()).as(name).contains(button.getValue());
            PageChecks.in(browser).hold(name);
            browser.photograph(Path.of("target/pages", name + "-PHONE.png"));
            browser.has(Screen.DESKTOP);
            PageChecks.in(browser).holdStill(name + " on a desktop");
            browser.photograph(Path.of("target/pages", name + "-DESKTOP.png"));
            dark = !dark;
        }
        browser.likesItDark(false);
    }

    @Test
    void oneClickOpensTheExplorerAsTheMember() {
        browser.has(Screen.DESKTOP);
        browser.go(sandbox.url("/sandbox"));

        browser.press("Open the explorer as demo-dina");

        assertThat(browser.address()).startsWith(sandbox.url("/explore?user=demo-dina"));
        assertThat(browser.text()).as("what is shown").doesNotContain("Key or token");
        // An explorer that still reads would ask with a session that another test's day ends.
        browser.go(sandbox.url("/sandbox"));
    }

    @Test
    void benIsConnectedByHisOwnHand() throws Exception {
        connectByHand("demo-ben");

        PageChecks.in(browser).hold("the end of connecting");
    }

    /** Afterwards he is as the sandbox began with him. */
    @Test
    void chenIsConnectedByHisOwnHandAndTakesItBack() throws Exception {
        connectByHand("demo-chen");

        browser.go(sandbox.url("/sandbox"));
        browser.press("Revoke his consent");

        assertThat(browser.text()).contains(SEEN, "reauthorization_required");
    }

    /** As docs/benchmarks.md has it. */
    @Test
    void aFirstVisitIsSmall() throws Exception {
        FirstVisits visits = new FirstVisits();
        visits.to("front door, /sandbox", visitor -> visitor.go(sandbox.url("/sandbox")));

        visits.writeTo(Path.of("target/pages/bytes.txt"));
    }

    private static void connectByHand(String member) throws Exception {
        browser.has(Screen.PHONE);
        browser.go(sandbox.url("/sandbox"));
        browser.press("Connect " + member + " with WHOOP");
        assertThat(browser.address()).startsWith(sandbox.url("/connect/"));
        PageChecks.in(browser).hold("the page of connecting");

        browser.press("Continue to WHOOP");
        browser.choose(sandbox.whoopUserOf(member));
        browser.press("Allow access");

        assertThat(browser.text()).contains("WHOOP is connected");
    }
}
