package io.holisticos.app;

import static io.holisticos.testing.TokenIssuer.claims;
import static io.holisticos.testing.TokenIssuer.sign;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.SignedJWT;
import io.holisticos.app.ScriptedServer.Reply;
import io.holisticos.testing.TokenIssuer;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Tokens that attackers make, on every route that takes members' tokens, and an identity provider that fails. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class) // the last ones change the provider's keys
class JwtAttacksTest {

    private static final String MEMBER = "m-anna";
    private static final String OVERVIEW = "/api/v1/unified-health/overview/" + MEMBER;
    private static final String EXISTING = "/api/v1/health-metrics/overview?profile_id=" + MEMBER;

    /** Whoever refuses without waiting for anybody is done by then, on a busy machine, too. */
    private static final Duration BOUND = Duration.ofSeconds(10);

    private record Route(String method, String path, String body) {}

    private static final List<Route> ROUTES = List.of(
            new Route("GET", OVERVIEW, ""),
            new Route("GET", "/api/v1/unified-health/days/" + MEMBER + "?from=2026-11-20&to=2026-11-22", ""),
            new Route("GET", "/api/v1/unified-health/sources/" + MEMBER, ""),
            new Route("GET", "/api/v1/unified-health/changes/" + MEMBER, ""),
            new Route("GET", "/api/v1/unified-health/explain/" + MEMBER + "?metric=steps", ""),
            new Route("GET", "/api/v1/unified-health/preferences/" + MEMBER, ""),
            new Route("PUT", "/api/v1/unified-health/preferences/" + MEMBER, "{\"order\":[\"sahha\",\"whoop\"]}"),
            new Route("POST", "/api/v1/unified-health/overviews", "{\"user_ids\":[\"" + MEMBER + "\"]}"),
            new Route("POST", "/api/v1/unified-health/connect/whoop/" + MEMBER, "{}"),
            new Route("DELETE", "/api/v1/unified-health/connect/whoop/" + MEMBER, ""),
            new Route("GET", "/internal/oauth/status/" + MEMBER, ""),
            new Route("GET", EXISTING, ""),
            new Route("GET", EXISTING + "&include_whoop=true", ""),
            new Route("GET", "/api/v1/sahha/scores?user_id=" + MEMBER, ""));

    private static MembersHouse house;

    @BeforeAll
    static void open() throws Exception {
        house = MembersHouse.open(Map.of("EXISTING_ROUTES", "enforce"));
        RunningApp.await(() -> house.get(house.token("m-first"), "/api/v1/unified-health/sources/m-first")
                        .statusCode()
                == 200);
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    private static Map<String, String> attacks() {
        TokenIssuer idp = house.issuer();
        TokenIssuer attacker = new TokenIssuer("idp");
        Instant now = house.house().clock().instant();
        String honest = idp.token(MEMBER, now);
        String claims = claims(MEMBER, now).build().toString();
        byte[] one = {1};
        OctetSequenceKey publicKeyAsSecret = new OctetSequenceKey.Builder(
                        idp.rsa().toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8))
                .build();
        String jwks = house.keys().url() + "/attackers.json";
        house.keys().on("/attackers.json", Reply.json(attacker.keys().toString()));
        Map<String, String> attacks = new LinkedHashMap<>();
        attacks.put("forged", attacker.token(MEMBER, now));
        attacks.put("other claims", TokenIssuer.withPayload(idp.token("m-ben", now), claims(MEMBER, now)));
        attacks.put("expired", idp.sign(claims(MEMBER, now).expirationTime(at(now, -61))));
        attacks.put("without an end", idp.sign(claims(MEMBER, now).expirationTime(null)));
        attacks.put("not yet valid", idp.sign(claims(MEMBER, now).notBeforeTime(at(now, 600))));
        attacks.put("issued later", idp.sign(claims(MEMBER, now).issueTime(at(now, 600))));
        attacks.put("alg none", TokenIssuer.raw("{\"alg\":\"none\"}", claims, new byte[0]));
        attacks.put("alg none, with something", TokenIssuer.raw("{\"alg\":\"none\"}", claims, one));
        attacks.put("alg NONE", TokenIssuer.raw("{\"alg\":\"NONE\",\"kid\":\"idp-ec\"}", claims, one));
        attacks.put(
                "HS256 with the public key",
                sign(
                        new JWSHeader.Builder(JWSAlgorithm.HS256)
                                .keyID("idp-rsa")
                                .build(),
                        claims(MEMBER, now),
                        publicKeyAsSecret));
        attacks.put("zeros as signature", TokenIssuer.withSignature(honest, TokenIssuer.zeros(64)));
        attacks.put("a zero as signature", TokenIssuer.withSignature(honest, TokenIssuer.zeros(1)));
        for (String kid :
                List.of("../../../../dev/null", "/etc/passwd", "' or '1'='1", "idp-ec\u0000", "k".repeat(5_000))) {
            attacks.put(
                    "kid " + kid.substring(0, 4),
                    sign(
                            new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(kid).build(),
                            claims(MEMBER, now),
                            attacker.ec()));
        }
        attacks.put(
                "jku", sign(attacker.header().jwkURL(URI.create(jwks)).build(), claims(MEMBER, now), attacker.ec()));
        attacks.put(
                "jku and an unknown kid",
                sign(
                        new JWSHeader.Builder(JWSAlgorithm.ES256)
                                .keyID("attacker")
                                .jwkURL(URI.create(jwks))
                                .x509CertURL(URI.create(jwks))
                                .build(),
                        claims(MEMBER, now),
                        attacker.ec()));
        attacks.put(
                "jwk",
                sign(attacker.header().jwk(attacker.ec().toPublicJWK()).build(), claims(MEMBER, now), attacker.ec()));
        attacks.put("another audience", idp.sign(claims(MEMBER, now).audience("another")));
        attacks.put("no audience", idp.sign(claims(MEMBER, now).audience(List.of())));
        attacks.put("another issuer", idp.sign(claims(MEMBER, now).issuer("https://issuer.example.test")));
        attacks.put("no subject", idp.sign(claims(MEMBER, now).subject(null)));
        attacks.put("a subject that is a list", idp.sign(claims(MEMBER, now).claim("sub", List.of(MEMBER))));
        attacks.put("a subject with a line break", idp.sign(claims(MEMBER + "\n", now)));
        attacks.put("a subject with a NUL", idp.sign(claims(MEMBER + '\0', now)));
        attacks.put("a subject with an invisible character", idp.sign(claims(MEMBER + '\u200b', now)));
        attacks.put("a subject with a space", idp.sign(claims(' ' + MEMBER, now)));
        attacks.put(
                "another type",
                sign(idp.header().type(new JOSEObjectType("logout+jwt")).build(), claims(MEMBER, now), idp.ec()));
        attacks.put("two parts", "eyJhbGciOiJFUzI1NiJ9.e30");
        attacks.put("five parts", honest + ".eyJhIjoxfQ.eyJhIjoxfQ");
        attacks.put("long", idp.sign(claims(MEMBER, now).claim("x", "x".repeat(7_000))));
        attacks.put("nested deeply", TokenIssuer.raw("{\"alg\":\"ES256\",\"kid\":" + "[".repeat(5_000), claims, one));
        return attacks;
    }

