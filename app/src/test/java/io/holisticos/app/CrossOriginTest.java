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
                    .containsExactlyInAnyOrder("ETag", "Retry-After", "WWW-Authenticate", "X-Request-Id");
            assertThat(other.headers().firstValue("Access-Control-Allow-Origin"))
                    .isEmpty();
            assertThat(own.statusCode()).isEqualTo(200);
            assertThat(refused(house)).as("neither the allowed one nor our own").isEqualTo(1);
        }
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
