package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.testing.browser.Chromium;
import io.holisticos.testing.browser.Chromium.Screen;
import io.holisticos.testing.browser.FirstVisits;
import io.holisticos.testing.browser.PageChecks;
import io.holisticos.twins.world.Life;
import io.holisticos.twins.world.WorldOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The pages of the whole service where most is on them: a member has worn both sources for a year. */
@Tag("deep")
class FirstVisitsInABrowserTest {

    private static final String MEMBER = "demo-0001";
    private static final Path PICTURES = Path.of("target/pages");
    private static final Pattern DAYS_WITH_DATA =
            Pattern.compile("(Sahha|WHOOP): [a-z ]+[.] (\\d+) of 366 days have its data");

    private static House house;

    @BeforeAll
    static void open() throws Exception {
        house = House.openFor(new WorldOptions(7, House.START, 1, new Life(Duration.ofDays(366), null)));
        house.connectWithHistory(MEMBER);
        String year = "/api/v1/unified-health/days/" + MEMBER + "?from=2025-11-22&to=2026-11-22";
        House.await(() -> !house.get(year).body().contains("unavailable")); // Sahha is asked for what is not held
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    /** As docs/benchmarks.md has it. */
    @Test
    void aFirstVisitOfEachPageIsSmall() throws Exception {
        FirstVisits visits = new FirstVisits();
        visits.to("API, /docs", browser -> browser.go(address("/docs")));
        visits.to("explorer, signed out", browser -> browser.go(address("/explore")));
        visits.to("explorer, 30 days", this::signIn, browser -> look(browser, 30));
        visits.to("explorer, 366 days", this::signIn, browser -> look(browser, 366));
        String link = house.connectUrl("demo-ben");
        visits.to("connect link", browser -> browser.go(link));

        visits.writeTo(PICTURES.resolve("bytes.txt"));
    }

    @Test
    void aWholeYearBreaksNeitherChartsNorTable() throws Exception {
        try (Chromium browser = Chromium.open()) {
            browser.likes("en");
            browser.has(Screen.DESKTOP);
            signIn(browser);
            look(browser, 366);

            Matcher source = DAYS_WITH_DATA.matcher(browser.text());
            for (int i = 0; i < 2; i++) {
                assertThat(source.find()).as(browser.text().substring(0, 500)).isTrue();
                assertThat(Integer.parseInt(source.group(2))).isGreaterThan(350);
            }
            for (Screen screen : Screen.values()) {
                browser.has(screen);
                PageChecks.in(browser).holdStill("a year on " + screen);
                browser.photograph(PICTURES.resolve("explorer-year-" + screen + ".png"));
            }
            browser.pick("View", "Table");
            browser.click("Show");
            browser.awaitText("Values by day");
            assertThat(browser.fitsItsWidth()).isTrue();
        }
    }

    private void signIn(Chromium browser) {
        browser.go(address("/explore"));
        browser.enter("Key or token", House.KEY);
        browser.click("Sign in");
        browser.awaitText("Whose days do you want to see");
    }

    private static void look(Chromium browser, int days) {
        browser.go(address("/explore?user=" + MEMBER + "&days=" + days));
        browser.awaitText(days + " days are shown");
        browser.awaitText("Which source comes first");
    }

    private static String address(String path) {
        return house.uri(path).toString();
    }
}
