package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.twins.browser.MemberBrowser;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A phone app's way with its member's own token: it asks for a link, the system's browser, which has cookies of its own, walks
 * it and opens the app again by an address of its scheme; the app asks until WHOOP is there, reads a day, and from then on only
 * what has changed.
 */
class PhoneAppTest {

    private static final String BEN = "demo-ben";
    private static final String UNIFIED = "/api/v1/unified-health/";
    private static final String APP = "holisticos://whoop/done?screen=health";

    private static House house;
    private static String token;

    @BeforeAll
    static void open() throws Exception {
        house = House.openWithTokensOfMembers(Map.of("RETURN_TO", "[\"holisticos:\"]"));
        token = house.sahha().memberToken(BEN);
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @Test
    void connectsInTheSystemsBrowserReturnsAndReadsFromThenOnWhatChanged() throws Exception {
        assertThat(read("overview/" + BEN).path("enhanced_with_whoop").asBoolean())
                .isFalse();
        assertThat(whoop().path("status").asText()).isEqualTo("not_connected");
        String since = read("changes/" + BEN).path("next").asText();

        HttpResponse<String> begun = asked("POST", "connect/whoop/" + BEN, "{\"return_to\":\"" + APP + "\"}");
        assertThat(begun.statusCode()).as(begun.body()).isEqualTo(200);
        URI link = URI.create(house.jsonOf(begun).path("connect_url").asText());
        long account = house.world().byUserId(BEN).orElseThrow().whoopUserId();

        MemberBrowser systemsBrowser = new MemberBrowser(); // shares neither cookies nor the token with the app
        HttpResponse<String> end = systemsBrowser.allow(link, account);
        assertThat(end.body()).contains("WHOOP is connected", "This is right, go on");
        assertThat(end.headers().firstValue("Content-Security-Policy").orElse(""))
                .contains("form-action 'self' holisticos:;");
        HttpResponse<String> back = systemsBrowser.press(end, 0);
        assertThat(back.headers().firstValue("Location")).hasValue(APP + "&status=connected");

        House.await(() -> whoop().path("status").asText().equals("ok"));
        JsonNode day = read("overview/" + BEN);
        assertThat(day.path("enhanced_with_whoop").asBoolean()).isTrue();
        assertThat(day.path("metrics").path("hrv.rmssd.sleep").path("source").asText())
                .isEqualTo("whoop");

        JsonNode changed = read("changes/" + BEN + "?since=" + encoded(since));
        assertThat(changed.path("changes").findValues("days").toString())
                .contains(day.path("date").asText());
        AtomicReference<String> next =
                new AtomicReference<>(changed.path("next").asText());
        House.await(
                () -> { // older days are still arriving
                    JsonNode more = read("changes/" + BEN + "?since=" + encoded(next.get()));
                    next.set(more.path("next").asText());
                    return more.path("changes").isEmpty();
                });
        assertThat(asked("GET", "overview/demo-anna", "").statusCode())
                .as("nobody else's")
                .isEqualTo(404);
    }

    private static JsonNode whoop() {
        for (JsonNode source : read("sources/" + BEN).path("sources")) {
            if (source.path("name").asText().equals("whoop")) {
                return source;
            }
        }
        throw new AssertionError("no source whoop");
    }

    private static JsonNode read(String path) {
        HttpResponse<String> answer = asked("GET", path, "");
        assertThat(answer.statusCode()).isEqualTo(200);
        return house.jsonOf(answer);
    }

    /** As the app asks. */
    private static HttpResponse<String> asked(String method, String path, String body) {
        return house.exchange(house.request(UNIFIED + path)
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body)));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
