package io.holisticos.twins.whoop;

import io.holisticos.twins.world.Person;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The members' consents, and the codes and tokens issued for them. Safe for any number of threads. */
final class Grants {
    private static final Duration RACE = Duration.ofSeconds(1); // of real time; racing refreshes are milliseconds apart

    private static final Duration REUSE_NOTICED = Duration.ofHours(1); // after that, codes are removed

    private final Clock clock;
    private final Supplier<Knobs.Tokens> knobs;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Code> codes = new HashMap<>();
    private final Map<String, Grant> byAccessToken = new HashMap<>();
    private final Map<String, Grant> byRefreshToken = new HashMap<>();
    private final Map<String, Long> spent = new HashMap<>();
    private final Map<Long, List<Grant>> byMember = new HashMap<>();

    Grants(Clock clock, Supplier<Knobs.Tokens> knobs) {
        this.clock = clock;
        this.knobs = knobs;
    }

    /**
     * Issues a code, which one token call may exchange for tokens.
     *
     * @param codeChallenge the SHA-256 of the verifier that the call has to bring (RFC 7636); empty for none
     */
    synchronized String issueCode(Person member, Set<String> scopes, String redirectUri, String codeChallenge) {
        String code = secret();
        Instant longAgo = clock.instant().minus(REUSE_NOTICED);
        codes.values().removeIf(old -> old.expires.isBefore(longAgo));
        codes.put(
                code,
                new Code(
                        member,
                        scopes,
                        redirectUri,
                        codeChallenge,
                        clock.instant().plus(knobs.get().codeLifetime())));
        return code;
    }

    /** Exchanges a code for tokens, once. */
    synchronized TokenAnswer redeem(String text, String redirectUri, String codeVerifier) {
        Code code = codes.get(text);
        if (code == null) {
            return new TokenAnswer.Refused(Refusal.UNKNOWN_CODE);
        }
        if (code.grant != null) {
            end(code.grant); // reuse revokes what the first use produced
            return new TokenAnswer.Refused(Refusal.USED_CODE);
        }
        if (!clock.instant().isBefore(code.expires)) {
            return new TokenAnswer.Refused(Refusal.UNKNOWN_CODE);
        }
        if (!code.redirectUri.equals(redirectUri)) {
            return new TokenAnswer.Refused(Refusal.OTHER_REDIRECT);
        }
        if (knobs.get().verifiesPkce() && !code.isVerifiedBy(codeVerifier)) {
            return new TokenAnswer.Refused(Refusal.OTHER_VERIFIER);
        }
        Grant grant = new Grant(code.member, code.scopes);
        code.grant = grant;
        byMember.computeIfAbsent(code.member.whoopUserId(), id -> new ArrayList<>())
                .add(grant);
        return new TokenAnswer.Issued(issue(grant));
    }

    /** Replaces both tokens; the old ones are invalid from now on. */
    synchronized TokenAnswer refresh(String refreshToken, Set<String> allowed) {
        Grant grant = byRefreshToken.get(refreshToken);
        if (grant == null || !clock.instant().isBefore(grant.refreshExpires)) {
            return new TokenAnswer.Refused(lostRace(refreshToken) ? Refusal.LOST_RACE : Refusal.SPENT_REFRESH_TOKEN);
        }
        Optional<String> disabled =
                grant.scopes.stream().filter(scope -> !allowed.contains(scope)).findFirst();
        if (disabled.isPresent()) {
            return new TokenAnswer.Refused(Refusal.SCOPE_DISABLED);
        }
        if (knobs.get().lostRaceStatus() == 500) {
            long now = System.nanoTime();
            spent.values().removeIf(at -> now - at > RACE.toNanos());
            spent.put(refreshToken, now);
        }
        return new TokenAnswer.Issued(issue(grant));
    }

    /** The member and scopes of a valid access token. */
    synchronized Optional<Access> access(String accessToken) {
        return Optional.ofNullable(byAccessToken.get(accessToken))
                .filter(grant -> clock.instant().isBefore(grant.accessExpires))
                .map(grant -> new Access(grant.member, grant.scopes));
    }

