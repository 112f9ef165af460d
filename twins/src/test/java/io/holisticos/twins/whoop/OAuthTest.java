package io.holisticos.twins.whoop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holisticos.twins.http.FaultKind;
import io.holisticos.twins.http.FaultRule;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OAuthTest {
    private static final String AUTH = "/oauth/oauth2/auth";
    private static final String TOKEN = "/oauth/oauth2/token";
    private static final String STATE = "0123456789abcdef";

    private final Twin twin = new Twin();

    @AfterEach
    void close() {
        twin.close();
    }

    @Test
    void consentPageWorksWithoutScriptAndPreselectsTheFirstWithoutAGrant() {
        twin.whoop.grant("demo-anna");

        String page = get(authorization(Map.of())).body();

        assertThat(page).contains("method=\"post\"").doesNotContain("<script");
        assertThat(page.indexOf("Allow access")).isLessThan(page.indexOf("Decline"));
        assertThat(page).contains("value=\"" + twin.id("demo-ben") + "\" checked");
        assertThat(page).contains("ben@example.com");
    }

    @Test
    void manyMembersAreAListToChooseFrom() {
        try (Twin crowded = new Twin(WhoopTwinOptions.of(WhoopApp.sandbox(Twin.REDIRECT)), 40)) {
            String page =
                    crowded.send(crowded.request(authorization(Map.of())).GET()).body();

            assertThat(page).contains("<select name=\"member\"").doesNotContain("type=\"radio\"");
            assertThat(page).contains("value=\"" + crowded.id("demo-anna") + "\" selected");
            assertThat(page).contains("demo-0040@example.com").doesNotContain("{body}", "{title}");
        }
    }

    @Test
    void aPostWithoutAChoiceCountsAsThePreselected() {
        twin.whoop.grant("demo-anna");

        HttpResponse<String> reply = decide(get(authorization(Map.of())).body(), Map.of());

        assertThat(reply.statusCode()).isEqualTo(302);
        assertThat(location(reply)).startsWith(Twin.REDIRECT + "?code=").endsWith("&state=" + STATE);
        HttpResponse<String> tokens = exchange(parameter(reply, "code"));
        String access = Twin.parse(tokens.body()).path("access_token").asText();
        assertThat(twin.json("/developer/v2/user/profile/basic", access)
                        .path("user_id")
                        .asLong())
                .isEqualTo(twin.id("demo-ben"));
        assertThat(twin.whoop.hasGrant("demo-ben")).isTrue();
    }

    @Test
    void tokenReplyIsLikeTheSample() {
        HttpResponse<String> tokens = exchange(consented("demo-chen"));

        var sample = Twin.parse(Twin.resource("oauth-token-success.json"));
        var body = Twin.parse(tokens.body());
        assertThat(body.fieldNames()).toIterable().containsExactlyElementsOf(() -> sample.fieldNames());
        assertThat(body.path("expires_in").asInt()).isEqualTo(3600);
        assertThat(body.path("scope")).isEqualTo(sample.path("scope"));
        assertThat(body.path("token_type")).isEqualTo(sample.path("token_type"));
        assertThat(body.path("access_token").asText()).matches("[\\w-]+\\.[\\w-]+");
        assertThat(tokens.headers().firstValue("Content-Type")).hasValue("application/json;charset=UTF-8");
        assertThat(tokens.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(tokens.headers().firstValue("Pragma")).hasValue("no-cache");
        assertThat(tokens.body()).startsWith("{\"access_token\":\"");
    }

    @Test
    void withoutOfflineThereIsNoRefreshToken() {
        String page = get(authorization(Map.of("scope", "read:profile"))).body();

        HttpResponse<String> tokens = exchange(parameter(decide(page, Map.of()), "code"));

        var sample = Twin.parse(Twin.resource("oauth-token-success-without-offline.json"));
        assertThat(Twin.parse(tokens.body()).fieldNames())
                .toIterable()
                .containsExactlyElementsOf(() -> sample.fieldNames());
    }

    @Test
    void aDeclineComesBackAsAccessDenied() {
        String page = get(authorization(Map.of())).body();

        HttpResponse<String> reply = decide(page, Map.of("decision", "decline"));

        assertThat(location(reply)).contains("error=access_denied").endsWith("&state=" + STATE);
    }

    @Test
    void aScopeTheAppLacksComesBackWithAnEmptyState() {
        HttpResponse<String> reply = get(authorization(Map.of("scope", "offline read:secrets")));

        assertThat(reply.statusCode()).isEqualTo(302);
        assertThat(location(reply))
                .contains("error=invalid_scope")
                .contains("error_hint=The+OAuth+2.0+Client+is+not+allowed+to+request+scope+%22read%3Asecrets%22.")
                .endsWith("&state=");
    }

    @Test
    void refusesWhatIsNotRegistered() {
        assertThat(get(authorization(Map.of("redirect_uri", Twin.REDIRECT + "/")))
                        .statusCode())
                .isEqualTo(400);
        assertThat(get(authorization(Map.of("client_id", "<b>other</b>"))).statusCode())
                .isEqualTo(401);
        assertThat(location(get(authorization(Map.of("state", "short"))))).contains("error=invalid_state");
        assertThat(location(get(authorization(Map.of("response_type", "token")))))
                .contains("error=unsupported_response_type");
    }

    @Test
    void aFullAppSaysSo() {
        twin.whoop.turn(twin.whoop.knobs().withMemberLimit(1));
        twin.whoop.grant("demo-anna");

        assertThat(get(authorization(Map.of())).body()).contains("This app has reached its user limit");
    }

    @Test
    void aCodeWorksOnceAndItsReuseRevokes() {
        String code = consented("demo-ben");
        String access = Twin.parse(exchange(code).body()).path("access_token").asText();

        HttpResponse<String> again = exchange(code);

        assertThat(again.statusCode()).isEqualTo(400);
        assertThat(Twin.parse(again.body()))
                .isEqualTo(Twin.parse(Twin.resource("oauth-error-400-invalid-grant.inferred.json")));
        assertThat(twin.get("/developer/v2/cycle", access).statusCode()).isEqualTo(401);
    }

    @Test
    void aCodeDiesAfterTenMinutesAndWithAnotherRedirect() {
        String late = consented("demo-ben");
        String elsewhere = consented("demo-ben");
        HttpResponse<String> other = twin.form(TOKEN, with(codeFields(elsewhere), "redirect_uri", "https://else"));
        twin.clock.advance(Duration.ofMinutes(10));

        HttpResponse<String> expired = exchange(late);

        assertThat(Twin.parse(expired.body()).path("error").asText()).isEqualTo("invalid_grant");
        assertThat(Twin.parse(other.body()).path("error").asText()).isEqualTo("invalid_request");
        assertThat(Twin.parse(other.body()).path("error_hint").asText()).startsWith("The \"redirect_uri\"");
    }

    @Test
    void refreshRotatesBothTokensAtOnce() {
        IssuedTokens old = twin.whoop.grant("demo-anna");

        HttpResponse<String> first = refresh(old.refreshToken());
        HttpResponse<String> second = refresh(old.refreshToken());

        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(twin.get("/developer/v2/cycle", old.accessToken()).statusCode())
                .isEqualTo(401);
        String access = Twin.parse(first.body()).path("access_token").asText();
        assertThat(twin.get("/developer/v2/cycle", access).statusCode()).isEqualTo(200);
        assertThat(second.statusCode()).isEqualTo(400);
        assertThat(Twin.parse(second.body()))
                .isEqualTo(Twin.parse(Twin.resource("oauth-error-400-spent-refresh-token.full-inferred.json")));
        assertThat(second.body()).startsWith("{\"error\":\"invalid_request\",\"error_description\":");
    }

    /** The example of RFC 7636, appendix B. */
    @Test
    void aChallengeIsIgnoredUnlessToldOtherwiseAndThenTheCodeNeedsItsVerifier() {
        Map<String, String> challenge = Map.of(
                "code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "code_challenge_method", "S256");
        String verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assertThat(exchange(codeOf(challenge)).statusCode()).isEqualTo(200);

        var usual = twin.whoop.knobs().tokens();
        twin.whoop.turn(twin.whoop
                .knobs()
                .with(new Knobs.Tokens(
                        usual.accessLifetime(),
                        usual.refreshLifetime(),
                        usual.codeLifetime(),
                        usual.spentRefreshError(),
                        usual.lostRaceStatus(),
                        usual.stateMinimum(),
                        true)));

        String code = codeOf(challenge);
        HttpResponse<String> without = exchange(code);
        assertThat(without.statusCode()).isEqualTo(400);
        assertThat(Twin.parse(without.body()).path("error").asText()).isEqualTo("invalid_grant");
        assertThat(exchange(codeOf(challenge), verifier.toUpperCase(Locale.ROOT))
                        .statusCode())
                .isEqualTo(400);
        assertThat(exchange(codeOf(Map.of()), verifier).statusCode()).isEqualTo(400);
        assertThat(exchange(code, verifier).statusCode()).isEqualTo(200);
        assertThat(exchange(codeOf(Map.of())).statusCode()).isEqualTo(200);
        assertThat(location(get(authorization(Map.of("code_challenge", verifier, "code_challenge_method", "plain")))))
                .contains("error=invalid_request");
    }

    @Test
    void knobsChangeHowDeadTokensAreRefused() {
        var usual = twin.whoop.knobs().tokens();
        IssuedTokens old = twin.whoop.grant("demo-anna");
        refresh(old.refreshToken());
        twin.whoop.turn(twin.whoop.knobs().with(new Knobs.Wire(true, false, 403, true)));

        var plain = Twin.parse(refresh(old.refreshToken()).body());
        twin.whoop.turn(twin.whoop
                .knobs()
                .with(new Knobs.Tokens(
                        usual.accessLifetime(),
                        usual.refreshLifetime(),
                        usual.codeLifetime(),
                        "invalid_grant",
                        500,
                        8,
                        false)));
        IssuedTokens raced = twin.whoop.grant("demo-anna");
        refresh(raced.refreshToken());
        var lost = refresh(raced.refreshToken());
        var unknown = refresh("never.issued");

        assertThat(plain).isEqualTo(Twin.parse(Twin.resource("oauth-error-400-spent-refresh-token.json")));
        assertThat(lost.statusCode()).isEqualTo(500);
        assertThat(Twin.parse(unknown.body()).path("error").asText()).isEqualTo("invalid_grant");
    }

    @Test
    void aDisabledScopeFailsTheRefresh() {
        IssuedTokens tokens = twin.whoop.grant("demo-anna");
        twin.whoop.register(twin.whoop.app().withScopes(Set.of("offline", "read:sleep")));

        var reply = Twin.parse(refresh(tokens.refreshToken()).body());

        assertThat(reply.path("error").asText()).isEqualTo("invalid_scope");
    }

    @Test
    void credentialsBelongIntoTheForm() {
        var basic = twin.send(twin.request(TOKEN)
                .header("Authorization", "Basic c2FuZGJveDpzZWNyZXQ=")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("grant_type=refresh_token&refresh_token=x")));
        var wrong = twin.form(TOKEN, with(refreshFields("x.y"), "client_secret", "wrong"));
        var unsupported = twin.form(TOKEN, with(refreshFields("x.y"), "grant_type", "password"));
        var json = twin.post(TOKEN, Map.of("grant_type", "refresh_token"));

        assertThat(basic.statusCode()).isEqualTo(401);
        assertThat(basic.body()).contains("client_secret_post");
        assertThat(wrong.statusCode()).isEqualTo(401);
        assertThat(Twin.parse(wrong.body()))
                .isEqualTo(Twin.parse(Twin.resource("oauth-error-401-invalid-client.inferred.json")));
        assertThat(Twin.parse(unsupported.body()).path("error").asText()).isEqualTo("unsupported_grant_type");
        assertThat(json.statusCode()).isEqualTo(400);
    }

    @Test
    void aLostReplyStillRotates() {
        IssuedTokens old = twin.whoop.grant("demo-anna");
        twin.whoop.faults().add(FaultRule.times(TOKEN, FaultKind.LOST_REFRESH_REPLY, 1));

        assertThatThrownBy(() -> refresh(old.refreshToken())).isInstanceOf(UncheckedIOException.class);

        assertThat(refresh(old.refreshToken()).statusCode()).isEqualTo(400);
    }

    @Test
    void accessTokensLiveAnHour() {
        IssuedTokens tokens = twin.whoop.grant("demo-anna");
        twin.clock.advance(Duration.ofHours(1));

        HttpResponse<String> reply = twin.get("/developer/v2/cycle", tokens.accessToken());

        assertThat(reply.statusCode()).isEqualTo(401);
        assertThat(reply.body())
                .isEqualTo(Twin.resource("error-401-data-api.txt").trim());
        assertThat(reply.headers().firstValue("Content-Type")).hasValue("text/plain");
        assertThat(refresh(tokens.refreshToken()).statusCode()).isEqualTo(200);
    }

    @Test
    void revokingKillsEveryToken() {
        IssuedTokens tokens = twin.whoop.grant("demo-anna");

        var reply = twin.send(twin.request("/developer/v2/user/access")
                .header("Authorization", "Bearer " + tokens.accessToken())
                .DELETE());

        assertThat(reply.statusCode()).isEqualTo(204);
        assertThat(reply.body()).isEmpty();
        assertThat(twin.get("/developer/v2/cycle", tokens.accessToken()).statusCode())
                .isEqualTo(401);
        assertThat(refresh(tokens.refreshToken()).statusCode()).isEqualTo(400);
        assertThat(twin.whoop.hasGrant("demo-anna")).isFalse();
    }

    private HttpResponse<String> get(String path) {
        return twin.send(twin.request(path).GET());
    }

    private String authorization(Map<String, String> changes) {
        Map<String, String> query = new LinkedHashMap<>();
        query.put("response_type", "code");
        query.put("client_id", "sandbox-client");
        query.put("redirect_uri", Twin.REDIRECT);
        query.put("scope", String.join(" ", Scopes.ALL));
        query.put("state", STATE);
        query.putAll(changes);
        return AUTH + "?" + Twin.encoded(query);
    }

    /** Posts the page's first form as a browser would, with its hidden fields. */
    private HttpResponse<String> decide(String page, Map<String, String> fields) {
        Matcher action =
                Pattern.compile("<form method=\"post\" action=\"([^\"]+)\"").matcher(page);
        Matcher hidden =
                Pattern.compile("name=\"challenge\" value=\"([^\"]+)\"").matcher(page);
        assertThat(action.find() && hidden.find()).isTrue();
        Map<String, String> form = new LinkedHashMap<>(fields);
        form.put("challenge", hidden.group(1));
        return twin.form(action.group(1), form);
    }

    private String consented(String member) {
        String page = get(authorization(Map.of())).body();
        return parameter(decide(page, Map.of("member", Long.toString(twin.id(member)), "decision", "allow")), "code");
    }

    private HttpResponse<String> exchange(String code) {
        return twin.form(TOKEN, codeFields(code));
    }

    private HttpResponse<String> exchange(String code, String codeVerifier) {
        return twin.form(TOKEN, with(codeFields(code), "code_verifier", codeVerifier));
    }

    private String codeOf(Map<String, String> changes) {
        String page = get(authorization(changes)).body();
        return parameter(decide(page, Map.of("decision", "allow")), "code");
    }

    private HttpResponse<String> refresh(String refreshToken) {
        return twin.form(TOKEN, refreshFields(refreshToken));
    }

    private static Map<String, String> codeFields(String code) {
        return with(
                with(with(credentials(), "grant_type", "authorization_code"), "code", code),
                "redirect_uri",
                Twin.REDIRECT);
    }

    private static Map<String, String> refreshFields(String refreshToken) {
        return with(
                with(with(credentials(), "grant_type", "refresh_token"), "refresh_token", refreshToken),
                "scope",
                "offline");
    }

    private static Map<String, String> credentials() {
        return Map.of("client_id", "sandbox-client", "client_secret", "sandbox-client-secret");
    }

    private static Map<String, String> with(Map<String, String> fields, String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(fields);
        more.put(name, value);
        return more;
    }

    private static String location(HttpResponse<String> reply) {
        return reply.headers().firstValue("Location").orElseThrow();
    }

    private static String parameter(HttpResponse<String> reply, String name) {
        Matcher found = Pattern.compile("[?&]" + name + "=([^&]*)")
                .matcher(URI.create(location(reply)).toString());
        assertThat(found.find()).isTrue();
        return found.group(1);
    }
}
