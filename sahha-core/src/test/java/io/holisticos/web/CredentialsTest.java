package io.holisticos.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a request shows, in whichever header. */
class CredentialsTest {

    private static final String KEY = "uhk_a-key-of_the-dashboard";
    private static final String TOKEN = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.";

    private final Map<String, List<String>> headers = new HashMap<>();

    @Test
    void nothingIsShownWithoutAHeader() {
        assertThat(shown()).isEqualTo(new Credentials.None());
        headers.put("X-API-Key", List.of());
        assertThat(shown()).isEqualTo(new Credentials.None());
    }

    @Test
    void aKeyComesInThreeWays() {
        assertThat(shownBy("X-API-Key", KEY)).isEqualTo(new Credentials.Key(KEY));
        assertThat(shownBy("Authorization", "Bearer " + KEY)).isEqualTo(new Credentials.Key(KEY));
        assertThat(shownBy("Authorization", "bearer   " + KEY + " ")).isEqualTo(new Credentials.Key(KEY));
        assertThat(shownBy("Authorization", basic("prometheus:" + KEY))).isEqualTo(new Credentials.Key(KEY));
        assertThat(shownBy("Authorization", basic(":" + KEY).replace("Basic", "BASIC")))
                .isEqualTo(new Credentials.Key(KEY));
        assertThat(shownBy("Authorization", basic("a:b:c"))).isEqualTo(new Credentials.Key("b:c"));
    }

    @Test
    void aTokenIsToldByItsForm() {
        assertThat(shownBy("Authorization", "Bearer " + TOKEN)).isEqualTo(new Credentials.Token(TOKEN));
        assertThat(shownBy("Authorization", "Bearer a.b.c")).isInstanceOf(Credentials.Key.class);
        assertThat(shownBy("X-API-Key", TOKEN)).isInstanceOf(Credentials.Key.class);
    }

    @Test
    void theCookieOfThePortCountsWhereNoHeaderIsSent() {
        headers.put("Cookie", List.of("other=1; __Host-session=a-secret; __Host-admin-session=another", "more=2"));

        assertThat(shownOn(SessionPort.API)).isInstanceOfSatisfying(Credentials.Session.class, session -> {
            assertThat(session.text()).isEqualTo("a-secret");
            assertThat(session.port()).isEqualTo(SessionPort.API);
            assertThat(session.toString()).doesNotContain("a-secret");
        });
        assertThat(shownOn(SessionPort.ADMIN))
                .isInstanceOfSatisfying(
                        Credentials.Session.class,
                        session -> assertThat(session.text()).isEqualTo("another"));
        headers.put("X-API-Key", List.of(KEY));
        assertThat(shownOn(SessionPort.API)).isEqualTo(new Credentials.Key(KEY));
        headers.put("X-API-Key", List.of(""));
        assertThat(shownOn(SessionPort.API)).as("an empty header is one").isEqualTo(new Credentials.Key(""));
        headers.remove("X-API-Key");
        headers.put("Authorization", List.of("Digest x"));
        assertThat(shownOn(SessionPort.API)).isInstanceOf(Credentials.Unreadable.class);
    }

    @Test
    void onlyAReadIsNoChange() {
        headers.put("Cookie", List.of("__Host-session=a-secret"));

        for (String method : List.of("GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH", "TRACE", "get")) {
            assertThat(((Credentials.Session) Credentials.of(SessionPort.API, method, headers::get)).reads())
                    .as(method)
                    .isEqualTo(List.of("GET", "HEAD", "OPTIONS").contains(method));
        }
    }

    @Test
    void twoCookiesOfOneNameAreNone() {
        headers.put("Cookie", List.of("__Host-session=one; __Host-session=two"));
        assertThat(shownOn(SessionPort.API)).isInstanceOf(Credentials.Unreadable.class);
        headers.put("Cookie", List.of("__Host-session=one; __Host-session=one"));
        assertThat(shownOn(SessionPort.API)).isInstanceOf(Credentials.Session.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ";", "__Host-session", "__Host-session=", "x__Host-session=a", "__host-session=a", "=;=;"})
    void otherCookiesShowNothing(String cookies) {
        headers.put("Cookie", List.of(cookies));

        assertThat(shownOn(SessionPort.API)).isEqualTo(new Credentials.None());
    }

