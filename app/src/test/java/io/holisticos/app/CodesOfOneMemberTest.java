package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.app.ScriptedServer.Reply;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * One member presses the button behind links again and again, and comes back each time with a code that WHOOP never gave.
 * Nobody else may notice.
 */
class CodesOfOneMemberTest {

    private static final String MALLORY = "m-mallory";
    private static final String CODE = "made-up";
    private static final Pattern TOKEN = Pattern.compile("name=\"token\" value=\"([^\"]+)\"");
    private static final HttpClient HTTP = HttpClient.newHttpClient(); // follows no redirect and keeps no cookie

    private ScriptedHouse house;

    @BeforeEach
    void open() throws Exception {
        house = ScriptedHouse.open();
        house.connectAndSyncAll("m-honest", 100);
        house.clock().advance(Duration.ofMinutes(61)); // the access token has run out
    }

    @AfterEach
    void close() throws Exception {
        house.close();
    }

    @Test
    void codesThatComeBackAllAtOnceKeepNoTokenFromBeingRefreshed() throws Exception {
        house.whoop().answerCode(CODE, refused().after(Duration.ofSeconds(2)));
        List<CameBack> cameBack = presses(45);

        List<Integer> statuses = openedAtOnce(cameBack, 12); // as many as there is room for

        assertThat(isRefreshed("m-honest")).isTrue();
        assertThat(breaker("WHOOP_TOKEN")).isEqualTo("CLOSED");
        assertThat(breaker("WHOOP_CODE")).isEqualTo("CLOSED");
        assertThat(house.connect("m-another", 101).path("status").asText()).isEqualTo("active");
        assertThat(statuses)
                .contains(400) // one was brought to WHOOP
                .containsOnly(400, 409, 429);
    }

    @Test
    void aMemberAtWhoseCodesWhoopFailsKeepsNobodyElseFromConnecting() throws Exception {
        house.whoop().answerCode(CODE, Reply.status(503));
        List<CameBack> cameBack = presses(45);

        for (CameBack one : cameBack) {
            assertThat(opened(one)).isIn(503, 429);
        }

        assertThat(breaker("WHOOP_CODE")).isEqualTo("CLOSED");
        assertThat(house.connect("m-another", 101).path("status").asText()).isEqualTo("active");
        assertThat(isRefreshed("m-honest")).isTrue();
        assertThat(house.whoop().codesAsked()).isLessThan(10);
    }

    @Test
    void codesThatWhoopRefusesCountForNoBreaker() throws Exception {
        house.whoop().answerCode(CODE, refused());

        IntStream.range(0, 40).forEach(i -> assertThat(brought("m-" + i)).isEqualTo(400));

        assertThat(gauge("WHOOP_CODE", "countBadRequests")).isEqualTo(40);
        assertThat(gauge("WHOOP_CODE", "errorPercentage")).isZero();
        assertThat(breaker("WHOOP_CODE")).isEqualTo("CLOSED");
    }

    /** An outage of WHOOP's at the codes of many members. */
    @Test
    void whoopFailingAtTheCodesOfManyIsNotHeldAgainstRefreshes() throws Exception {
        house.whoop().answerCode(CODE, Reply.status(503));

        IntStream.range(0, 40).forEach(i -> assertThat(brought("m-" + i)).isEqualTo(503));

        assertThat(breaker("WHOOP_CODE")).isEqualTo("OPEN");
        assertThat(isRefreshed("m-honest")).isTrue();
        assertThat(breaker("WHOOP_TOKEN")).isEqualTo("CLOSED");
    }

    /** No authorization server gives out such a code (RFC 6749, A.11), and none has to judge it. */
    @Test
    void whatCannotBeACodeIsNotBroughtToWhoop() throws Exception {
        CameBack pressed = presses(1).get(0);
        long before = house.whoop().codesAsked();

        for (String code : List.of("two words", "zeile\n", "\u00fcmlaut", "x".repeat(2_001))) {
            CameBack odd = new CameBack(
                    URI.create(pressed.callback().toString().replace(CODE, encoded(code))), pressed.cookie());
            assertThat(opened(odd)).isIn(400, 410);
        }

        assertThat(house.whoop().codesAsked()).isEqualTo(before);
    }

