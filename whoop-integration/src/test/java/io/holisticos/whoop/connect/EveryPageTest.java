package io.holisticos.whoop.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.pages.Page;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every page that a member may meet, as HTML in both languages. {@code PagesInABrowserTest} looks at them in a browser. */
class EveryPageTest {

    private static final Pattern FIRST_FORM = Pattern.compile(
            "<form method=\"post\" action=\"[^\"]+\" class=\"first\">\\s*<input type=\"hidden\" name=\"token\" value=\"[^\"]+\">\\s*<button name=\"([^\"]+)\" value=\"([^\"]+)\">");

    private static Gallery gallery;

    @BeforeAll
    static void open() throws Exception {
        gallery = new Gallery();
    }

    @AfterAll
    static void close() {
        gallery.close();
    }

    static Set<String> names() {
        return Gallery.pages().keySet();
    }

    @ParameterizedTest
    @MethodSource("names")
    void saysWhatHappenedAndWhatToDoNextInBothLanguages(String name) throws Exception {
        Page page = Gallery.pages().get(name);
        String english = look(name, "en").body();
        String german = look(name, "de-AT,de;q=0.9,en;q=0.5").body();

        assertThat(look(name, "en").statusCode()).isEqualTo(page.status());
        assertThat(english)
                .contains("<html lang=\"en\">")
                .containsOnlyOnce("<h1>")
                .containsOnlyOnce("<main>");
        assertThat(german)
                .contains("<html lang=\"de\">")
                .containsOnlyOnce("<h1>")
                .containsOnlyOnce("<main>");
        assertThat(heading(english)).isNotEqualTo(heading(german));
        assertThat(List.of(english, german))
                .allMatch(html -> html.contains("</html>") && html.contains(" · Unified Health</title>"))
                .noneMatch(
                        html -> html.contains("<script") || html.contains("style=\"") || html.contains("<img src=x"));
        boolean leads = english.contains("<button") || english.contains("<a class=\"button");
        assertThat(leads || english.contains("You can close this page."))
                .as("what to do")
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"link-new", "link-connected", "end-connected", "end-to-app", "end-awaiting-confirmation"})
    void theFirstButtonOfTheFirstFormIsThePositiveAct(String name) throws Exception {
        var first = FIRST_FORM.matcher(look(name, "en").body());

        assertThat(first.find()).isTrue();
        assertThat(first.group(1) + "=" + first.group(2))
                .isIn("connect=whoop", "answer=keep", "answer=replace")
                .isNotEqualTo(name.contains("confirmation") ? "answer=keep" : "answer=replace");
    }

    @Test
    void markupIsTextAndARightToLeftNameTurnsNothingAroundIt() throws Exception {
        assertThat(look("link-markup", "en").body())
                .contains("&lt;img src=x onerror=alert(1)&gt; &amp; &quot;more&quot;");
        assertThat(look("end-hebrew", "en").body())
                .contains("WHOOP of <bdi>מרים כ.</bdi> now belongs to <bdi>" + Gallery.HEBREW + "</bdi>.");
        assertThat(look("end-connected", "en").body())
                .contains("WHOOP of Ben S. now belongs to Ben&#39;s account (de…en).");
    }

    @Test
    void aWaitIsToldInWords() throws Exception {
        assertThat(look("refused-busy-minutes", "en").body()).contains("about 12 minutes");
        assertThat(look("refused-busy-hours", "de").body()).contains("etwa 7 Stunden");
    }

    @ParameterizedTest
    @ValueSource(strings = {"refused-later", "refused-other_page", "refused-not_signed_in", "refused-switched_off"})
    void whereTheSameLinkMayHelpLaterThePageLeadsToIt(String name) throws Exception {
        assertThat(look(name, "en").body()).contains("href=\"/connect/aaaa", ">Try again</a>");
        assertThat(look("refused-expired", "en").body()).doesNotContain("/connect/");
    }

    @Test
    void cachesKeepLanguagesApartAndNoPage() throws Exception {
        HttpResponse<String> page = look("link-new", "de");

        assertThat(page.headers().firstValue("Vary").orElse("")).contains("Accept-Language");
        assertThat(page.headers().firstValue("Content-Language")).hasValue("de");
        assertThat(page.headers().firstValue("Cache-Control")).hasValue("no-store");
    }

    @Test
    void whatAPageLoadsIsKeptForGoodAndTheLogoRunsNothing() throws Exception {
        String html = look("link-new", "en").body();
        String style = html.replaceAll("(?s).*rel=\"stylesheet\" href=\"([^\"]*)\".*", "$1");
        String logo = html.replaceAll("(?s).*<img src=\"([^\"]*)\".*", "$1");

        HttpResponse<String> css = load(style);
        assertThat(css.statusCode()).isEqualTo(200);
        assertThat(css.headers().firstValue("Content-Type").orElse("")).startsWith("text/css");
        assertThat(css.headers().firstValue("Cache-Control")).hasValue("public, max-age=31536000, immutable");
        assertThat(load(style, "If-None-Match", css.headers().firstValue("ETag").orElseThrow())
                        .statusCode())
                .isEqualTo(304);
        assertThat(load(logo).headers().firstValue("Content-Security-Policy").orElse(""))
                .contains("default-src 'none'", "sandbox");
    }

    /** While replicas of two versions serve, a page may come from one and ask the other for its files. */
    @Test
    void aFileOfAnotherVersionIsAnsweredWithThisOnesAndKeptByNobody() throws Exception {
        String style = look("link-new", "en").body().replaceAll("(?s).*rel=\"stylesheet\" href=\"([^\"]*)\".*", "$1");

        HttpResponse<String> ofAnother = load("/assets/style-0000000000000000.css");

        assertThat(ofAnother.statusCode()).isEqualTo(200);
        assertThat(ofAnother.body()).isEqualTo(load(style).body());
        assertThat(ofAnother.headers().allValues("Cache-Control")).containsExactly("no-store");
        assertThat(ofAnother.headers().firstValue("ETag")).isEmpty();
        for (String unknown :
                List.of("style.css", "style-0.css", "style-0000000000000000.js", "else-0000000000000000.css")) {
            assertThat(load("/assets/" + unknown).statusCode()).as(unknown).isEqualTo(404);
        }
    }

    @Test
    void everyTextIsShownOnSomePage() throws Exception {
        Map<String, String> texts = texts();
        StringBuilder all = new StringBuilder();
        for (String name : names()) {
            all.append(look(name, "en").body());
        }
        Set<String> unseen = new TreeSet<>();
        texts.forEach((key, text) -> {
            String shown = text.replaceAll("\\{[a-z]+}.*", "").strip();
            if (!all.toString().replace("&#39;", "'").contains(shown)) {
                unseen.add(key);
            }
        });

        assertThat(unseen).isEmpty();
    }

    private static Map<String, String> texts() throws IOException {
        Properties texts = new Properties();
        try (InputStream file = ConnectPage.class.getResourceAsStream("texts_en.properties")) {
            texts.load(new InputStreamReader(file, StandardCharsets.UTF_8));
        }
        Map<String, String> byKey = new TreeMap<>();
        texts.stringPropertyNames().forEach(key -> byKey.put(key, texts.getProperty(key)));
        return byKey;
    }

    private static String heading(String html) {
        return html.replaceAll("(?s).*<h1>(.*?)</h1>.*", "$1");
    }

    private static HttpResponse<String> load(String path, String... headers) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(gallery.address("")).resolve(path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
    }

    private static HttpResponse<String> look(String name, String language) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(gallery.address(name)))
                                .header("Accept-Language", language)
                                .build(),
                        BodyHandlers.ofString());
    }
}
