package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.testing.LogLines;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What somebody can do who has a connect link, a callback's address or the browser of somebody else. */
class AttacksOnConsentsTest {

    private static final String MALLORY = "m-mallory";
    private static final String BEN = "demo-ben";
    private static final String DINA = "demo-dina";
    private static final HttpClient HTTP = HttpClient.newHttpClient(); // follows no redirect and keeps no cookie
    private static final Pattern SECRET_IN_ADDRESS = Pattern.compile("(?:/connect/|[?&](?:state|code)=)([^&\"]{20,})");

    private static House house;
    private static LogLines logged;
    private static final List<String> secrets = new ArrayList<>();

    @BeforeAll
    static void open() throws Exception {
        house = House.openWith(Map.of("RETURN_TO", "[\"https://app.example.com/back\"]", "WHOOP_PKCE", "true"));
        logged = LogLines.ofAll();
    }

    @AfterAll
    static void close() throws Exception {
        logged.close();
        house.close();
    }

    @AfterEach
    void noSecretIsWrittenAnywhere() {
        List<String> lines = logged.messages();
        secrets.forEach(secret -> assertThat(lines).noneMatch(line -> line.contains(secret)));
        assertThat(lines).noneMatch(line -> line.contains("<img"));
    }

    /** Log-in CSRF: the victim is to end up with the attacker's account. */
    @Test
    void aCallbackThatBeganInTheAttackersBrowserEndsInNoOther() throws Exception {
        Begun attackers = begin(MALLORY);
        HttpResponse<String> pressed = press(attackers);
        URI callback = consented(location(pressed), BEN);
        Begun victims = begin(BEN);
        HttpResponse<String> victimsPress = press(victims);

        for (String cookie : List.of("", cookie(victimsPress), "whoop_connect_x=y")) {
            HttpResponse<String> page = get(callback, cookie);
            assertThat(page.statusCode()).isEqualTo(400);
            assertThat(page.body()).contains("This was started in another browser");
            assertUnframed(page);
        }
        assertNobodyIsConnected();
    }

    /** The attacker reads the token of the page, and lets the victim's browser post it. */
    @Test
    void aLinkIsPostedByNoPageButOurs() throws Exception {
        Begun attackers = begin(MALLORY);
        String form = "token=" + encoded(token(get(attackers.link(), "")));
        long before = presses(MALLORY); // of other tests

        for (String[] page : List.of(
                new String[] {},
                new String[] {"Origin", "https://evil.example"},
                new String[] {"Origin", "null"},
                new String[] {"Origin", "null", "Sec-Fetch-Site", "cross-site"},
                new String[] {"Origin", house.uri("").toString(), "Sec-Fetch-Site", "cross-site"},
                new String[] {"Sec-Fetch-Site", "same-site"},
                new String[] {"Referer", attackers.link().toString()})) {
            HttpResponse<String> refused = post(attackers.link(), form, page);
            assertThat(refused.statusCode()).as(String.join(" ", page)).isEqualTo(403);
            assertThat(refused.headers().firstValue("Set-Cookie")).isEmpty();
            assertUnframed(refused);
        }
        assertThat(presses(MALLORY)).isEqualTo(before);
        assertThat(press(attackers).statusCode()).as("the page's own button").isEqualTo(303);
    }

    @Test
    void everyPageCanBeShownInNoFrame() throws Exception {
        Begun begun = begin(BEN);

        for (URI page : List.of(
                begun.link(),
                house.uri("/connect/no-such-link"),
                house.uri("/api/v1/whoop/callback"),
                house.uri("/api/v1/whoop/callback?error=access_denied&state="),
                house.uri("/api/v1/whoop/callback?code=a&state=b"))) {
            assertUnframed(get(page, ""));
        }
    }

    /** A code that is sent to WHOOP twice ends what it brought. */
    @Test
    void aCallbackThatIsReplayedIsNotBroughtToWhoopAgain() throws Exception {
        Begun begun = begin("demo-eve");
        HttpResponse<String> pressed = press(begun);
        URI callback = consented(location(pressed), "demo-eve");
        String cookie = cookie(pressed);
        assertThat(get(callback, cookie).statusCode()).isEqualTo(200);
        assertThat(house.whoop().hasGrant("demo-eve")).isTrue();

        assertThat(get(callback, cookie).statusCode()).isIn(400, 410);
        assertThat(get(callback, "").statusCode()).isEqualTo(400);
        assertThat(house.whoop().hasGrant("demo-eve")).isTrue();
        assertThat(house.jsonOf(house.get("/internal/oauth/status/demo-eve"))
                        .path("status")
                        .asText())
                .isEqualTo("active");
        house.send("DELETE", "/internal/oauth/disconnect/demo-eve", "");
    }

    /** RFC 6749, 3.1: whoever reads the other one of two would see another answer. */
    @Test
    void anAnswerOfTheProviderWithTwoReadingsIsNone() throws Exception {
        HttpResponse<String> pressed = press(begin(DINA));
        URI callback = consented(location(pressed), DINA);
        String code = callback.getRawQuery().replaceAll("(?:.*&)?code=([^&]*).*", "$1");
        String state = callback.getRawQuery().replaceAll("(?:.*&)?state=([^&]*).*", "$1");

        for (String more : List.of(
                "&code=another", "&state=another", "&code=" + code, "&state=" + state, "&state=", "&error=&error=a")) {
            HttpResponse<String> page = get(URI.create(callback + more), cookie(pressed));
            assertThat(page.statusCode()).as(more).isEqualTo(400);
            assertUnframed(page);
        }
        assertThat(house.whoop().hasGrant(DINA)).isFalse();
        assertThat(get(callback, cookie(pressed)).statusCode())
                .as("the answer itself")
                .isEqualTo(200);
        house.send("DELETE", "/internal/oauth/disconnect/" + DINA, "");
    }

