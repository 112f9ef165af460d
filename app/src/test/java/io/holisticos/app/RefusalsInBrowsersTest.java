package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever opens a page in a browser and is refused before any page was asked reads words, and programs their problem. */
class RefusalsInBrowsersTest {

    private static final String BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

    private static House house;

    @BeforeAll
    static void open() throws Exception {
        house = House.openWith(Map.of("LIMIT_ADDRESS", "1"));
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/explore",
                "/docs",
                "/connect/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                "/api/v1/whoop/callback?state=x"
            })
    void aBrowserThatAsksTooOftenIsToldSoByAPage(String path) {
        HttpResponse<String> refused = refused(path, BROWSER, "de");

        assertThat(refused.headers().firstValue("Content-Type").orElse("")).startsWith("text/html");
        assertThat(refused.body()).contains("<html lang=\"de\">", "Das war zu oft", " s noch einmal", "</html>");
        assertThat(refused.headers().allValues("Content-Security-Policy"))
                .singleElement()
                .asString()
                .contains("default-src 'none'");
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        assertThat(refused.headers().firstValue("Cache-Control")).hasValue("no-store");
    }

    @Test
    void aProgramIsToldItsProblem() {
        HttpResponse<String> refused = refused("/explore", "*/*", "de");

        assertThat(refused.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        assertThat(house.jsonOf(refused).path("code").asText()).isEqualTo("too_many_requests");
    }

    @Test
    void theDataOfAPageStayAProblemForItsScript() {
        HttpResponse<String> refused = refused("/api/v1/unified-health/overview/demo-anna", BROWSER, "en");

        assertThat(refused.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
    }

    /** The server gives whoever answers neither the method nor a header of a request that it cannot read: nobody is known by them. */
    @ParameterizedTest
    @CsvSource({"/connect/%zz,400", "LONG,414", "HEADERS,431"})
    void whatTheServerCannotReadIsAProblemForEverybody(String what, int status) throws Exception {
        String target =
                what.equals("LONG") ? "/connect/" + "a".repeat(20_000) : what.equals("HEADERS") ? "/explore" : what;
        String more = what.equals("HEADERS") ? "Cookie: a=" + "b".repeat(20_000) : "X-A: b";

        RawRequest.Answer answer = RawRequest.send(house.uri(""), "GET", target, "Accept: " + BROWSER, more);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.headers().get("content-type")).endsWith("json");
        assertThat(answer.headers().get("content-security-policy")).contains("default-src 'none'");
    }

    /** The first answer beyond the limit. */
    private static HttpResponse<String> refused(String path, String accept, String language) {
        for (int i = 0; i < 200; i++) {
            HttpResponse<String> answer = house.exchange(house.request(path)
                    .header("Accept", accept)
                    .header("Accept-Language", language)
                    .GET());
            if (answer.statusCode() == 429) {
                return answer;
            }
        }
        throw new AssertionError("never too often");
    }
}
