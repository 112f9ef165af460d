package io.holisticos.sandbox.simulate;

import io.holisticos.twins.http.Stats;
import io.holisticos.twins.world.Person;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** Counts the calls to WHOOP, as its twin received them. */
final class CallCounter {

    private static final String DATA = "/developer/";
    private static final String TOKEN = "/oauth/oauth2/token";
    private static final double SECONDS_PER_DAY = 86_400;

    private final Stats stats;
    private final int members;
    private final Map<String, Long> callsWhenRevoked = new HashMap<>();
    private long dataAtDayOne;
    private long tokensAtDayOne;
    private Map<String, Long> kindsAtDayOne = Map.of();
    private Instant dayOne = Instant.MAX;
    private double memberDaysLost;
    private Instant end = Instant.MAX;

    CallCounter(Stats stats, int members) {
        this.stats = stats;
        this.members = members;
    }

    /**
     * The calls of a run.
     *
     * @param calls data calls in the counted days, for members who have not revoked
     * @param memberDays the days of these members
     * @param callsBefore data calls before day 1: first syncs, backfills and everything in between
     * @param tokenCalls token calls in the counted days
     * @param tokenCallsBefore token calls before day 1
     * @param throttled answers 429 in the whole run
     * @param byKind data calls of all members in the counted days, per member-day, by what they read
     */
    record Costs(
            long calls,
            double memberDays,
            long callsBefore,
            long tokenCalls,
            long tokenCallsBefore,
            long throttled,
            Map<String, Double> byKind) {
        double perMemberDay() {
            return memberDays == 0 ? 0 : calls / memberDays;
        }
    }

    /** Marks the begin of the counted days. */
    void dayOne(Instant now, Instant until) {
        dayOne = now;
        end = until;
        dataAtDayOne = stats.callsBelow(DATA);
        kindsAtDayOne = stats.callsByEndpoint(DATA);
        tokensAtDayOne = stats.callsBelow(TOKEN);
    }

    /** Marks that a member revoked: their later calls do not count as an active member's, even after a new consent. */
    void revoked(Person person, Instant now) {
        callsWhenRevoked.put(member(person), stats.callsByMember(DATA).getOrDefault(member(person), 0L));
        memberDaysLost += Duration.between(now, end).toSeconds() / SECONDS_PER_DAY;
    }

    long calls() {
        return stats.callsBelow(DATA);
    }

    long throttled() {
        return stats.callsAnswered("429");
    }

    /** The costs; to be called right after the counted days. */
    Costs costs() {
        Map<String, Long> byMember = stats.callsByMember(DATA);
        long afterRevocation = callsWhenRevoked.entrySet().stream()
                .mapToLong(revoked -> byMember.getOrDefault(revoked.getKey(), 0L) - revoked.getValue())
                .sum();
        double days = Duration.between(dayOne, end).toSeconds() / SECONDS_PER_DAY;
        return new Costs(
                stats.callsBelow(DATA) - dataAtDayOne - afterRevocation,
                members * days - memberDaysLost,
                dataAtDayOne,
                stats.callsBelow(TOKEN) - tokensAtDayOne,
                tokensAtDayOne,
                throttled(),
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

    /** The last part of the path, or the part before an id. */
    private static String kind(String endpoint) {
        String[] parts = endpoint.split("/", -1);
        String last = parts[parts.length - 1];
        return last.startsWith("{") ? parts[parts.length - 2] + " by id" : last;
    }

    private static String member(Person person) {
        return Long.toString(person.whoopUserId());
    }
}
