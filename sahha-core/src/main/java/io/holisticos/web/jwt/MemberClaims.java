package io.holisticos.web.jwt;

import com.nimbusds.jwt.JWTClaimsSet;
import io.holisticos.health.UserId;
import io.holisticos.web.Caller;
import io.holisticos.web.Scope;
import io.holisticos.web.jwt.Refusal.Refused;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Which member a token is of, and what it lets them do. */
final class MemberClaims {

    private final String memberClaim;
    private final String scopeClaim;
    private final Map<String, List<String>> scopes;

    /**
     * @param scopeClaim empty when a token has every scope of members
     * @param scopes by word of that claim, the scopes that it gives
     */
    MemberClaims(String memberClaim, String scopeClaim, Map<String, List<String>> scopes) {
        this.memberClaim = memberClaim;
        this.scopeClaim = scopeClaim;
        this.scopes = Map.copyOf(scopes);
    }

    /** @throws Refused when the token names no member */
    Caller callerOf(JWTClaimsSet claims) throws Refused {
        if (!(claims.getClaim(memberClaim) instanceof String id) || !isPlain(id)) {
            throw Refusal.MEMBER.refused();
        }
        try {
            return Caller.ofMember(new UserId(id), scopesOf(claims));
        } catch (IllegalArgumentException e) { // the rules of ids
            throw Refusal.MEMBER.refused();
        }
    }

    /** Whether nobody could take it for another id: what cannot be seen is in no id. */
    private static boolean isPlain(String id) {
        return id.equals(id.strip()) && id.codePoints().noneMatch(MemberClaims::isUnseen);
    }

    private static boolean isUnseen(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }

    private Set<String> scopesOf(JWTClaimsSet claims) {
        return scopeClaim.isEmpty()
                ? Scope.OF_MEMBERS
                : words(claims.getClaim(scopeClaim))
                        .flatMap(word -> scopes.getOrDefault(word, List.of()).stream())
                        .collect(Collectors.toUnmodifiableSet());
    }

    /** As OAuth writes scopes, words in one text (RFC 8693), or as others do, a list. */
    private static Stream<String> words(@Nullable Object claim) {
        if (claim instanceof String text) {
            return Arrays.stream(text.split(" "));
        }
        return claim instanceof Collection<?> list
                ? list.stream().filter(String.class::isInstance).map(String.class::cast)
                : Stream.of();
    }
}
