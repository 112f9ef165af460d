package io.holisticos.web.jwt;

import static io.holisticos.testing.TokenIssuer.claims;
import static io.holisticos.testing.TokenIssuer.sign;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.MetricRegistry;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jwt.JWTClaimsSet;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.UserId;
import io.holisticos.testing.TokenIssuer;
import io.holisticos.web.Caller;
import io.holisticos.web.Scope;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose token a text is. */
class MemberTokensTest {

    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final TokenIssuer ISSUER = new TokenIssuer("honest");
    private static final TokenIssuer STRANGER = new TokenIssuer("honest"); // whose keys have the same names

    private final HandClock clock = new HandClock(NOW);
    private final Published published = new Published(ISSUER.keys());
    private final MetricRegistry metrics = new MetricRegistry();
    private final JwtConfiguration configuration = configuration();
    private final MemberTokens tokens = tokens();

    private static JwtConfiguration configuration() {
        JwtConfiguration configuration = new JwtConfiguration();
        configuration.issuer = TokenIssuer.ISSUER;
        configuration.audience = TokenIssuer.AUDIENCE;
        return configuration;
    }

    private MemberTokens tokens() {
        return new MemberTokens(configuration, new IssuerKeys(published, Duration.ofHours(6), clock), clock, metrics);
    }

    @Test
    void aTokenOfTheIssuerStandsForItsMember() {
        JWSHeader rsa = new JWSHeader.Builder(JWSAlgorithm.RS256)
                .keyID(ISSUER.rsa().getKeyID())
                .type(JOSEObjectType.JWT)
                .build();
        for (String token : List.of(ISSUER.token("m-1", NOW), sign(rsa, claims("m-1", NOW), ISSUER.rsa()))) {
            assertThat(tokens.authenticate(token)).hasValueSatisfying(caller -> {
                assertThat(caller.member()).contains(new UserId("m-1"));
                assertThat(caller.scopes())
                        .containsExactlyInAnyOrder(Scope.HEALTH_READ, Scope.PREFERENCES_WRITE, Scope.CONNECT);
                assertThat(caller.toString()).doesNotContain("m-1");
            });
        }
    }

    @Test
    void anAudienceAmongOthersAndAnAccessTokensTypeAreFine() {
        assertThat(member(claims("m-1", NOW).audience(List.of("https://userinfo", TokenIssuer.AUDIENCE))))
                .contains("m-1");
        assertThat(tokens.authenticate(sign(
                        ISSUER.header().type(new JOSEObjectType("at+jwt")).build(), claims("m-1", NOW), ISSUER.ec())))
                .isPresent();
    }