    @Test
    @Order(1)
    void noTokenOfAnAttackerOpensAnythingNorLeavesAnything() {
        Map<String, Long> stored = house.stored();
        int calls = house.house().sahha().server().asked().size();

        attacks().forEach((what, token) -> {
            for (Route route : ROUTES) {
                HttpResponse<String> answer = house.as(token, route.method(), route.path(), route.body());

                assertThat(answer.statusCode()).as(what + " on " + route).isEqualTo(401);
                assertThat(answer.headers().allValues("WWW-Authenticate")).anyMatch(one -> one.startsWith("Bearer"));
                assertThat(answer.body()).as(what).doesNotContain("eyJ", "idp-");
            }
        });

        assertThat(house.stored()).isEqualTo(stored);
        assertThat(house.house().sahha().server().asked()).as("calls to Sahha").hasSize(calls);
        assertThat(house.keys().asked("attackers")).isEmpty();
        assertThat(house.keys().asked(MembersHouse.KEYS))
                .as("fetches of the keys")
                .hasSizeLessThan(5);
    }

    @Test
    @Order(2)
    void aTokenOpensNothingOfTheAdminPort() {
        for (String token : List.of(house.token(MEMBER), attacks().get("forged"))) {
            for (String path : List.of("/flags/WHOOP_INTEGRATION", "/tasks/drain", "/tasks/quota")) {
                String method = path.startsWith("/flags") ? "PUT" : "POST";
                HttpResponse<String> answer =
                        house.app().admin(method, path, "{\"enabled\":false}", "Authorization", "Bearer " + token);

                assertThat(answer.statusCode()).as(path).isIn(401, 403);
            }
        }
        assertThat(house.app().admin("GET", "/flags", "").body()).contains("\"enabled\":true");
    }

    @Test
    @Order(3)
    void anHonestTokenIsTakenInBetween() {
        assertThat(house.get(house.token(MEMBER), OVERVIEW).statusCode()).isEqualTo(200);
        assertThat(house.get(house.token(MEMBER), EXISTING).statusCode()).isEqualTo(200);
    }

    @Test
    @Order(4)
    void whileTheProviderHangsItsKeysAreAtHandAndUnknownOnesAreRefusedInTime() {
        house.keys().on(MembersHouse.KEYS, Reply.hanging());
        advance();
        String unknown =
                new TokenIssuer("new").token(MEMBER, house.house().clock().instant());

        assertThat(house.get(house.token(MEMBER), OVERVIEW).statusCode()).isEqualTo(200);
        long begun = System.nanoTime();
        assertThat(house.get(unknown, OVERVIEW).statusCode()).isEqualTo(401);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(BOUND);
        assertThat(house.get(house.token(MEMBER), OVERVIEW).statusCode()).isEqualTo(200);
    }