    /** Whether any of the member's grants can still be used. */
    synchronized boolean has(Person member) {
        Instant now = clock.instant();
        return byMember.getOrDefault(member.whoopUserId(), List.of()).stream()
                .anyMatch(grant -> now.isBefore(grant.accessExpires) || now.isBefore(grant.refreshExpires));
    }

    /** How many members have a grant. */
    synchronized long members() {
        return byMember.values().stream().filter(grants -> !grants.isEmpty()).count();
    }

    /** Ends all grants of a member; every token is invalid at once. */
    synchronized void revoke(Person member) {
        List<Grant> grants = byMember.remove(member.whoopUserId());
        if (grants != null) {
            List.copyOf(grants).forEach(this::end);
        }
    }

    private IssuedTokens issue(Grant grant) {
        forget(grant);
        Instant now = clock.instant();
        Knobs.Tokens rules = knobs.get();
        String accessToken = secret();
        grant.accessToken = accessToken;
        grant.accessExpires = now.plus(rules.accessLifetime());
        byAccessToken.put(accessToken, grant);
        String refreshToken = null;
        if (grant.scopes.contains(Scopes.OFFLINE)) {
            refreshToken = secret();
            grant.refreshExpires = now.plus(rules.refreshLifetime());
            byRefreshToken.put(refreshToken, grant);
        }
        grant.refreshToken = refreshToken;
        return new IssuedTokens(accessToken, refreshToken, grant.scopes, rules.accessLifetime());
    }

    private void end(Grant grant) {
        forget(grant);
        grant.accessExpires = Instant.MIN;
        grant.refreshExpires = Instant.MIN;
        byMember.getOrDefault(grant.member.whoopUserId(), new ArrayList<>()).remove(grant);
    }

    private void forget(Grant grant) {
        if (grant.accessToken != null) {
            byAccessToken.remove(grant.accessToken);
        }
        if (grant.refreshToken != null) {
            byRefreshToken.remove(grant.refreshToken);
        }
    }

    private boolean lostRace(String refreshToken) {
        Long at = spent.get(refreshToken);
        return at != null && System.nanoTime() - at < RACE.toNanos();
    }

    /** Two base64url parts joined with a dot, as in real tokens. */
    private String secret() {
        byte[] key = new byte[32];
        byte[] signature = new byte[32];
        random.nextBytes(key);
        random.nextBytes(signature);
        Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
        return encoder.encodeToString(key) + "." + encoder.encodeToString(signature);
    }

    /** The member whom a token stands for, and what it may read. */
    record Access(Person member, Set<String> scopes) {}

    /** Why a token call is refused. */
    enum Refusal {
        UNKNOWN_CODE,
        USED_CODE,
        OTHER_REDIRECT,
        OTHER_VERIFIER,
        SPENT_REFRESH_TOKEN,
        LOST_RACE,
        SCOPE_DISABLED
    }

    /** The result of a token call. */
    sealed interface TokenAnswer {
        record Issued(IssuedTokens tokens) implements TokenAnswer {}

        record Refused(Refusal why) implements TokenAnswer {}
    }

    private static final class Code {
        private final Person member;
        private final Set<String> scopes;
        private final String redirectUri;
        private final String codeChallenge;
        private final Instant expires;
        private @Nullable Grant grant;

        private Code(Person member, Set<String> scopes, String redirectUri, String codeChallenge, Instant expires) {
            this.member = member;
            this.scopes = scopes;
            this.redirectUri = redirectUri;
            this.codeChallenge = codeChallenge;
            this.expires = expires;
        }

        /** A verifier without a challenge is refused as well (RFC 9700, 2.1.1). */
        private boolean isVerifiedBy(String verifier) {
            return codeChallenge.isEmpty() ? verifier.isEmpty() : codeChallenge.equals(challengeOf(verifier));
        }

        private static String challengeOf(String verifier) {
            try {
                byte[] hash = MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII));
                return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java platform has SHA-256", e);
            }
        }
    }

    private static final class Grant {
        private final Person member;
        private final Set<String> scopes;
        private @Nullable String accessToken;
        private @Nullable String refreshToken;
        private Instant accessExpires = Instant.MIN;
        private Instant refreshExpires = Instant.MIN;

        private Grant(Person member, Set<String> scopes) {
            this.member = member;
            this.scopes = scopes;
        }
    }
}
