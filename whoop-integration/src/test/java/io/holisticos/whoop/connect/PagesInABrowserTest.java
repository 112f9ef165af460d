package io.holisticos.whoop.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.testing.browser.Chromium;
import io.holisticos.testing.browser.Chromium.Screen;
import io.holisticos.testing.browser.FirstVisits;
import io.holisticos.testing.browser.PageChecks;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Every page that a member may meet, in a real browser: accessibility, console, requests, size and width. Pictures of some are
 * left in {@code target/pages}, to be looked at after a change.
 */
@Tag("deep")
class PagesInABrowserTest {

    /** Between them they have everything that pages have. */
    private static final List<String> OF_EACH_KIND = List.of(
            "link-new",
            "link-connected",
            "link-hebrew",
            "end-connected",
            "end-awaiting-confirmation",
            "disconnected",
            "refused-busy-minutes",
            "refused-expired");

    private static Gallery gallery;
    private static Chromium browser;

    @BeforeAll
    static void open() throws Exception {
        gallery = new Gallery();
        browser = Chromium.open();
    }

    @AfterAll
    static void close() throws Exception {
        browser.close();
        gallery.close();
    }

    @Test
    void everyPageHoldsOnTheNarrowestPhone() {
        browser.has(Screen.SMALL_PHONE);
        browser.likes("en");
        browser.likesItDark(false);
        int most = 0;
        for (String name : EveryPageTest.names()) {
            browser.go(gallery.address(name));
            most = Math.max(most, PageChecks.in(browser).hold(name).bytes());
        }

        assertThat(most).as("the first, with style and logo").isBetween(1_000, 30_000);
    }

    @Test
    void eachKindHoldsInTheDarkAndInGermanOnPhoneAndDesktop() throws Exception {
        for (String name : OF_EACH_KIND) {
            for (boolean dark : new boolean[] {false, true}) {
                String language = dark ? "de" : "en";
                browser.likes(language);
                browser.likesItDark(dark);
                for (Screen screen : List.of(Screen.PHONE, Screen.DESKTOP)) {
                    browser.has(screen);
                    browser.go(gallery.address(name));
                    PageChecks.in(browser).hold(name + " " + language + " " + screen);
                    browser.photograph(Path.of("target/pages", name + "-" + screen + "-" + language + ".png"));
                }
            }
        }
    }

    /** As docs/benchmarks.md has it. */
    @Test
    void aFirstVisitIsSmall() throws Exception {
        FirstVisits visits = new FirstVisits();
        for (String name : List.of("link-new", "end-connected", "refused-expired")) {
            visits.to(name, visitor -> visitor.go(gallery.address(name)));
        }

        visits.writeTo(Path.of("target/pages/bytes.txt"));
    }
}
