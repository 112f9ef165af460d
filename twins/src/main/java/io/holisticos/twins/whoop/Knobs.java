package io.holisticos.twins.whoop;

import java.time.Duration;
import java.util.Set;

/**
 * Switches for what is unknown about the real WHOOP or changes there. The defaults follow the best evidence.
 *
 * @param wire how records and errors are written
 * @param tokens how long credentials live and how invalid ones are refused
 * @param limits the application's quota
 * @param lapsedMembers WHOOP user ids whose membership lapsed: data calls answer 403
 * @param memberLimit how many members may be connected before new consents are refused
 * @param delivery how reliable webhooks are
 */
public record Knobs(
        Wire wire, Tokens tokens, Limits limits, Set<Long> lapsedMembers, int memberLimit, Delivery delivery) {
    /** Copies the set. */
    public Knobs {
        lapsedMembers = Set.copyOf(lapsedMembers);
    }

    /** All switches as the evidence says. */
    public static Knobs defaults() {
        return new Knobs(
                new Wire(true, true, 401, true),
                new Tokens(
                        Duration.ofHours(1),
                        Duration.ofDays(30),
                        Duration.ofMinutes(10),
                        "invalid_request",
                        400,
                        8,
                        false),
                new Limits(100, 10_000, false, false),
                Set.of(),
                Integer.MAX_VALUE,
                new Delivery(0, Duration.ofSeconds(1)));
    }

    /** The same with another way of writing. */
    public Knobs with(Wire other) {
        return new Knobs(other, tokens, limits, lapsedMembers, memberLimit, delivery);
    }

    /** The same with other rules for credentials. */
    public Knobs with(Tokens other) {
        return new Knobs(wire, other, limits, lapsedMembers, memberLimit, delivery);
    }

    /** The same with another quota. */
    public Knobs with(Limits other) {
        return new Knobs(wire, tokens, other, lapsedMembers, memberLimit, delivery);
    }

    /** The same with these memberships lapsed. */
    public Knobs withLapsedMembers(Set<Long> whoopUserIds) {
        return new Knobs(wire, tokens, limits, whoopUserIds, memberLimit, delivery);
    }

    /** The same with another number of members allowed. */
    public Knobs withMemberLimit(int limit) {
        return new Knobs(wire, tokens, limits, lapsedMembers, limit, delivery);
    }

    /** The same with webhooks of another reliability. */
    public Knobs with(Delivery other) {
        return new Knobs(wire, tokens, limits, lapsedMembers, memberLimit, other);
    }

    /**
     * How records and errors are written.
     *
     * @param explicitNulls whether missing values are written as null (observed) instead of omitted (documented)
     * @param fullOAuthErrors whether errors have {@code error_hint} and {@code status_code}
     * @param missingScopeStatus 401 or 403
     * @param resignRetries whether a webhook's retry has a new timestamp and signature
     */
    public record Wire(boolean explicitNulls, boolean fullOAuthErrors, int missingScopeStatus, boolean resignRetries) {}

    /**
     * How long credentials live and how invalid ones are refused.
     *
     * @param spentRefreshError {@code invalid_request} (observed) or {@code invalid_grant}
     * @param lostRaceStatus 400, or 500 for the loser of a refresh that comes within a second of the winner
     * @param stateMinimum the shortest {@code state} that is accepted
     * @param verifiesPkce whether a code that was asked for with a {@code code_challenge} needs its {@code code_verifier}
     *     (RFC 7636); WHOOP documents neither, so both are ignored by default
     */
    public record Tokens(
            Duration accessLifetime,
            Duration refreshLifetime,
            Duration codeLifetime,
            String spentRefreshError,
            int lostRaceStatus,
            int stateMinimum,
            boolean verifiesPkce) {}

    /**
     * The application's quota.
     *
     * @param retryAfter whether a 429 has {@code Retry-After}
     * @param tokenCallsCount whether calls of the token endpoint use up quota
     */
    public record Limits(int perMinute, int perDay, boolean retryAfter, boolean tokenCallsCount) {}

    /**
     * How reliable webhooks are, besides the mode in force.
     *
     * @param unreliable the share of events lost, sent twice or reordered, a third each; the seed decides which
     * @param patience how long the twin waits for an answer, in real time; WHOOP asks for an answer within one second
     */
    public record Delivery(double unreliable, Duration patience) {
        /** Refuses a number that is not a share. */
        public Delivery {
            if (!(unreliable >= 0 && unreliable <= 1)) {
                throw new IllegalArgumentException("unreliable must be a share of 0 to 1, was " + unreliable);
            }
        }
    }
}
