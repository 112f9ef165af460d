package io.holisticos.twins.sahha;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Issues and checks the tokens of the Sahha account: HS256, with the claim names of published tokens.
 *
 * <p>Any number of account tokens are valid at once; a token is valid until its own {@code exp}.
 */
final class Tokens {
    private static final String CLAIM = "https://api.sahha.ai/claims/";
    private static final String ACCOUNT_ISSUER = "https://sahha-production.au.auth0.com/";
    private static final String PROFILE_ISSUER = "https://sandbox-api.sahha.ai";
    private static final Duration REFRESH_LIFETIME = Duration.ofDays(90); // 2160 h by the vendor's field test

    private final Clock clock;
    private final String accountId;
    private final JWSSigner signer;
    private final JWSVerifier verifier;
    private final AtomicLong issued = new AtomicLong();

    Tokens(Clock clock, String accountId, String secret) {
        this.clock = clock;
        this.accountId = accountId;
        try {
            byte[] key = MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
            this.signer = new MACSigner(key);
            this.verifier = new MACVerifier(key);
        } catch (NoSuchAlgorithmException | JOSEException e) {
            throw new IllegalStateException("every Java platform has SHA-256 and HS256", e);
        }
    }

    /** What a valid token stands for. */
    sealed interface Holder {
        /** The account: any profile, named in the path. */
        record Account() implements Holder {}

        /** One profile: its own data only. */
        record Profile(String externalId) implements Holder {}
    }

    String issueAccount(Duration lifetime) {
        return sign(claims("account", lifetime)
                .issuer(ACCOUNT_ISSUER)
                .audience(ACCOUNT_ISSUER + "api/v2/")
                .claim(CLAIM + "accountId", accountId)
                .claim(CLAIM + "admin", "True")
                .claim(CLAIM + "account", "True")
                .claim(CLAIM + "sahhaApiScope", "sandbox")
                .claim(CLAIM + "region", "US"));
    }

    String issueProfile(Profile profile, Duration lifetime) {
        return sign(ownerClaims("profile", profile, lifetime));
    }

    String issueRefresh(Profile profile) {
        return sign(ownerClaims("refresh", profile, REFRESH_LIFETIME));
    }

    private JWTClaimsSet.Builder ownerClaims(String kind, Profile profile, Duration lifetime) {
        return claims(kind, lifetime)
                .issuer(PROFILE_ISSUER)
                .audience(PROFILE_ISSUER)
                .claim(CLAIM + "profileId", profile.profileId())
                .claim(CLAIM + "externalId", profile.externalId())
                .claim(CLAIM + "accountId", accountId)
                .claim(CLAIM + "sahhaApiScope", "Sandbox")
                .claim(CLAIM + "region", "US")
                .claim(CLAIM + "role", "profile_owner");
    }

    private JWTClaimsSet.Builder claims(String kind, Duration lifetime) {
        return new JWTClaimsSet.Builder()
                .jwtID(kind + "-" + issued.incrementAndGet())
                .expirationTime(Date.from(clock.instant().plus(lifetime)));
    }

    private String sign(JWTClaimsSet.Builder claims) {
        try {
            var jwt = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims.build());
            jwt.sign(signer);
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException("HS256 signs any claims", e);
        }
    }

    /** The holder of an account token; empty when it is not one or has expired. */
    Optional<Holder> account(String token) {
        return valid("account", token).map(claims -> new Holder.Account());
    }

    /** The holder of a profile token; empty when it is not one or has expired. */
    Optional<Holder> profile(String token) {
        return valid("profile", token).flatMap(Tokens::externalId).map(Holder.Profile::new);
    }

    /** The external id that a refresh token stands for; empty when it is not one or has expired. */
    Optional<String> refresh(String token) {
        return valid("refresh", token).flatMap(Tokens::externalId);
    }

    private static Optional<String> externalId(JWTClaimsSet claims) {
        @Nullable Object id = claims.getClaim(CLAIM + "externalId");
        return id instanceof String text ? Optional.of(text) : Optional.empty();
    }

    private Optional<JWTClaimsSet> valid(String kind, String token) {
        try {
            var jwt = SignedJWT.parse(token);
            if (!jwt.verify(verifier)) {
                return Optional.empty();
            }
            var claims = jwt.getJWTClaimsSet();
            Instant end = claims.getExpirationTime().toInstant();
            return claims.getJWTID().startsWith(kind + "-") && clock.instant().isBefore(end)
                    ? Optional.of(claims)
                    : Optional.empty();
        } catch (ParseException | JOSEException e) {
            return Optional.empty(); // this twin did not issue it
        }
    }
}
