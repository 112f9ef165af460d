package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The page of the API shows all of the document, and loads nothing but styles and the logo. */
class DocsPageTest {

    private static final int MOST_BYTES_SENT = 500_000;
    private static final Pattern ID = Pattern.compile(" id=\"([^\"]*)\"");
    private static final Pattern LINK = Pattern.compile("<a [^>]*href=\"([^\"]*)\"");

    private static House house;
    private static HttpResponse<String> answer;
    private static String page;

    @BeforeAll
    static void open() throws Exception {
        house = House.open();
        answer = house.getWithoutKey("/docs");
        page = answer.body();
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    private static List<String> all(Pattern pattern) {
        List<String> found = new ArrayList<>();
        Matcher matcher = pattern.matcher(page);
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }

    @Test
    void showsEveryOperationUnderItsOwnAddress() {
        assertThat(answer.statusCode()).isEqualTo(200);
        Set<String> ids = new HashSet<>(all(ID));
        for (ApiDocument.Route route : ApiDocument.routes(house)) {
            assertThat(ids)
                    .as(route.toString())
                    .contains(route.operation().path("operationId").asText());
            assertThat(page).contains("<code>" + route.path() + "</code>");
        }
    }

    @Test
    void everyLinkLeadsSomewhereOnThisHost() {
        List<String> ids = all(ID);
        List<String> links = all(LINK);

        assertThat(ids).doesNotHaveDuplicates();
        assertThat(links).hasSizeGreaterThan(200);
        for (String link : links) {
            if (link.startsWith("#")) {
                assertThat(ids).contains(link.substring(1));
            } else {
                assertThat(house.getWithoutKey(link).statusCode()).as(link).isEqualTo(200);
            }
        }
    }

    @Test
    void runsNoScriptAndLoadsOneStyleBesideThatOfAllPages() {
        assertThat(answer.headers().firstValue("Content-Security-Policy").orElse(""))
                .contains("default-src 'none'", "style-src 'self'")
                .doesNotContain("script-src", "connect-src", "unsafe");
        assertThat(page).doesNotContain("<script", "style=\"", "onclick", "@import");
        List<String> styles = all(Pattern.compile("<link rel=\"stylesheet\" href=\"([^\"]*)\""));
        assertThat(styles).hasSize(2).allMatch(style -> style.matches("/assets/(style|docs)-[0-9a-f]{16}[.]css"));
        for (String style : styles) {
            assertThat(house.getWithoutKey(style).body()).isNotEmpty().doesNotContain("url(", "@import");
        }
    }

    /** What is around it is in the reader's language, and says of the description which one that is. */
    @Test
    void tellsGermansThatTheDescriptionIsEnglish() {
        HttpResponse<String> german = house.exchange(house.request("/docs").header("Accept-Language", "de"));

        assertThat(german.headers().firstValue("Content-Language")).hasValue("de");
        assertThat(german.body())
                .contains(
                        "<html lang=\"de\">",
                        "Die Beschreibung ist auf Englisch",
                        "<nav id=\"contents\" aria-label=\"Inhalt\">")
                .contains("<ul lang=\"en\">", "tabindex=\"-1\" lang=\"en\">");
        assertThat(page).contains("<html lang=\"en\">").doesNotContain("auf Englisch");
    }

    /** An answer of a browser's page stands there as text. */
    @Test
    void showsMarkupInExamplesAsText() {
        assertThat(page).contains("&lt;!DOCTYPE html&gt;");
        assertThat(page.split("<!DOCTYPE html>", -1)).hasSize(2);
    }

    @Test
    void isSentInLessThanHalfAMegabyte() throws IOException {
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        try (GZIPOutputStream packed = new GZIPOutputStream(sent)) {
            packed.write(page.getBytes(StandardCharsets.UTF_8));
        }

        assertThat(sent.size()).isLessThan(MOST_BYTES_SENT);
    }

    @Test
    void hasALineForAShellForEveryOperationThatAShellCanAsk() {
        assertThat(page.split("<h4>Try it</h4>", -1)).hasSizeGreaterThan(40);
        assertThat(page)
                .contains(
                        "X-API-Key: $KEY",
                        house.uri("/api/v1/unified-health/overview/").toString());
    }
}
