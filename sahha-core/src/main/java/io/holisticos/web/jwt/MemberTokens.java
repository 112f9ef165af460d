package io.holisticos.web.jwt;

import com.codahale.metrics.MetricRegistry;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.BadJWSException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.BadJWTException;
import com.nimbusds.jwt.proc.ConfigurableJWTProcessor;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.web.Caller;
import io.holisticos.web.TokenKeys;
import io.holisticos.web.jwt.Refusal.Refused;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Authenticates members by their tokens. What a token says of keys ({@code jku}, {@code x5u}, {@code jwk}) is not read: only
 * its {@code kid} is, to find the key among those of the issuer. A verified token is remembered by its hash for a while.
 * Thread-safe.
 */
public final class MemberTokens implements TokenKeys {

    private static final Logger log = LoggerFactory.getLogger(MemberTokens.class);

    /** Tokens have 1 to 2 kB. What is longer is not looked at. */
    static final int MAX_LENGTH = 8_000;

    /** How long a verified token is not verified again. */
    static final Duration REMEMBERED = Duration.ofMinutes(5);

    private static final int MAX_REMEMBERED = 10_000;

    private static final Duration RETRY_AFTER = IssuerKeys.BETWEEN_FETCHES;

    /** How the compact form of a signed JWT looks; a header is a JSON object, so it begins like this. */
    private static final Pattern SHAPE = Pattern.compile("eyJ[\\w-]*+\\.[\\w-]++\\.[\\w-]++");

    private static final Pattern KID = Pattern.compile("[\\x21-\\x7e]{1,255}");

    private final ConfigurableJWTProcessor<SecurityContext> processor;
    private final MemberClaims claims;
    private final IssuerKeys keys;
    private final Clock clock;
    private final MetricRegistry metrics;
    private final Cache<String, Verified> remembered =
            Caffeine.newBuilder().maximumSize(MAX_REMEMBERED).build();

    /**
     * A token that was verified.
     *
     * @param until from then on it is looked at again
     * @param generation of the keys by which it was verified
     */
    private record Verified(Caller caller, Instant until, long generation) {}

    MemberTokens(JwtConfiguration configuration, IssuerKeys keys, Clock clock, MetricRegistry metrics) {
        this.processor = processor(configuration, keys, clock);
        this.claims = new MemberClaims(configuration.memberClaim, configuration.scopeClaim, configuration.scopes);
        this.keys = keys;
        this.clock = clock;
        this.metrics = metrics;
        for (Refusal refusal : Refusal.values()) {
            count(refusal, 0);
        }
    }

    private static ConfigurableJWTProcessor<SecurityContext> processor(
            JwtConfiguration configuration, IssuerKeys keys, Clock clock) {
        ConfigurableJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
        processor.setJWSTypeVerifier(
                new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(configuration.signatures(), keys));
        processor.setJWTClaimsSetVerifier(new ClaimsRules(configuration, clock));
        return processor;
    }

    /**
     * Whose token this is; empty when it is nobody's.
     *
     * @throws SourceUnavailable when nobody can know, because the issuer's keys are not there
     */
    public Optional<Caller> authenticate(String token) {
        if (token.length() > MAX_LENGTH || !SHAPE.matcher(token).matches()) {
            return refused(Refusal.MALFORMED);
        }
        String hash = hashOf(token);
        Verified known = remembered.getIfPresent(hash);
        Optional<Caller> member = known != null && isGood(known) ? Optional.of(known.caller()) : verify(token, hash);
        member.ifPresent(Caller::nameInRequest);
        return member;
    }

    @Override
    public boolean areGood(@Nullable String kid) {
        try {
            return kid == null || keys.hold(kid);
        } catch (KeySourceException e) {
            throw new SourceUnavailable(IssuerKeys.ISSUER, RETRY_AFTER, e);
        }
    }

    private boolean isGood(Verified known) {
        return known.generation() == keys.generation() && clock.instant().isBefore(known.until());
    }

    private Optional<Caller> verify(String token, String hash) {
        try {
            SignedJWT jwt = parse(token);
            long generation = keys.generation();
            JWTClaimsSet said = processor.process(jwt, null);
            Caller caller = claims.callerOf(said);
            remembered.put(hash, new Verified(caller, until(said), generation));
            return Optional.of(caller);
        } catch (Refused e) {
            return refused(e.why());
        } catch (ParseException | BadJWTException e) { // the second: claims in another form
            return refused(Refusal.MALFORMED);
        } catch (BadJWSException e) {
            return refused(Refusal.SIGNATURE);
        } catch (BadJOSEException e) {
            return refused(Refusal.HEADER);
        } catch (KeySourceException e) {
            throw new SourceUnavailable(IssuerKeys.ISSUER, RETRY_AFTER, e);
        } catch (JOSEException e) { // the key does not fit the signature
            return refused(Refusal.SIGNATURE);
        }
    }

    /** Headers that would change how it is read are in no token of an identity provider. */
    private static SignedJWT parse(String token) throws ParseException, Refused {
        SignedJWT jwt;
        try {
            jwt = SignedJWT.parse(token);
        } catch (IllegalArgumentException | IllegalStateException e) { // what its parser does not foresee
            throw Refusal.MALFORMED.refused();
        }
        String kid = jwt.getHeader().getKeyID();
        if (jwt.getHeader().getCriticalParams() != null || !jwt.getHeader().isBase64URLEncodePayload()) {
            throw Refusal.MALFORMED.refused();
        }
        if (kid == null || !KID.matcher(kid).matches()) {
            throw Refusal.HEADER.refused();
        }
        return jwt;
    }

    private Instant until(JWTClaimsSet said) {
        Instant expires = ClaimsRules.goodUntil(Objects.requireNonNull(said.getExpirationTime(), "exp"));
        Instant forAWhile = clock.instant().plus(REMEMBERED);
        return expires.isBefore(forAWhile) ? expires : forAWhile;
    }

    private Optional<Caller> refused(Refusal why) {
        count(why, 1);
        log.info("event=token_refused reason={}", why.word());
        return Optional.empty();
    }

    private void count(Refusal why, long times) {
        metrics.meter(MetricRegistry.name("access.jwt.refused", why.word())).mark(times);
    }

    private static String hashOf(String token) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
