package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.testing.TokenIssuer;
import io.holisticos.web.ApiKeyStore;
import io.holisticos.web.Scope;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Members who sign in in their browsers, and connect links that work only there. */
class MembersSessionsTest {

    private static final String ANNA = "m-anna";
    private static final String BERT = "m-bert";
    private static final String CONNECT = "/api/v1/unified-health/connect/whoop/";

    private static MembersHouse house;

    @BeforeAll
    static void open() throws Exception {
        house = MembersHouse.open(Map.of("CONNECT_REQUIRE_SESSION", "true"));
        RunningApp.await(() -> signIn(ANNA).statusCode() == 200); // the provider's keys are there
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @Test
    void aMembersSessionIsTheMemberAndNobodyElse() {
        HttpResponse<String> signedIn = signIn(ANNA);
        String session = cookieOf(signedIn);

        assertThat(house.app().jsonOf(signedIn).path("user_id").asText()).isEqualTo(ANNA);
        assertThat(house.app().jsonOf(signedIn).path("scopes"))
                .extracting(scope -> scope.asText())
                .containsExactly("connect", "health:read", "preferences:write");
        assertThat(change("POST", CONNECT + ANNA, session).statusCode()).isEqualTo(200);

        Map<String, Long> before = house.stored();
        assertThat(change("POST", CONNECT + BERT, session).statusCode()).isEqualTo(404);
        assertThat(change("DELETE", CONNECT + BERT, session).statusCode()).isEqualTo(404);
        for (String path : new String[] {"overview/", "days/", "sources/", "changes/", "preferences/", "explain/"}) {
            HttpResponse<String> others = send("GET", "/api/v1/unified-health/" + path + BERT, "", "Cookie", session);
            HttpResponse<String> nobodys =
                    send("GET", "/api/v1/unified-health/" + path + "m-nobody", "", "Cookie", session);
            assertThat(others.statusCode()).as(path).isEqualTo(404);
            assertThat(others.body().replace(BERT, "m-nobody")).isEqualTo(nobodys.body());
        }
        assertThat(house.stored()).isEqualTo(before);
    }

    @Test
    void aMembersSessionEndsWithItsToken() {
        HttpResponse<String> signedIn = signIn(ANNA);
        String session = cookieOf(signedIn);
        Instant endsAt =
                Instant.parse(house.app().jsonOf(signedIn).path("expires_at").asText());
        Instant now = house.house().clock().instant();
        assertThat(endsAt).isAfter(now).isBefore(now.plus(Duration.ofHours(8)));

        house.house().clock().advance(Duration.between(now, endsAt));

        assertThat(change("POST", CONNECT + ANNA, session).statusCode()).isEqualTo(401);
    }

    @Test
    void aMemberSeesAndEndsTheirOwnSessionsOnly() {
        String here = cookieOf(signIn(ANNA));
        String there = cookieOf(signIn(ANNA));
        String others = cookieOf(signIn(BERT));

        assertThat(house.app()
                        .jsonOf(send("GET", "/session", "", "Cookie", others))
                        .path("sessions"))
                .allSatisfy(session -> assertThat(session.path("port").asText()).isEqualTo("api"));
        assertThat(change("DELETE", "/session/others", here).statusCode()).isEqualTo(204);

        assertThat(change("POST", CONNECT + ANNA, there).statusCode()).isEqualTo(401);
        assertThat(change("POST", CONNECT + BERT, others).statusCode()).isEqualTo(200);
        assertThat(house.app()
                        .jsonOf(send("GET", "/session", "", "Cookie", here))
                        .path("sessions"))
                .hasSize(1);
        HttpResponse<String> byToken = house.get(house.token(ANNA), "/session");
        assertThat(house.app()
                        .jsonOf(byToken)
                        .path("sessions")
                        .path(0)
                        .path("this_one")
                        .asBoolean())
                .isFalse();
    }

    @Test
    void aMembersSessionEndsWhenTheIssuerTakesTheKeyBackThatSignedItsToken() {
        TokenIssuer leaves = new TokenIssuer("leaves");
        house.publish(leaves);
        fetchKeysAgain();
        HttpResponse<String> signedIn = send(
                "POST",
                "/session",
                "",
                "Authorization",
                "Bearer " + leaves.token(ANNA, house.house().clock().instant()));
        String session = cookieOf(signedIn);
        assertThat(change("POST", CONNECT + ANNA, session).statusCode()).isEqualTo(200);

        house.publish(house.issuer());
        fetchKeysAgain();
        assertThat(signIn(ANNA).statusCode()).isEqualTo(200); // with a key that asks for the set anew

        assertThat(change("POST", CONNECT + ANNA, session).statusCode()).isEqualTo(401);
        assertThat(send("GET", "/session", "", "Cookie", session).statusCode()).isEqualTo(401);
    }

    private static void fetchKeysAgain() {
        house.house().clock().advance(Duration.ofSeconds(31));
    }

    @Test
    void noMemberSignsInOnTheAdminPortOrWithATokenThatIsNotAccepted() {
        String token = house.token(ANNA);

        assertThat(house.app()
                        .admin("POST", "/session", "", "Authorization", "Bearer " + token)
                        .statusCode())
                .isEqualTo(403);
        String forged = token.substring(0, token.length() - 4) + "AAAA";
        HttpResponse<String> refused = send("POST", "/session", "", "Authorization", "Bearer " + forged);
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.headers().firstValue("Set-Cookie")).isEmpty();
    }

