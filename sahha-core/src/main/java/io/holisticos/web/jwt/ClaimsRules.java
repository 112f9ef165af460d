package io.holisticos.web.jwt;

import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.JWTClaimsSetVerifier;
import io.holisticos.web.jwt.Refusal.Refused;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** From whom a token must be, for whom, how its member must have signed in, and when it is good. Thread-safe. */
final class ClaimsRules implements JWTClaimsSetVerifier<SecurityContext> {

    /** How far the issuer's clock and ours may be apart. */
    static final Duration SKEW = Duration.ofSeconds(60);

    private final String issuer;
    private final String audience;
    private final Map<String, List<String>> required;
    private final Clock clock;

    ClaimsRules(JwtConfiguration configuration, Clock clock) {
        this.issuer = configuration.issuer;
        this.audience = configuration.audience;
        this.required = configuration.required;
        this.clock = clock;
    }

    @Override
    public void verify(JWTClaimsSet claims, @Nullable SecurityContext context) throws Refused {
        require(issuer.equals(claims.getIssuer()), Refusal.ISSUER);
        require(claims.getAudience().contains(audience), Refusal.AUDIENCE);
        Instant now = clock.instant();
        Date expires = claims.getExpirationTime();
        require(expires != null && now.isBefore(goodUntil(expires)), Refusal.EXPIRED);
        require(!isAhead(claims.getNotBeforeTime(), now), Refusal.NOT_YET_VALID);
        require(!isAhead(claims.getIssueTime(), now), Refusal.NOT_YET_VALID);
        require(
                required.entrySet().stream().allMatch(rule -> holds(claims.getClaim(rule.getKey()), rule.getValue())),
                Refusal.STRENGTH);
    }

    private static boolean holds(@Nullable Object claim, List<String> oneOf) {
        return claim instanceof List<?> words
                ? oneOf.stream().anyMatch(words::contains)
                : claim != null && oneOf.contains(claim);
    }

    /** The moment from which on a token is refused that expires then. */
    static Instant goodUntil(Date expires) {
        return expires.toInstant().plus(SKEW);
    }

    private static boolean isAhead(@Nullable Date moment, Instant now) {
        return moment != null && moment.toInstant().isAfter(now.plus(SKEW));
    }

    private static void require(boolean rule, Refusal otherwise) throws Refused {
        if (!rule) {
            throw otherwise.refused();
        }
    }
}