    private record CameBack(URI callback, String cookie) {}

    /** As many presses of the member as are accepted, of up to so many, by as many links as it takes. */
    private List<CameBack> presses(int most) throws Exception {
        List<CameBack> all = new ArrayList<>();
        for (int link = 0; link < 3; link++) {
            JsonNode begun =
                    house.app().jsonOf(house.app().send("POST", "/api/v1/unified-health/connect/whoop/" + MALLORY, ""));
            URI at = URI.create(begun.path("connect_url").asText());
            Matcher token = TOKEN.matcher(HTTP.send(HttpRequest.newBuilder(at).build(), BodyHandlers.ofString())
                    .body());
            assertThat(token.find()).isTrue();
            HttpRequest press = HttpRequest.newBuilder(at)
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .header("Origin", at.getScheme() + "://" + at.getRawAuthority())
                    .POST(BodyPublishers.ofString("token=" + encoded(token.group(1))))
                    .build();
            for (int i = 0; i < 15 && all.size() < most; i++) {
                HttpResponse<Void> pressed = HTTP.send(press, BodyHandlers.discarding());
                assertThat(pressed.statusCode()).isEqualTo(303);
                String state = pressed.headers()
                        .firstValue("Location")
                        .orElseThrow()
                        .replaceAll(".*[?&]state=([^&]*).*", "$1");
                all.add(new CameBack(
                        house.app().uri("/api/v1/whoop/callback?code=" + CODE + "&state=" + state),
                        pressed.headers().firstValue("Set-Cookie").orElseThrow().split(";")[0]));
            }
        }
        return all;
    }

    private static List<Integer> openedAtOnce(List<CameBack> all, int atOnce) throws Exception {
        ExecutorService browsers = Executors.newFixedThreadPool(atOnce);
        try {
            List<Integer> statuses = new ArrayList<>();
            List<Callable<Integer>> tasks = all.stream()
                    .<Callable<Integer>>map(one -> () -> opened(one))
                    .toList();
            for (Future<Integer> status : browsers.invokeAll(tasks)) {
                statuses.add(status.get());
            }
            return statuses;
        } finally {
            browsers.shutdownNow();
        }
    }

    private static int opened(CameBack one) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(one.callback())
                .timeout(RunningApp.PATIENCE)
                .header("Cookie", one.cookie())
                .build();
        return HTTP.send(request, BodyHandlers.ofString()).statusCode();
    }

    /** A service brings the code for this member. */
    private int brought(String userId) {
        String state = house.app()
                .jsonOf(house.app().send("POST", "/internal/oauth/initiate", "{\"user_id\":\"" + userId + "\"}"))
                .path("state")
                .asText();
        return house.app()
                .send("POST", "/internal/oauth/callback", "{\"code\":\"" + CODE + "\",\"state\":\"" + state + "\"}")
                .statusCode();
    }

    private boolean isRefreshed(String userId) {
        return house.app()
                .jsonOf(house.app().send("POST", "/internal/oauth/validate/" + userId, ""))
                .path("valid")
                .asBoolean();
    }

    private String breaker(String command) {
        return house.app()
                .jsonOf(house.app().admin("GET", "/tenacity/circuitbreakers/" + command, ""))
                .path("state")
                .asText();
    }

    private int gauge(String command, String name) {
        return house.app()
                .jsonOf(house.app().admin("GET", "/metrics", ""))
                .path("gauges")
                .path("TENACITY." + command + "." + name)
                .path("value")
                .asInt(-1);
    }

    private static Reply refused() {
        return Reply.of(400, "application/json", "{\"error\":\"invalid_grant\"}");
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