    @Test
    void aLinkConnectsOnlyInTheBrowserInWhichItsMemberIsSignedIn() {
        URI link = linkFor(ANNA);
        String key = "key-" + System.nanoTime();
        new ApiKeyStore(house.app().sahhaDatabase.jdbi())
                .save(key, "service", Scope.ALL, house.house().clock().instant());
        String ended = cookieOf(signIn(ANNA));
        assertThat(change("DELETE", "/session", ended).statusCode()).isEqualTo(204);

        assertRefused(press(link, ""), "Please sign in first");
        assertRefused(press(link, "__Host-session=" + "A".repeat(43)), "Please sign in first");
        assertRefused(press(link, ended), "Please sign in first");
        assertRefused(press(link, cookieOf(send("POST", "/session", "", "X-API-Key", key))), "Please sign in first");
        assertRefused(press(link, cookieOf(signIn(BERT))), "This link is for somebody else");

        assertThat(press(link, cookieOf(signIn(ANNA))).statusCode()).isEqualTo(303);
    }

    private static void assertRefused(HttpResponse<String> page, String why) {
        assertThat(page.statusCode()).isEqualTo(403);
        assertThat(page.body()).contains(why).doesNotContain(ANNA, BERT);
        assertThat(page.headers().firstValue("Set-Cookie")).isEmpty();
    }

    private static URI linkFor(String member) {
        return URI.create(house.app()
                .jsonOf(house.app().send("POST", CONNECT + member, ""))
                .path("connect_url")
                .asText());
    }

    /** As the page's own button does. */
    private static HttpResponse<String> press(URI link, String cookies) {
        Matcher token = Pattern.compile("name=\"token\" value=\"([^\"]+)\"")
                .matcher(send("GET", link.getPath(), "").body());
        assertThat(token.find()).isTrue();
        String[] headers = {
            "Content-Type",
            "application/x-www-form-urlencoded",
            "Origin",
            house.app().url(),
            "Cookie",
            cookies + "; a=b"
        };
        return send(
                "POST", link.getPath(), "token=" + URLEncoder.encode(token.group(1), StandardCharsets.UTF_8), headers);
    }

    private static HttpResponse<String> signIn(String member) {
        return send("POST", "/session", "", "Authorization", "Bearer " + house.token(member));
    }

    private static String cookieOf(HttpResponse<String> signedIn) {
        assertThat(signedIn.statusCode()).as(signedIn.body()).isEqualTo(200);
        return signedIn.headers().firstValue("Set-Cookie").orElseThrow().split(";")[0];
    }

    /** As a script of our own page sends it. */
    private static HttpResponse<String> change(String method, String path, String cookies) {
        return send(method, path, "", "Cookie", cookies, "Origin", house.app().url(), "X-Requested-With", "fetch");
    }

    private static HttpResponse<String> send(String method, String path, String body, String... headers) {
        HttpRequest.Builder request = house.app()
                .request(path)
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return house.app().exchange(request);
    }
}
