package io.holisticos.sandbox.simulate;

import io.holisticos.sandbox.simulate.CallTimes.DataCall;
import io.holisticos.sandbox.simulate.EventLatencies.Arrival;
import io.holisticos.twins.world.Dice;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the members of a run asked of the quota, and how long as many or as few others like them would wait for it.
 *
 * <p>A day of N members is N member-days of the run, drawn by the seed, each moved by up to {@link #SHIFT} so that one that is
 * drawn twice does not come twice at once. The calls of three such days stand in one line. With d(i) the moment at which the i-th
 * is asked for, it gets its permit at {@code g(i) = max(d(i), g(i - 79) + 62 s, g(i - 9800) + 24 h + 2 s)}: no more than so many in
 * any minute and in any day. The first day only fills the day's quota. An event is stored {@code g - d} later than where nobody
 * waits.
 */
final class Demand {

    /** WHOOP grants 100 calls a minute. The governor keeps two, and 19 for somebody who waits for an answer. */
    static final int PERMITS = 79;

    /** A minute, and the margin by which the governor counts longer than WHOOP. */
    static final Duration WINDOW = Duration.ofSeconds(62);

    /** WHOOP grants 10,000 calls a day, and the governor keeps 200. */
    static final int DAY_PERMITS = 9_800;

    private static final Duration DAY_WINDOW = Duration.ofDays(1).plusSeconds(2);

    /** What an hour's 95th percentile may be. */
    static final double WITHIN_SECONDS = 60;

    static final Duration SHIFT = Duration.ofMinutes(5);

    /** The day's quota ends before. */
    private static final int MOST_MEMBERS = 20_000;

    /** A call belongs to the work on the event before it for so long, while it waits for its permit. */
    private static final Duration SAME_WORK = Duration.ofMinutes(5);

    private static final int DAYS = 3;
    private static final int HOURS = 24;
    private static final long DAY = Duration.ofDays(1).toMillis();
    private static final long HOUR = Duration.ofHours(1).toMillis();
    private static final double MILLIS_PER_SECOND = 1_000;

    private final List<List<Call>> memberDays;

    /** @param memberDays the calls of each member on each day, days without calls included */
    Demand(List<List<Call>> memberDays) {
        this.memberDays = List.copyOf(memberDays);
    }

    /**
     * A call.
     *
     * @param asked when it was asked for, in milliseconds since the day began
     * @param forEvent whether an event's commit waited for it
     */
    record Call(long asked, boolean forEvent) {}

    /**
     * The demand of a run. A call is asked for when its event comes, however late it was made; one without an event at the
     * same moment as the call before it that it belongs to, else when it was made.
     *
     * @param days how many member-days there were
     */
    static Demand of(List<Arrival> arrivals, List<DataCall> calls, int days) {
        Map<Long, List<Arrival>> arrivalsOf = new HashMap<>();
        arrivals.forEach(arrival -> arrivalsOf
                .computeIfAbsent(arrival.whoopUserId(), any -> new ArrayList<>())
                .add(arrival));
        Map<Long, List<DataCall>> callsOf = new TreeMap<>();
        calls.forEach(call -> callsOf.computeIfAbsent(call.whoopUserId(), any -> new ArrayList<>())
                .add(call));
        List<List<Call>> memberDays = new ArrayList<>();
        callsOf.forEach((member, made) -> memberDays.addAll(daysOf(made, arrivalsOf.getOrDefault(member, List.of()))));
        while (memberDays.size() < days) {
            memberDays.add(List.of());
        }
        return new Demand(memberDays);
    }

    private static Collection<List<Call>> daysOf(List<DataCall> made, List<Arrival> arrivals) {
        Map<LocalDate, List<Call>> days = new TreeMap<>();
        Instant before = Instant.MIN; // when the call before was made, and asked for
        Instant askedBefore = Instant.MIN;
        for (DataCall call : made) {
            Instant asked = arrivals.stream()
                    .filter(arrival -> awaits(arrival, call.at()))
                    .map(Arrival::at)
                    .max(Comparator.naturalOrder())
                    .orElse(null);
            boolean forEvent = asked != null;
            if (asked == null) {
                asked = before.isAfter(call.at().minus(SAME_WORK)) ? askedBefore : call.at();
            }
            before = call.at();
            askedBefore = asked;
            days.computeIfAbsent(LocalDate.ofInstant(asked, ZoneOffset.UTC), any -> new ArrayList<>())
                    .add(new Call(
                            Duration.between(asked.truncatedTo(ChronoUnit.DAYS), asked)
                                    .toMillis(),
                            forEvent));
        }
        return days.values();
    }

    private static boolean awaits(Arrival arrival, Instant moment) {
        Instant stored = arrival.storedAt();
        return stored != null && !arrival.at().isAfter(moment) && !stored.isBefore(moment);
    }

    /**
     * How many members there may be until the 95th percentile of some hour is more than a minute.
     *
     * @param unhurried that percentile, in seconds, where nobody waits for permits
     */
    long membersWithin(double unhurried, long seed) {
        int fit = 0;
        int tooMany = MOST_MEMBERS + 1;
        while (tooMany - fit > 1) {
            int members = (fit + tooMany) / 2;
            if (longestWait(members, seed) + unhurried <= WITHIN_SECONDS) {
                fit = members;
            } else {
                tooMany = members;
            }
        }
        return fit;
    }

    /** The wait for permits of so many members, in seconds: the 95th percentile of the worst hour. */
    double longestWait(int members, long seed) {
        double longest = 0;
        for (double[] waits : waits(daysOf(members, seed))) {
            longest = Math.max(longest, EventLatencies.percentile(waits, 0.95));
        }
        return longest;
    }

    /** Of so many members: the first are the same whatever their number. */
    private List<Call> daysOf(int members, long seed) {
        List<Call> calls = new ArrayList<>();
        for (int day = 0; day < DAYS && !memberDays.isEmpty(); day++) {
            Dice dice = Dice.of(seed).at("member-days", day);
            for (int member = 0; member < members; member++) {
                List<Call> drawn = memberDays.get(dice.whole(0, memberDays.size() - 1));
                long shift = (long) dice.between(-SHIFT.toMillis(), SHIFT.toMillis());
                for (Call call : drawn) {
                    calls.add(new Call(day * DAY + Math.floorMod(call.asked + shift, DAY), call.forEvent));
                }
            }
        }
        calls.sort(Comparator.comparing(Call::asked));
        return calls;
    }

    /** How long calls for events wait for their permits, in seconds, the shortest first, by the hour in which they are asked for. */
    private static List<double[]> waits(List<Call> calls) {
        List<List<Double>> waits = new ArrayList<>();
        for (int hour = 0; hour < HOURS; hour++) {
            waits.add(new ArrayList<>());
        }
        long[] granted = new long[calls.size()];
        for (int i = 0; i < granted.length; i++) {
            long asked = calls.get(i).asked;
            granted[i] = Math.max(
                    Math.max(asked, roomAt(granted, i - PERMITS, WINDOW)),
                    roomAt(granted, i - DAY_PERMITS, DAY_WINDOW));
            if (calls.get(i).forEvent && asked >= DAY) {
                waits.get((int) (asked % DAY / HOUR)).add((granted[i] - asked) / MILLIS_PER_SECOND);
            }
        }
        return waits.stream()
                .map(hour ->
                        hour.stream().mapToDouble(Double::doubleValue).sorted().toArray())
                .toList();
    }

    /** When the permit of that call comes back; at once when there was none. */
    private static long roomAt(long[] granted, int call, Duration window) {
        return call < 0 ? 0 : granted[call] + window.toMillis();
    }
}
