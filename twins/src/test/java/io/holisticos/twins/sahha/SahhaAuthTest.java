package io.holisticos.twins.sahha;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SahhaAuthTest {
    private static final String SCORES = "/api/v1/profile/score/demo-anna?types=sleep";
    private static final String TOKEN = "/api/v1/oauth/account/token";

    @Test
    void givesAnAccountTokenForTheRightPair() throws Exception {
        try (var sahha = Sahha.start()) {
            var response = sahha.post(TOKEN, "", Sahha.credentials(SahhaTwinOptions.onPort(0)));

            var answer = Sahha.json(response);
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(Sahha.keys(answer)).isEqualTo(Sahha.keys(Sahha.sample("auth.account-token.response-200")));
            assertThat(answer.path("expiresIn").isInt()).isTrue();
            assertThat(answer.path("expiresIn").asInt()).isEqualTo(86_400);
            assertThat(answer.path("tokenType").asText()).isEqualTo("Account");
            var jwt = SignedJWT.parse(answer.path("accountToken").asText());
            assertThat(jwt.getHeader().getAlgorithm().getName()).isEqualTo("HS256");
            assertThat(jwt.getJWTClaimsSet().getClaims().keySet())
                    .containsAll(Sahha.keys(Sahha.sample("auth.account-token.jwt-claims")));
        }
    }

    @Test
    void refusesAWrongPairWithAnEmptyBody() {
        try (var sahha = Sahha.start()) {
            for (String body : new String[] {
                "{\"clientId\":\"sandbox-sahha-client\",\"clientSecret\":\"wrong\"}",
                "{\"clientId\":\"wrong\",\"clientSecret\":\"sandbox-sahha-secret\"}",
                "{}",
                "not json",
                ""
            }) {
                var response = sahha.post(TOKEN, "", body);

                assertThat(response.statusCode()).as(body).isEqualTo(401);
                assertThat(response.body()).isEmpty();
            }
        }
    }

    @Test
    void takesTheAccountOfItsOptions() {
        var options = SahhaTwinOptions.onPort(0).withClient("other", "pair");
        try (var sahha = Sahha.start(options)) {
            assertThat(sahha.get(SCORES).statusCode()).isEqualTo(200);
            assertThat(sahha.post(TOKEN, "", Sahha.credentials(SahhaTwinOptions.onPort(0)))
                            .statusCode())
                    .isEqualTo(401);
        }
    }

    @Test
    void readsTheSchemeInAnyCase() {
        try (var sahha = Sahha.start()) {
            for (String scheme : new String[] {"account", "Account", "ACCOUNT"}) {
                assertThat(sahha.get(SCORES, scheme + " " + sahha.accountToken())
                                .statusCode())
                        .isEqualTo(200);
            }
        }
    }

    @Test
    void refusesOtherSchemesAndTokensWithAnEmptyBody() {
        try (var sahha = Sahha.start()) {
            for (String header : new String[] {
                "",
                "Bearer " + sahha.accountToken(),
                "profile " + sahha.accountToken(),
                sahha.accountToken(),
                "account",
                "account x.y.z",
                "account " + sahha.accountToken() + "x"
            }) {
                var response = sahha.get(SCORES, header);

                assertThat(response.statusCode()).as(header).isEqualTo(401);
                assertThat(response.body()).isEmpty();
            }
        }
    }

    @Test
    void refusesATokenThatHasEndedByTheTwinsClock() {
        var options = SahhaTwinOptions.onPort(0).withTokenLifetime(Duration.ofMinutes(10));
        try (var sahha = Sahha.start(options)) {
            sahha.clock.advance(Duration.ofMinutes(9));
            assertThat(sahha.get(SCORES).statusCode()).isEqualTo(200);

            sahha.clock.advance(Duration.ofMinutes(1));
            assertThat(sahha.get(SCORES).statusCode()).isEqualTo(401);
        }
    }

    @Test
    void expiresInMayBeTextOrUnderstated() {
        var credentials = Sahha.credentials(SahhaTwinOptions.onPort(0));
        try (var sahha = Sahha.start(SahhaQuirk.STRING_EXPIRES_IN)) {
            var expires = Sahha.json(sahha.post(TOKEN, "", credentials)).path("expiresIn");
            assertThat(expires.isTextual()).isTrue();
            assertThat(expires.asText()).isEqualTo("86400");
        }
        try (var sahha = Sahha.start(SahhaQuirk.UNDERSTATED_EXPIRES_IN)) {
            assertThat(Sahha.json(sahha.post(TOKEN, "", credentials))
                            .path("expiresIn")
                            .asInt())
                    .isEqualTo(3600);
            sahha.clock.advance(Duration.ofHours(5));
            assertThat(sahha.get(SCORES).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void bearerMayBe500OnScoresAndFineOnSearch() {
        try (var sahha = Sahha.start(SahhaQuirk.BEARER_IS_500)) {
            var scores = sahha.get(SCORES, "Bearer " + sahha.accountToken());
            var search = sahha.get("/api/v1/account/profile/search", "Bearer " + sahha.accountToken());

            assertThat(scores.statusCode()).isEqualTo(500);
            assertThat(Sahha.json(scores)).isEqualTo(Sahha.sample("error.500.internal"));
            assertThat(search.statusCode()).isEqualTo(200);
        }
    }

    @Test
    void bearerMayBeAccepted() {
        try (var sahha = Sahha.start(SahhaQuirk.BEARER_ACCEPTED)) {
            assertThat(sahha.get(SCORES, "Bearer " + sahha.accountToken()).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void a401MayHaveABody() {
        try (var sahha = Sahha.start(SahhaQuirk.UNAUTHORIZED_WITH_BODY)) {
            assertThat(Sahha.json(sahha.get(SCORES, "")).path("statusCode").asInt())
                    .isEqualTo(401);
        }
    }

    @Test
    void theAccountMayBeGone() {
        try (var sahha = Sahha.start(SahhaQuirk.GONE)) {
            assertThat(sahha.get(SCORES).statusCode()).isEqualTo(410);
        }
    }

    @Test
    void aProfileTokenReadsItsOwnProfileOnly() throws Exception {
        try (var sahha = Sahha.start()) {
            var response = sahha.postAsAccount(
                    "/api/v1/oauth/profile/token",
                    "{\"externalId\":\"demo-anna\",\"readOnly\":\"false\",\"lifetime\":\"600\"}");
            var answer = Sahha.json(response);
            String token = answer.path("profileToken").asText();

            assertThat(Sahha.keys(answer)).isEqualTo(Sahha.keys(Sahha.sample("auth.profile-token.response")));
            assertThat(answer.path("expiresIn").asInt()).isEqualTo(600);
            assertThat(SignedJWT.parse(token).getJWTClaimsSet().getClaims().keySet())
                    .containsAll(Sahha.keys(Sahha.sample("auth.profile-token.jwt-claims")));
            assertThat(sahha.get("/api/v1/profile/score?types=sleep", "Profile " + token)
                            .body())
                    .isEqualTo(sahha.get(SCORES).body());
            assertThat(Sahha.json(sahha.get("/api/v1/profile", "profile " + token))
                            .path("externalId")
                            .asText())
                    .isEqualTo("demo-anna");
            assertThat(sahha.get(SCORES, "profile " + token).statusCode()).isEqualTo(401);
        }
    }

    @Test
    void refreshesProfileTokensAndAnswers400OtherwiseUnlessDocumented() {
        try (var sahha = Sahha.start()) {
            var tokens =
                    Sahha.json(sahha.postAsAccount("/api/v1/oauth/profile/token", "{\"externalId\":\"demo-anna\"}"));
            String path = "/api/v1/oauth/profile/refreshToken";
            String good = "{\"refreshToken\":\"" + tokens.path("refreshToken").asText() + "\"}";

            assertThat(sahha.post(path, "", good).statusCode()).isEqualTo(200);
            var bad = sahha.post(path, "", "{\"refreshToken\":\"x\"}");
            assertThat(bad.statusCode()).isEqualTo(400);
            assertThat(Sahha.json(bad)).isEqualTo(Sahha.sample("error.400.invalid-refresh-token"));
            sahha.twin.quirks(java.util.Set.of(SahhaQuirk.REFRESH_FAILURE_401));
            assertThat(sahha.post(path, "", "{}").statusCode()).isEqualTo(401);
        }
    }

    @Test
    void issuesMemberTokensThatVerifyAgainstItsKeySet() throws Exception {
        try (var sahha = Sahha.start()) {
            var response = sahha.post("/_twin/token", "", "{\"sub\":\"demo-anna\"}");
            var keys = JWKSet.parse(sahha.get("/_twin/jwks.json", "").body());

            var jwt = SignedJWT.parse(Sahha.json(response).path("token").asText());
            var key = keys.getKeyByKeyId(jwt.getHeader().getKeyID()).toECKey();
            assertThat(key.isPrivate()).isFalse();
            assertThat(jwt.verify(new ECDSAVerifier(key))).isTrue();
            assertThat(jwt.getJWTClaimsSet().getIssuer()).isEqualTo(sahha.twin.baseUrl());
            assertThat(jwt.getJWTClaimsSet().getAudience()).containsExactly(SahhaTwin.MEMBERS_AUDIENCE);
            assertThat(jwt.getJWTClaimsSet().getSubject()).isEqualTo("demo-anna");
            assertThat(jwt.getJWTClaimsSet().getExpirationTime().toInstant())
                    .isEqualTo(Sahha.START.plus(Duration.ofHours(1)));
            assertThat(sahha.post("/_twin/token", "", "{}").statusCode()).isEqualTo(400);
        }
    }

    @Test
    void anAppWithItsOwnCredentialsRegistersAndSignsInTheSameWay() {
        try (var sahha = Sahha.start()) {
            for (String externalId : List.of("newcomer", "newcomer", "demo-anna")) {
                HttpResponse<String> answer =
                        sahha.postAsApp("sandbox-sahha-app", "sandbox-sahha-app-secret", externalId);

                assertThat(answer.statusCode()).isEqualTo(201);
                String token = Sahha.json(answer).path("profileToken").asText();
                assertThat(Sahha.json(sahha.get("/api/v1/profile", "profile " + token))
                                .path("externalId")
                                .asText())
                        .isEqualTo(externalId);
            }
            assertThat(sahha.postAsApp("sandbox-sahha-app", "another", "newcomer")
                            .statusCode())
                    .isEqualTo(401);
            assertThat(sahha.postAsApp("sandbox-sahha-app", "sandbox-sahha-app-secret", "x".repeat(101))
                            .statusCode())
                    .isEqualTo(400);
        }
    }
}
