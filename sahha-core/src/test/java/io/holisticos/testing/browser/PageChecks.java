package io.holisticos.testing.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.logging.Level;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;

/**
 * What every page of ours has to hold, looked at in a browser that shows it: axe-core finds nothing serious, the console has no
 * error, no request leaves the host, it is small, and it needs no scrolling sideways.
 */
public final class PageChecks {

    /** Of a page with all that it loads, as it travels. */
    public static final int MOST_BYTES = 300_000;

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Bundled with axe-core's binding to Selenium. */
    private static final String AXE = "/axe.min.js";

    private final Chromium browser;
    private final int mostBytes;

    private PageChecks(Chromium browser, int mostBytes) {
        this.browser = browser;
        this.mostBytes = mostBytes;
    }

    public static PageChecks in(Chromium browser) {
        return new PageChecks(browser, MOST_BYTES);
    }

    /** The same for a page that may be larger or has to be smaller. */
    public PageChecks atMost(int bytes) {
        return new PageChecks(browser, bytes);
    }

    /** What a page cost, with all that it loaded and the browser did not have yet. */
    public record Cost(int bytes, int requests) {}

    /** @param as what the page is called where a check fails */
    public Cost hold(String as) {
        Cost cost = weigh(as);
        assertThat(violations()).as("axe-core on %s", as).isEmpty();
        return cost;
    }

    /** The same but for accessibility, which takes long on a large page: once for what looks the same is enough. */
    public Cost weigh(String as) {
        List<JsonNode> events = events();
        Cost cost = cost(as, sinceTheLastNavigation(events));
        assertThat(cost.bytes()).as("bytes of %s", as).isLessThanOrEqualTo(mostBytes);
        assertThat(consoleErrors(events)).as("console of %s", as).isEmpty();
        assertThat(browser.fitsItsWidth()).as("%s fits its width", as).isTrue();
        return cost;
    }

    /** Accessibility again, after something changed that is no new page: light or dark, a width, what a script shows. */
    public void holdStill(String as) {
        assertThat(browser.fitsItsWidth()).as("%s fits its width", as).isTrue();
        assertThat(violations()).as("axe-core on %s", as).isEmpty();
    }

    /**
     * When the largest text or picture of the page had been painted, in milliseconds from the navigation; what people do afterwards does
     * not count. Charts do not either: a browser takes no canvas for content.
     */
    public long millisToLargestPaint() {
        String at = browser.answerOf(
                "setTimeout(() => done('never'), 10000);" + " requestAnimationFrame(() => setTimeout(() =>"
                        + " new PerformanceObserver(list => done(Math.round(list.getEntries().pop().startTime)))"
                        + ".observe({type: 'largest-contentful-paint', buffered: true}), 100));"); // a painted frame is
        // told of a moment
        // later
        assertThat(at).as("largest contentful paint of %s", browser.address()).matches("[0-9]+");
        return Long.parseLong(at);
    }

    /** Without the statuses that Chromium writes of a page itself, such as 404 or 410, and of other sites on the way. */
    private List<String> consoleErrors(List<JsonNode> events) {
        List<String> pages = events.stream()
                .filter(PageChecks::isNavigation)
                .map(event -> event.path("params").path("request").path("url").asText())
                .toList();
        String origin = origin();
        return browser.driver().manage().logs().get(LogType.BROWSER).getAll().stream()
                .filter(entry -> entry.getLevel().intValue() >= Level.SEVERE.intValue())
                .map(LogEntry::getMessage)
                .filter(line -> !line.contains("Failed to load resource")
                        || (line.startsWith(origin) && pages.stream().noneMatch(page -> line.startsWith(page + " "))))
                .toList();
    }

    /** Of impact "serious" or "critical", by axe-core's rules for WCAG 2.2 AA and its best practices. */
    private List<String> violations() {
        browser.driver().executeScript(axe());
        JsonNode found = read(browser.answerOf("axe.run(document, {resultTypes: ['violations']})"
                + ".then(result => done(JSON.stringify(result.violations)), failure => done('\"' + failure + '\"'))"));
        assertThat(found.isArray()).as("axe-core answered: %s", found).isTrue();
        List<String> serious = new ArrayList<>();
        for (JsonNode violation : found) {
            if (List.of("serious", "critical").contains(violation.path("impact").asText())) {
                serious.add(violation.path("id").asText() + ": "
                        + violation.path("help").asText() + " "
                        + violation.path("nodes").findValuesAsText("html"));
            }
        }
        return serious;
    }

    /** All that travelled since they were asked for the last time. */
    private List<JsonNode> events() {
        List<JsonNode> events = new ArrayList<>();
        for (LogEntry entry : browser.driver().manage().logs().get(LogType.PERFORMANCE)) {
            events.add(read(entry.getMessage()).path("message"));
        }
        return events;
    }

    private static List<JsonNode> sinceTheLastNavigation(List<JsonNode> events) {
        List<JsonNode> last = new ArrayList<>();
        for (JsonNode event : events) {
            if (isNavigation(event)) {
                last.clear();
            }
            last.add(event);
        }
        return last;
    }

    private static boolean isNavigation(JsonNode event) {
        return event.path("method").asText().equals("Network.requestWillBeSent")
                && event.path("params").path("type").asText().equals("Document");
    }

    private Cost cost(String as, List<JsonNode> events) {
        String origin = origin();
        int bytes = 0;
        List<String> asked = new ArrayList<>();
        for (JsonNode event : events) {
            JsonNode params = event.path("params");
            if (event.path("method").asText().equals("Network.requestWillBeSent")) {
                asked.add(params.path("request").path("url").asText());
            }
            if (event.path("method").asText().equals("Network.loadingFinished")) {
                bytes += params.path("encodedDataLength").asInt();
            }
        }
        assertThat(asked)
                .as("requests of %s", as)
                .isNotEmpty()
                .allMatch(url -> url.startsWith(origin) || isPartOfTheBrowser(url));
        return new Cost(bytes, asked.size());
    }

    private String origin() {
        URI page = URI.create(browser.address());
        return page.getScheme() + "://" + page.getRawAuthority() + "/";
    }

    /** What Chromium draws its own controls with, such as the sign of a field for a day. */
    private static boolean isPartOfTheBrowser(String url) {
        return url.startsWith("data:image/svg+xml;base64,");
    }

    private static JsonNode read(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String axe() {
        try (InputStream script = Objects.requireNonNull(PageChecks.class.getResourceAsStream(AXE))) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
