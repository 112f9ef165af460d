package io.holisticos.testing.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.testing.browser.Chromium.Screen;
import io.holisticos.testing.browser.PageChecks.Cost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a page costs somebody who was never there, on a phone: each visit is made with a browser of its own, and then the page is
 * opened once more. docs/benchmarks.md has the figures; {@code -Dpages.visits=7} makes as many visits of each page.
 */
public final class FirstVisits {

    private static final int VISITS = Integer.getInteger("pages.visits", 1);

    private final List<String> lines = new ArrayList<>();

    /** A step of somebody with a browser. */
    public interface Step {
        void with(Chromium browser) throws Exception;
    }

    /** @param opening opens the page, and waits until all of it is there */
    public void to(String page, Step opening) throws Exception {
        to(page, browser -> {}, opening);
    }

    /** @param before what has to be done on other pages; nothing that it loaded is kept */
    public void to(String page, Step before, Step opening) throws Exception {
        List<Cost> costs = new ArrayList<>();
        List<Long> paints = new ArrayList<>();
        int next = 0;
        for (int visit = 0; visit < VISITS; visit++) {
            try (Chromium browser = Chromium.open()) {
                browser.likes("en");
                browser.has(Screen.PHONE);
                before.with(browser);
                browser.losesItsCache();
                opening.with(browser);
                Cost first = PageChecks.in(browser).weigh(page);
                costs.add(first);
                paints.add(PageChecks.in(browser).millisToLargestPaint());
                opening.with(browser);
                next = PageChecks.in(browser).weigh(page + " once more").bytes();
                assertThat(next).as("%s once more", page).isLessThan(first.bytes());
            }
        }
        Cost first = costs.get(0);
        List<Long> sorted = paints.stream().sorted().toList();
        lines.add("%s: %d bytes in %d requests, next %d; largest contentful paint %d ms (%d to %d, %d visits)"
                .formatted(
                        page,
                        first.bytes(),
                        first.requests(),
                        next,
                        sorted.get(VISITS / 2),
                        sorted.get(0),
                        sorted.get(VISITS - 1),
                        VISITS));
    }

    /** A line for each page. */
    public void writeTo(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.write(file, lines);
    }
}