    @Test
    @Order(5)
    void keysThatAreHugeOrNonsenseChangeNothing() {
        for (Reply reply : List.of(
                Reply.json("{\"keys\":[" + " ".repeat(3_000_000) + "]}"),
                Reply.json("{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}]}"),
                Reply.json("[".repeat(100_000)),
                Reply.of(200, "text/html", "<html>sign in</html>"),
                Reply.status(500),
                Reply.status(204),
                Reply.status(302).with("Location", house.keys().url() + "/attackers.json"),
                Reply.json("{\"keys\"").in(ScriptedServer.Manner.CUT_OFF),
                Reply.status(200).in(ScriptedServer.Manner.RESET))) {
            house.keys().on(MembersHouse.KEYS, reply);
            advance();
            String unknown =
                    new TokenIssuer("new").token(MEMBER, house.house().clock().instant());

            assertThat(house.get(unknown, OVERVIEW).statusCode()).isEqualTo(401);
            assertThat(house.get(house.token(MEMBER), OVERVIEW).statusCode()).isEqualTo(200);
        }
        assertThat(house.keys().asked("attackers")).isEmpty();
    }

    @Test
    @Order(5)
    void aKeyThatIsTooShortIsNotTakenFromTheIssuer() throws Exception {
        RSAKey weak = new RSAKeyGenerator(1024, true).keyID("weak-rsa").generate();
        List<JWK> keys = new ArrayList<>(house.issuer().keys().getKeys());
        keys.add(weak.toPublicJWK());
        house.keys().on(MembersHouse.KEYS, Reply.json(new JWKSet(keys).toString()));
        advance();
        SignedJWT forged = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(weak.getKeyID()).build(),
                claims(MEMBER, house.house().clock().instant()).build());
        forged.sign(new RSASSASigner(weak, true));

        assertThat(house.get(forged.serialize(), OVERVIEW).statusCode()).isEqualTo(401);
        assertThat(house.get(house.token(MEMBER), OVERVIEW).statusCode()).isEqualTo(200);
    }

    @Test
    @Order(6)
    void keysThatWereFetchedLongAgoAreGoodNoMore() {
        house.keys().on(MembersHouse.KEYS, Reply.status(500));
        house.house().clock().advance(Duration.ofHours(7));

        HttpResponse<String> answer = house.get(house.token(MEMBER), OVERVIEW);

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        assertThat(house.get("eyJhbGciOiJub25lIn0.e30.AA", OVERVIEW).statusCode())
                .isEqualTo(401);
        assertThat(house.app().get(OVERVIEW).statusCode()).as("a service").isEqualTo(200);
        house.publish(house.issuer());
        advance();
        assertThat(house.get(house.token(MEMBER), OVERVIEW).statusCode()).isEqualTo(200);
    }

    @Test
    @Order(7)
    void afterAChangeOfKeysOnlyTheNewOnesAreTaken() {
        String before = house.token(MEMBER);
        assertThat(house.get(before, OVERVIEW).statusCode()).isEqualTo(200);
        TokenIssuer next = new TokenIssuer("next");
        house.publish(next);
        advance();

        assertThat(house.get(next.token(MEMBER, house.house().clock().instant()), OVERVIEW)
                        .statusCode())
                .isEqualTo(200);
        assertThat(house.get(before, OVERVIEW).statusCode()).isEqualTo(401);
        assertThat(house.get(house.token(MEMBER), OVERVIEW).statusCode()).isEqualTo(401);
    }

    @Test
    @Order(8)
    void aSetWithoutKeysTakesAllOfThemBack() {
        TokenIssuer last = new TokenIssuer("last");
        house.publish(last);
        advance();
        String token = last.token(MEMBER, house.house().clock().instant());
        assertThat(house.get(token, OVERVIEW).statusCode()).isEqualTo(200);
        house.keys().on(MembersHouse.KEYS, Reply.json("{\"keys\":[]}"));
        advance();

        assertThat(house.get(
                                new TokenIssuer("new")
                                        .token(MEMBER, house.house().clock().instant()),
                                OVERVIEW)
                        .statusCode())
                .as("which asks for the keys")
                .isEqualTo(401);
        assertThat(house.get(token, OVERVIEW).statusCode()).isEqualTo(401);

        house.publish(last);
        advance();
        assertThat(house.get(token, OVERVIEW).statusCode()).isEqualTo(200);
    }

    /** So far that the keys may be fetched again. */
    private static void advance() {
        house.house().clock().advance(Duration.ofSeconds(31));
    }

    private static Date at(Instant now, int seconds) {
        return Date.from(now.plusSeconds(seconds));
    }
}
