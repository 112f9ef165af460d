package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.testing.browser.Chromium;
import io.holisticos.testing.browser.Chromium.Screen;
import io.holisticos.testing.browser.PageChecks;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

/** The page of the API in a real browser. Pictures are left in {@code target/pages}. */
@Tag("deep")
class DocsInABrowserTest {

    private static final String FIRST_OPERATION = "One day of a person from all sources";
    private static final String ITS_ADDRESS = "/docs#getUnifiedOverview";
    private static final Path PICTURES = Path.of("target/pages");

    private static House house;

    /** @param inspected also by axe-core, which takes half a minute for a page of this length */
    private record Visit(Screen screen, boolean dark, String language, boolean inspected) {

        String name() {
            return "docs-" + screen + (dark ? "-dark-" : "-light-") + language;
        }
    }

    @BeforeAll
    static void open() throws Exception {
        house = House.open();
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @Test
    void holdsOnPhonesAndDesktopsInLightAndDark() throws Exception {
        try (Chromium browser = Chromium.open()) {
            for (Visit visit : List.of(
                    new Visit(Screen.SMALL_PHONE, false, "en", true),
                    new Visit(Screen.PHONE, true, "de", false),
                    new Visit(Screen.DESKTOP, false, "de", false),
                    new Visit(Screen.DESKTOP, true, "en", true))) {
                browser.has(visit.screen());
                browser.likesItDark(visit.dark());
                browser.likes(visit.language());
                browser.go(address("/docs"));

                if (visit.inspected()) {
                    PageChecks.in(browser).hold(visit.name());
                } else {
                    PageChecks.in(browser).weigh(visit.name());
                }
                browser.photographScreen(PICTURES.resolve(visit.name() + ".png"));
                unfoldAll(browser);
                assertThat(browser.fitsItsWidth())
                        .as("%s with all examples", visit.name())
                        .isTrue();
            }
        }
    }

    @Test
    void aLinkToAnOperationShowsIt() throws Exception {
        try (Chromium browser = Chromium.open()) {
            for (Screen screen : Screen.values()) {
                browser.has(screen);
                browser.go("about:blank");
                browser.go(address(ITS_ADDRESS));

                assertThat(targetIn(browser)).as(screen.toString()).isEqualTo(FIRST_OPERATION);
                browser.photographScreen(PICTURES.resolve("docs-" + screen + "-operation.png"));
            }
        }
    }

    @Test
    void theContentsLeadThereByKeyboardWithoutScripts() throws Exception {
        try (Chromium browser = Chromium.open(false)) {
            browser.likes("en");
            browser.has(Screen.PHONE);
            browser.go(address("/docs"));

            browser.tabTo("Skip the contents");
            assertThat(browser.showsItsFocus()).isTrue();
            browser.tabTo("Unified health");
            browser.type(Keys.ENTER);
            browser.tabTo(FIRST_OPERATION);
            browser.type(Keys.ENTER);

            assertThat(browser.address()).endsWith(ITS_ADDRESS);
        }
    }

    private static void unfoldAll(Chromium browser) {
        browser.answerOf("document.querySelectorAll('details').forEach(each => each.open = true); done('')");
    }

    /** The heading of what the address leads to, if one sees it. */
    private static String targetIn(Chromium browser) {
        return browser.answerOf("const target = document.querySelector('article:target');"
                + " const top = target ? target.getBoundingClientRect().top : -1;"
                + " done(top >= 0 && top < innerHeight / 4 ? target.querySelector('h3').textContent : top)");
    }

    private static String address(String path) {
        return house.uri(path).toString();
    }
}
