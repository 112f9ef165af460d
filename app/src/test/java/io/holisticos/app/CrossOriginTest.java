package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which web front ends may read our answers in a browser, and that operators see who may not. */
class CrossOriginTest {

    private static final String METRIC = "cross_origin.refused";

    @Test
    void aConfiguredOriginIsAllowedAndOthersAreCounted() throws Exception {
        try (House house = House.openWith(Map.of("ALLOWED_ORIGINS", "https://app.example.com"))) {
            HttpResponse<String> allowed = health(house, "https://app.example.com");
            HttpResponse<String> other = health(house, "https://evil.example.com");
            HttpResponse<String> own = health(house, "http://" + house.uri("/").getAuthority());

            assertThat(allowed.headers().firstValue("Access-Control-Allow-Origin"))
                    .contains("https://app.example.com");
            assertThat(exposed(allowed))
                    .containsExactlyInAnyOrder(
                            "ETag", "RateLimit", "RateLimit-Policy", "Retry-After", "WWW-Authenticate", "X-Request-Id");
            assertThat(other.headers().firstValue("Access-Control-Allow-Origin"))
                    .isEmpty();
            assertThat(own.statusCode()).isEqualTo(200);
            assertThat(refused(house)).as("neither the allowed one nor our own").isEqualTo(1);
        }
    }

    /** No origin but the very one that is listed is allowed, neither to ask first nor to read. */
    @Test
    void originsThatOnlyLookLikeAnAllowedOneAreNot() throws Exception {
        try (House house = House.openWith(Map.of("ALLOWED_ORIGINS", "https://app.example.com,http://localhost:5173"))) {
            for (String good : List.of("https://app.example.com", "http://localhost:5173")) {
                assertThat(allowedBy(house, "GET", good)).containsExactly(good);
                assertThat(allowedBy(house, "OPTIONS", good)).containsExactly(good);
            }
            for (String bad : List.of(
                    "null",
                    "*",
                    "https://app.example.com.evil.example",
                    "https://evil-app.example.com",
                    "https://evil.app.example.com",
                    "https://app.example.com:443",
                    "https://app.example.com:8443",
                    "http://app.example.com",
                    "HTTPS://APP.EXAMPLE.COM",
                    "https://App.example.com",
                    "https://app.example.com/",
                    "https://app.example.com.",
                    "https://appXexample.com",
                    "https://user@app.example.com",
                    "https://evil.example https://app.example.com",
                    "https://app.example.com https://evil.example",
                    "https://app.example.com, https://evil.example",
                    "app.example.com",
                    "http://localhost",
                    "http://localhost:51730",
                    "http://127.0.0.1:5173",
                    "file://")) {
                assertThat(allowedBy(house, "GET", bad)).as(bad).isEmpty();
                assertThat(allowedBy(house, "OPTIONS", bad)).as(bad).isEmpty();
            }
        }
    }

    /** What the answer allows, with a word if it allows credentials, which it never does. */
    private static List<String> allowedBy(House house, String method, String origin) throws Exception {
        RawRequest.Answer answer = RawRequest.send(
                house.uri(""),
                method,
                "/api/v1/unified-health/overview/nobody",
                "Origin: " + origin,
                "Access-Control-Request-Method: GET",
                "Access-Control-Request-Headers: authorization");
        assertThat(answer.headers()).doesNotContainKey("access-control-allow-credentials");
        return Stream.ofNullable(answer.headers().get("access-control-allow-origin"))
                .toList();
    }

    @Test
    void withoutConfigurationEveryOtherOriginIsCountedAndTheAnswerIsAsItWas() throws Exception {
        try (House house = House.open()) {
            String plain = house.getWithoutKey("/health").body();

            for (String origin : new String[] {"https://app.example.com", "null", "x".repeat(300)}) {
                HttpResponse<String> answer = health(house, origin);
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.body()).isEqualTo(plain);
                assertThat(answer.headers().firstValue("Access-Control-Allow-Origin"))
                        .isEmpty();
            }

            assertThat(refused(house)).isEqualTo(3);
        }
    }

    /** As a browser does that comes back from WHOOP's page, or sends the form on ours; one of long ago says less of it. */
    @Test
    void whoeverGoesToAPageIsNoScriptOfAnotherOrigin() throws Exception {
        try (House house = House.open()) {
            for (String[] headers : new String[][] {
                {"Sec-Fetch-Mode", "navigate", "Accept", "text/html,*/*;q=0.8"},
                {"Sec-Fetch-Mode", "no-cors", "Accept", "image/png"},
                {"Accept", "text/html,application/xhtml+xml,*/*;q=0.8"},
                {"Accept", "*/*"}
            }) {
                house.exchange(house.request("/api/v1/whoop/callback")
                        .header("Origin", "https://api.prod.whoop.com")
                        .headers(headers));
            }
            assertThat(refused(house)).isZero();

            house.exchange(house.request("/health")
                    .header("Origin", "https://api.prod.whoop.com")
                    .headers("Sec-Fetch-Mode", "cors", "Accept", "text/html"));
            assertThat(refused(house)).isEqualTo(1);
        }
    }

    /** What a script of the other origin may read beside what it always may. */
    private static List<String> exposed(HttpResponse<String> answer) {
        return answer.headers().allValues("Access-Control-Expose-Headers").stream()
                .flatMap(names -> Stream.of(names.split(", *")))
                .toList();
    }

    private static HttpResponse<String> health(House house, String origin) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(house.uri("/health"))
                                .header("Origin", origin)
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    private static long refused(House house) {
        return house.jsonOf(house.admin("GET", "/metrics", ""))
                .path("meters")
                .path(METRIC)
                .path("count")
                .asLong(-1);
    }
}