    @Test
    void nothingThatTheProviderSaysIsPrinted() throws Exception {
        Begun begun = begin(BEN);
        HttpResponse<String> pressed = press(begun);
        String state = location(pressed).getRawQuery().replaceAll("(?:.*&)?state=([^&]*).*", "$1");
        String markup = encoded("<img src=x onerror=alert(1)>\r\nSet-Cookie: a=b");

        for (String query : List.of(
                "error=" + markup,
                "error=access_denied&error_description=" + markup + "&error_hint=" + markup,
                "error=access_denied&error_description=" + markup + "&state=" + markup,
                "error=server_error&error_uri=" + markup + "&state=" + state,
                "code=" + markup + "&state=" + markup,
                "code=" + markup + "&state=" + state + "&scope=" + markup)) {
            HttpResponse<String> page = get(house.uri("/api/v1/whoop/callback?" + query), cookie(pressed));
            assertThat(page.body()).doesNotContain("onerror", "<img src=x", "&lt;img", "alert");
            assertThat(page.headers().allValues("Set-Cookie")).noneMatch(value -> value.startsWith("a="));
            assertUnframed(page);
        }
        assertNobodyIsConnected();
    }

    @Test
    void aLineThatAReturnAddressWouldAddToTheAnswerIsRefused() {
        for (String returnTo : List.of(
                "https://app.example.com/back\\r\\nSet-Cookie: a=b",
                "https://app.example.com/back%0d%0aSet-Cookie:%20a=b",
                "https://app.example.com/back\\u2028x",
                "\\\\\\\\evil.example/back",
                "https:\\\\\\\\app.example.com\\\\back",
                "https://evil.example\\\\@app.example.com/back",
                "https://evil.example\\t@app.example.com/back")) {
            HttpResponse<String> answer = house.send(
                    "POST", "/api/v1/unified-health/connect/whoop/" + BEN, "{\"return_to\":\"" + returnTo + "\"}");
            assertThat(answer.statusCode()).as(returnTo).isEqualTo(400);
            assertThat(answer.body()).doesNotContain("evil");
        }
    }

    private record Begun(URI link) {}

    private static Begun begin(String userId) {
        JsonNode begun = house.jsonOf(house.send("POST", "/api/v1/unified-health/connect/whoop/" + userId, ""));
        noteSecrets(begun.path("connect_url").asText());
        noteSecrets(begun.path("authorization_url").asText());
        return new Begun(URI.create(begun.path("connect_url").asText()));
    }

    /** As the page's own button does. */
    private static HttpResponse<String> press(Begun begun) throws Exception {
        HttpResponse<String> pressed = post(
                begun.link(),
                "token=" + encoded(token(get(begun.link(), ""))),
                "Origin",
                begun.link().getScheme() + "://" + begun.link().getRawAuthority());
        noteSecrets(pressed.headers().firstValue("Location").orElse(""));
        return pressed;
    }

    /** The address at which WHOOP sends the browser back to us. */
    private static URI consented(URI authorizationUrl, String whoopMember) throws Exception {
        assertThat(authorizationUrl.getQuery()).contains("code_challenge_method=S256");
        URI callback = house.whoop().allow(whoopMember, authorizationUrl);
        noteSecrets(callback.toString());
        return callback;
    }

    private static void noteSecrets(String address) {
        Matcher found = SECRET_IN_ADDRESS.matcher(address);
        while (found.find()) {
            secrets.add(found.group(1));
        }
    }

    private static String token(HttpResponse<String> page) {
        Matcher token = Pattern.compile("name=\"token\" value=\"([^\"]+)\"").matcher(page.body());
        assertThat(token.find()).isTrue();
        return token.group(1);
    }

    private static String cookie(HttpResponse<String> answer) {
        return answer.headers().firstValue("Set-Cookie").orElseThrow().split(";")[0];
    }

    private static URI location(HttpResponse<String> answer) {
        return URI.create(answer.headers().firstValue("Location").orElseThrow());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static HttpResponse<String> get(URI at, String cookie) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(at).timeout(RunningApp.PATIENCE);
        if (!cookie.isEmpty()) {
            request.header("Cookie", cookie);
        }
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    private static HttpResponse<String> post(URI at, String form, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(at)
                .timeout(RunningApp.PATIENCE)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    private static void assertUnframed(HttpResponse<String> page) {
        assertThat(page.headers().firstValue("Content-Type").orElse("")).startsWith("text/html");
        assertThat(page.headers().firstValue("X-Frame-Options")).hasValue("DENY");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
                .contains("default-src 'none'", "frame-ancestors 'none'");
        assertThat(page.body()).doesNotContain("<script");
    }

    private static void assertNobodyIsConnected() {
        assertThat(count("select count(*) from whoop_connection where user_id in ('" + MALLORY + "', '" + BEN + "')"))
                .isZero();
        assertThat(house.whoop().hasGrant(BEN)).isFalse();
    }

    private static long presses(String userId) {
        return count("select count(*) from whoop_press p join whoop_authorization a on a.link_hash = p.link_hash"
                + " where a.user_id = '" + userId + "'");
    }

    private static long count(String sql) {
        return house.whoopDatabase()
                .jdbi()
                .withHandle(handle -> handle.createQuery(sql).mapTo(Long.class).one());
    }
}