    static Stream<Arguments> forgeries() {
        OctetSequenceKey publicKeyAsSecret = secret(ISSUER.rsa().toPublicJWK().toJSONString());
        String honest = ISSUER.token("m-1", NOW);
        byte[] none = new byte[0];
        String claims = claims("m-1", NOW).build().toString();
        return Stream.of(
                forgery("signed by another key of the same name", STRANGER.token("m-1", NOW), Refusal.SIGNATURE),
                forgery("other claims", TokenIssuer.withPayload(honest, claims("m-2", NOW)), Refusal.SIGNATURE),
                forgery("no signature", honest.substring(0, honest.lastIndexOf('.') + 1), Refusal.MALFORMED),
                forgery(
                        "zeros as signature",
                        TokenIssuer.withSignature(honest, TokenIssuer.zeros(64)),
                        Refusal.SIGNATURE),
                forgery(
                        "a short signature",
                        TokenIssuer.withSignature(honest, TokenIssuer.zeros(1)),
                        Refusal.SIGNATURE),
                forgery(
                        "a long signature",
                        TokenIssuer.withSignature(honest, TokenIssuer.zeros(640)),
                        Refusal.SIGNATURE),
                forgery("alg none", TokenIssuer.raw("{\"alg\":\"none\"}", claims, none), Refusal.MALFORMED),
                forgery(
                        "alg none, signed",
                        TokenIssuer.raw("{\"alg\":\"none\"}", claims, new byte[] {1}),
                        Refusal.MALFORMED),
                forgery(
                        "alg nOnE",
                        TokenIssuer.raw("{\"alg\":\"nOnE\",\"kid\":\"honest-ec\"}", claims, new byte[] {1}),
                        Refusal.HEADER),
                forgery(
                        "no alg",
                        TokenIssuer.raw("{\"kid\":\"honest-ec\"}", claims, new byte[] {1}),
                        Refusal.MALFORMED),
                forgery(
                        "the public key as secret",
                        sign(
                                new JWSHeader.Builder(JWSAlgorithm.HS256)
                                        .keyID("honest-rsa")
                                        .build(),
                                claims("m-1", NOW),
                                publicKeyAsSecret),
                        Refusal.HEADER),
                forgery(
                        "an algorithm that is not allowed",
                        sign(
                                new JWSHeader.Builder(JWSAlgorithm.PS256)
                                        .keyID("honest-rsa")
                                        .build(),
                                claims("m-1", NOW),
                                ISSUER.rsa()),
                        Refusal.HEADER),
                forgery(
                        "the key of another algorithm",
                        TokenIssuer.raw("{\"alg\":\"RS256\",\"kid\":\"honest-ec\"}", claims, TokenIssuer.zeros(256)),
                        Refusal.HEADER),
                forgery(
                        "no kid",
                        sign(new JWSHeader(JWSAlgorithm.ES256), claims("m-1", NOW), ISSUER.ec()),
                        Refusal.HEADER),
                forgery("an unknown kid", kid("who-knows", ISSUER), Refusal.HEADER),
                forgery("a kid that climbs", kid("../../../../dev/null", STRANGER), Refusal.HEADER),
                forgery("a kid that is SQL", kid("x'OR'1'='1", STRANGER), Refusal.HEADER),
                forgery("a kid with a line break", kid("honest-ec\n", ISSUER), Refusal.HEADER),
                forgery("an empty kid", kid("", ISSUER), Refusal.HEADER),
                forgery("a long kid", kid("k".repeat(256), ISSUER), Refusal.HEADER),
                forgery(
                        "its own key",
                        sign(
                                STRANGER.header()
                                        .jwk(STRANGER.ec().toPublicJWK())
                                        .build(),
                                claims("m-1", NOW),
                                STRANGER.ec()),
                        Refusal.SIGNATURE),
                forgery(
                        "the address of its own keys",
                        sign(
                                STRANGER.header()
                                        .jwkURL(URI.create("http://127.0.0.1:9/keys"))
                                        .x509CertURL(URI.create("http://127.0.0.1:9/certificate"))
                                        .build(),
                                claims("m-1", NOW),
                                STRANGER.ec()),
                        Refusal.SIGNATURE),
                forgery(
                        "another kind of token",
                        sign(
                                ISSUER.header()
                                        .type(new JOSEObjectType("dpop+jwt"))
                                        .build(),
                                claims("m-1", NOW),
                                ISSUER.ec()),
                        Refusal.HEADER),
                forgery(
                        "a header that must be understood",
                        sign(ISSUER.header().criticalParams(Set.of("exp")).build(), claims("m-1", NOW), ISSUER.ec()),
                        Refusal.MALFORMED),
                forgery("an encrypted token", "eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..a.b.c", Refusal.MALFORMED),
                forgery("three letters", "eyJ.e.a", Refusal.MALFORMED),
                forgery("padded", honest.replace(".", "=."), Refusal.MALFORMED),
                forgery("spaces around", ' ' + honest, Refusal.MALFORMED),
                forgery(
                        "a header that is no object",
                        TokenIssuer.raw("[1]", claims, new byte[] {1}),
                        Refusal.MALFORMED),
                forgery("nested deeply", deep(), Refusal.MALFORMED),
                forgery(
                        "longer than any",
                        ISSUER.sign(claims("m-1", NOW).claim("x", "x".repeat(8_000))),
                        Refusal.MALFORMED));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("forgeries")
    void whatTheIssuerDidNotSignIsNobodys(String what, String token, Refusal why) {
        assertThat(tokens.authenticate(token)).isEmpty();

        assertThat(refused(why)).isEqualTo(1);
    }

    static Stream<Arguments> claimsOfOthers() {
        return Stream.of(
                of("another audience", Refusal.AUDIENCE, all -> all.audience("another")),
                of("the audience in capitals", Refusal.AUDIENCE, all -> all.audience("UNIFIED-HEALTH-TEST")),
                of("a part of the audience", Refusal.AUDIENCE, all -> all.audience("unified-health")),
                of("no audience", Refusal.AUDIENCE, all -> all.audience(List.of())),
                of("another issuer", Refusal.ISSUER, all -> all.issuer("https://issuer.example.test.evil/")),
                of("the issuer without its slash", Refusal.ISSUER, all -> all.issuer("https://issuer.example.test")),
                of("no issuer", Refusal.ISSUER, all -> all.issuer(null)),
                of(
                        "an issuer that is no text",
                        Refusal.MALFORMED,
                        all -> all.claim("iss", List.of(TokenIssuer.ISSUER))),
                of("no end", Refusal.EXPIRED, all -> all.expirationTime(null)),
                of("ended", Refusal.EXPIRED, all -> all.expirationTime(at(-60))),
                of("ended long ago", Refusal.EXPIRED, all -> all.expirationTime(new Date(0))),
                of("ended before time began", Refusal.EXPIRED, all -> all.expirationTime(new Date(-1))),
                of("not begun", Refusal.NOT_YET_VALID, all -> all.notBeforeTime(at(61))),
                of("issued tomorrow", Refusal.NOT_YET_VALID, all -> all.issueTime(at(86_400))),
                of("nobody", Refusal.MEMBER, all -> all.subject(null)),
                of("a blank id", Refusal.MEMBER, all -> all.subject(" ")),
                of("an empty id", Refusal.MEMBER, all -> all.subject("")),
                of("a long id", Refusal.MEMBER, all -> all.subject("x".repeat(101))),
                of("an id with a line break", Refusal.MEMBER, all -> all.subject("m-1\n")),
                of("an id with a NUL", Refusal.MEMBER, all -> all.subject("m-1\0")),
                of("an id with a space around", Refusal.MEMBER, all -> all.subject("m-1 ")),
                of("an id with an invisible character", Refusal.MEMBER, all -> all.subject("m-\u200b1")),
                of("an id that turns the reading order", Refusal.MEMBER, all -> all.subject("\u202em-1")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("claimsOfOthers")
    void aTokenThatTheIssuerSignedForSomethingElseIsNobodys(
            String what, Refusal why, UnaryOperator<JWTClaimsSet.Builder> change) {
        assertThat(tokens.authenticate(ISSUER.sign(change.apply(claims("m-1", NOW)))))
                .isEmpty();

        assertThat(refused(why)).isEqualTo(1);
    }

    @Test
    void theClocksMayBeAMinuteApart() {
        assertThat(member(claims("m-1", NOW).expirationTime(at(-59)))).contains("m-1");
        assertThat(member(claims("m-1", NOW).notBeforeTime(at(60)).issueTime(at(60))))
                .contains("m-1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"m/1", "m 1", "auth0|5f7c8ec7c33c6c004bbafe82", "Zoë", "m-1;drop", "%2e%2e", "1", "😀"})
    void idsAreTakenAsTheyAre(String id) {
        assertThat(member(claims(id, NOW))).contains(id);
    }

    @Test
    void theMembersIdMayBeInAnotherClaim() {
        configuration.memberClaim = "https://app.example.com/member";
        MemberTokens others = tokens();

        assertThat(others.authenticate(
                        ISSUER.sign(claims("auth0|1", NOW).claim("https://app.example.com/member", "m-1"))))
                .flatMap(Caller::member)
                .contains(new UserId("m-1"));
        assertThat(others.authenticate(ISSUER.sign(claims("m-1", NOW)))).isEmpty();
        assertThat(others.authenticate(ISSUER.sign(claims("m-1", NOW).claim("https://app.example.com/member", 7))))
                .isEmpty();
    }

    @Test
    void aTokenGivesWhatItsScopesAreMappedTo() {
        configuration.scopeClaim = "scope";
        configuration.scopes = Map.of(
                "read:health", List.of(Scope.HEALTH_READ), "manage", List.of(Scope.CONNECT, Scope.PREFERENCES_WRITE));
        MemberTokens mapped = tokens();

        assertThat(scopes(mapped, "openid read:health operator internal")).containsExactly(Scope.HEALTH_READ);
        assertThat(scopes(mapped, List.of("read:health", "manage")))
                .containsExactlyInAnyOrderElementsOf(Scope.OF_MEMBERS);
        assertThat(scopes(mapped, Map.of("read:health", true))).isEmpty();
        assertThat(scopes(mapped, null)).isEmpty();
    }

    @Test
    void aTokenOfWhomeverSignedInLessStronglyThanIsRequiredIsRefused() {
        configuration.required = Map.of("amr", List.of("mfa", "hwk"), "acr", List.of("2"));
        MemberTokens strict = tokens();

        for (JWTClaimsSet.Builder weak : List.of(
                claims("m-1", NOW),
                claims("m-1", NOW).claim("amr", List.of("pwd")).claim("acr", "2"),
                claims("m-1", NOW).claim("amr", List.of("mfa")),
                claims("m-1", NOW).claim("amr", Collections.singletonList(null)).claim("acr", "2"),
                claims("m-1", NOW).claim("amr", List.of("mfa")).claim("acr", "1"),
                claims("m-1", NOW).claim("amr", "pwd mfa").claim("acr", "2"),
                claims("m-1", NOW).claim("amr", Map.of("mfa", true)).claim("acr", "2"),
                claims("m-1", NOW).claim("amr", List.of("mfa")).claim("acr", 2))) {
            assertThat(strict.authenticate(ISSUER.sign(weak)))
                    .as(weak.build().toString())
                    .isEmpty();
        }
        assertThat(refused(Refusal.STRENGTH)).isEqualTo(8);
        for (Object strong : List.of(List.of("pwd", "mfa"), "hwk")) {
            assertThat(strict.authenticate(
                            ISSUER.sign(claims("m-1", NOW).claim("amr", strong).claim("acr", "2"))))
                    .isPresent();
        }
    }

    @Test
    void aRememberedTokenIsRefusedOnceItEnds() {
        String token = ISSUER.sign(claims("m-1", NOW).expirationTime(at(120)));
        assertThat(tokens.authenticate(token)).isPresent();

        clock.advance(Duration.ofSeconds(179));
        assertThat(tokens.authenticate(token)).isPresent();
        clock.advance(Duration.ofSeconds(1));
        assertThat(tokens.authenticate(token)).isEmpty();
        assertThat(refused(Refusal.EXPIRED)).isEqualTo(1);
    }

    @Test
    void aRememberedTokenIsRefusedOnceItsKeyIsTakenBack() {
        String token = ISSUER.token("m-1", NOW);
        assertThat(tokens.authenticate(token)).isPresent();
        TokenIssuer next = new TokenIssuer("next");
        published.keys = next.keys();

        assertThat(tokens.authenticate(next.token("m-2", NOW)))
                .as("the new key is fetched")
                .isPresent();

        assertThat(tokens.authenticate(token)).isEmpty();
    }

    @Test
    void withoutKeysNobodyKnowsWhoseTokenItIs() {
        published.keys = null;

        assertThatThrownBy(() -> tokens.authenticate(ISSUER.token("m-1", NOW)))
                .isInstanceOf(SourceUnavailable.class)
                .hasMessageNotContaining("eyJ");
        assertThat(tokens.authenticate("eyJ.not.one"))
                .as("that is no token with any keys")
                .isEmpty();
    }

    @Test
    void keysOfOtherKindsAmongTheIssuersDoNotHelpForgers() {
        OctetSequenceKey shared = secret("a secret that the issuer published by mistake, ");
        published.keys = new JWKSet(List.of(shared, ISSUER.ec().toPublicJWK()));

        assertThat(tokens.authenticate(sign(
                        new JWSHeader.Builder(JWSAlgorithm.HS256)
                                .keyID(shared.getKeyID())
                                .build(),
                        claims("m-1", NOW),
                        shared)))
                .isEmpty();
        assertThat(tokens.authenticate(ISSUER.token("m-1", NOW))).isPresent();
    }

    @Test
    void whateverIsSentNothingBreaks() {
        String honest = ISSUER.token("m-1", NOW);
        Random random = new Random(19);
        Set<Optional<Caller>> answers = new HashSet<>();

        for (int i = 0; i < 3_000; i++) {
            answers.add(tokens.authenticate(spoilt(honest, random)));
        }

        assertThat(answers).containsExactly(Optional.empty());
        assertThat(published.fetches.get()).isLessThan(4);
    }

    /** One to five characters of it are others; one that only fills up the last byte counts nothing, so it is left alone. */
    private static String spoilt(String token, Random random) {
        StringBuilder spoilt = new StringBuilder(token);
        for (int i = random.nextInt(5); i >= 0; i--) {
            int at = random.nextInt(token.length() - 1);
            char other = (char) (32 + random.nextInt(95));
            spoilt.setCharAt(at, other == token.charAt(at) ? '!' : other);
        }
        return spoilt.toString();
    }

    private Optional<String> member(JWTClaimsSet.Builder claims) {
        return tokens.authenticate(ISSUER.sign(claims)).flatMap(Caller::member).map(UserId::value);
    }

    private static Set<String> scopes(MemberTokens mapped, Object claim) {
        return mapped.authenticate(ISSUER.sign(claims("m-1", NOW).claim("scope", claim)))
                .orElseThrow()
                .scopes();
    }

    private long refused(Refusal why) {
        return metrics.meter("access.jwt.refused." + why.word()).getCount();
    }

    private static Arguments forgery(String what, String token, Refusal why) {
        return Arguments.of(what, token, why);
    }

    private static Arguments of(String what, Refusal why, UnaryOperator<JWTClaimsSet.Builder> change) {
        return Arguments.of(what, why, change);
    }

    private static String kid(String kid, TokenIssuer signer) {
        return sign(new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(kid).build(), claims("m-1", NOW), signer.ec());
    }

    private static String deep() {
        return TokenIssuer.raw("{\"alg\":\"ES256\",\"kid\":" + "[".repeat(2_500), "{}", new byte[] {1});
    }

    private static OctetSequenceKey secret(String text) {
        return new OctetSequenceKey.Builder(text.getBytes(StandardCharsets.UTF_8))
                .keyID("shared")
                .build();
    }

    private static Date at(int seconds) {
        return Date.from(NOW.plusSeconds(seconds));
    }
}
