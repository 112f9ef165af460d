package io.holisticos.sandbox.simulate;

import io.holisticos.twins.http.Stats;
import io.holisticos.twins.world.Person;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** Counts calls of WHOOP as WHOOP's twin sees them. */
final class Tally {

    private static final String DATA = "/developer/";
    private static final String TOKEN = "/oauth/oauth2/token";
    private static final double SECONDS_PER_DAY = 86_400;

    private final Stats stats;
    private final int members;
    private final Map<String, Long> whenLeft = new HashMap<>();
    private long dataAtDayOne;
    private long tokensAtDayOne;
    private Map<String, Long> kindsAtDayOne = Map.of();
    private Instant dayOne = Instant.MAX;
    private double memberDaysLost;
    private Instant end = Instant.MAX;

    Tally(Stats stats, int members) {
        this.stats = stats;
        this.members = members;
    }

    /**
     * What the counted days cost.
     *
     * @param calls requests below {@code /developer} for members connected before day 1 and not gone since
     * @param memberDays their days
     * @param callsBefore the same requests before day 1: first syncs, backfill, and what happened meanwhile
     * @param tokenCalls of the token endpoint in the counted days
     * @param tokenCallsBefore of the token endpoint before day 1
     * @param throttled answers 429, ever
     * @param byKind the calls of everybody in the counted days by what they read, for a member and a day
     */
    record Costs(
            long calls,
            double memberDays,
            long callsBefore,
            long tokenCalls,
            long tokenCallsBefore,
            long throttled,
            int mostInMinute,
            Map<String, Double> byKind) {
        double perMemberDay() {
            return memberDays == 0 ? 0 : calls / memberDays;
        }
    }

    /** The counted days begin. */
    void dayOne(Instant now, Instant until) {
        dayOne = now;
        end = until;
        dataAtDayOne = stats.callsBelow(DATA);
        kindsAtDayOne = stats.callsByEndpoint(DATA);
        tokensAtDayOne = stats.callsBelow(TOKEN);
    }

    /** A member revoked: what they cost from here on, back again or not, is not an active member's. */
    void left(Person person, Instant now) {
        whenLeft.put(member(person), stats.callsByMember(DATA).getOrDefault(member(person), 0L));
        memberDaysLost += Duration.between(now, end).toSeconds() / SECONDS_PER_DAY;
    }

    long calls() {
        return stats.callsBelow(DATA);
    }

    long throttled() {
        return stats.callsAnswered("429");
    }

    /** To be asked when the counted days are over. */
    Costs costs() {
        Map<String, Long> byMember = stats.callsByMember(DATA);
        long ofThoseWhoLeft = whenLeft.entrySet().stream()
                .mapToLong(left -> byMember.getOrDefault(left.getKey(), 0L) - left.getValue())
                .sum();
        double days = Duration.between(dayOne, end).toSeconds() / SECONDS_PER_DAY;
        return new Costs(
                stats.callsBelow(DATA) - dataAtDayOne - ofThoseWhoLeft,
                members * days - memberDaysLost,
                dataAtDayOne,
                stats.callsBelow(TOKEN) - tokensAtDayOne,
                tokensAtDayOne,
                throttled(),
                stats.maxCallsIn60s(),
                byKind(members * days - memberDaysLost));
    }

    private Map<String, Double> byKind(double memberDays) {
        Map<String, Double> kinds = new TreeMap<>();
        stats.callsByEndpoint(DATA).forEach((endpoint, calls) -> {
            long counted = calls - kindsAtDayOne.getOrDefault(endpoint, 0L);
            if (counted > 0) {
                kinds.merge(kind(endpoint), counted / memberDays, Double::sum);
            }
        });
        return kinds;
    }

    /** The last part of the path, or what stands before an id. */
    private static String kind(String endpoint) {
        String[] parts = endpoint.split("/", -1);
        String last = parts[parts.length - 1];
        return last.startsWith("{") ? parts[parts.length - 2] + " by id" : last;
    }

    private static String member(Person person) {
        return Long.toString(person.whoopUserId());
    }
}