    private Credentials shownOn(SessionPort port) {
        return Credentials.of(port, "GET", headers::get);
    }

    @Test
    void anEmptyHeaderShowsAKeyThatNobodyHas() {
        assertThat(shownBy("X-API-Key", "")).isEqualTo(new Credentials.Key(""));
        assertThat(shownBy("Authorization", "Bearer")).isEqualTo(new Credentials.Key(""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic", "Basic !!!", "Basic YQ==", "Digest username=a", "Negotiate YQ==", "", "x"})
    void whatIsNoCredentialIsRefusedWithoutQuotingIt(String value) {
        Credentials shown = shownBy("Authorization", value);

        assertThat(shown).isInstanceOf(Credentials.Unreadable.class);
        assertThat(shown.refusal()).doesNotContain("YQ==", "username");
    }

    @Test
    void theSameKeyTwiceIsOneCredentialAndTwoDifferentOnesAreNone() {
        headers.put("X-API-Key", List.of(KEY, KEY));
        headers.put("Authorization", List.of("Bearer " + KEY));
        assertThat(shown()).isEqualTo(new Credentials.Key(KEY));

        for (Map<String, List<String>> two : List.of(
                Map.of("X-API-Key", List.of(KEY, "another")),
                Map.of("X-API-Key", List.of(KEY), "Authorization", List.of("Bearer another")),
                Map.of("X-API-Key", List.of(KEY), "Authorization", List.of("Bearer " + TOKEN)),
                Map.of("X-API-Key", List.of(KEY), "Authorization", List.of("Digest x")),
                Map.of("Authorization", List.of("Bearer " + KEY, basic("a:another"))))) {
            headers.clear();
            headers.putAll(two);
            assertThat(shown()).isInstanceOf(Credentials.Unreadable.class);
            assertThat(shown().refusal()).contains("send only one");
        }
    }

    @Test
    void aBrowsersPasswordCountsOnlyForPagesOfOurOwn() {
        headers.put("Authorization", List.of(basic("operator:" + KEY)));
        headers.put("Host", List.of("localhost:8081"));
        headers.put("Origin", List.of("http://localhost:8081"));
        headers.put("Sec-Fetch-Site", List.of("same-origin"));
        assertThat(shown()).isEqualTo(new Credentials.Key(KEY));
        headers.put("Sec-Fetch-Site", List.of("none"));
        headers.remove("Origin");
        assertThat(shown()).as("typed by its user").isEqualTo(new Credentials.Key(KEY));

        for (String site : List.of("cross-site", "same-site")) {
            headers.put("Sec-Fetch-Site", List.of(site));
            assertThat(shown()).isInstanceOf(Credentials.Unreadable.class);
        }
        headers.remove("Sec-Fetch-Site");
        for (String origin : List.of("https://evil.example", "null", "http://localhost:8080")) {
            headers.put("Origin", List.of(origin));
            assertThat(shown()).as(origin).isInstanceOf(Credentials.Unreadable.class);
        }
        headers.put("Host", List.of("API.example.com:8443"));
        headers.put("Origin", List.of("https://api.example.com:8443"));
        assertThat(shown()).isEqualTo(new Credentials.Key(KEY));
        for (String origin : List.of(
                "http://api.example.com:8443",
                "https://api.example.com",
                "ftp://api.example.com:8443",
                "https://x://api.example.com:8443",
                "https://user@api.example.com:8443")) {
            headers.put("Origin", List.of(origin));
            assertThat(shown()).as(origin).isInstanceOf(Credentials.Unreadable.class);
        }
        headers.put("Authorization", List.of("Bearer " + KEY));
        assertThat(shown()).as("no browser adds that by itself").isEqualTo(new Credentials.Key(KEY));
    }

    @Test
    void noneOfThemPrintsItself() {
        assertThat(new Credentials.Key(KEY).toString() + new Credentials.Token(TOKEN))
                .doesNotContain(KEY, TOKEN);
    }

    private Credentials shownBy(String header, String value) {
        headers.clear();
        headers.put(header, List.of(value));
        return shown();
    }

    private Credentials shown() {
        return Credentials.of(headers::get);
    }

    private static String basic(String pair) {
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }
}
