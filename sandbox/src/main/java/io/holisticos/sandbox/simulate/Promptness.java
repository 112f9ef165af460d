package io.holisticos.sandbox.simulate;

import io.holisticos.sandbox.simulate.CallTimes.DataCall;
import io.holisticos.sandbox.simulate.EventLatencies.Arrival;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * How soon the service stored what events announced, by hour of the day (UTC) in which they arrived.
 *
 * @param hours all 24
 * @param membersThatFit how many members there may be until the 95th percentile of some hour is more than a minute, as
 *     {@link Demand} projects it
 * @param projected the 95th percentile of the worst hour with as many members as the run had, projected in the same way
 */
record Promptness(List<Hour> hours, long membersThatFit, double projected) {

    private static final int HOURS = 24;

    /**
     * In hours with fewer events chance decides about the 95th percentile: one event in forty comes before its record, and that
     * is WHOOP's wait.
     */
    private static final int FEWEST_EVENTS = 200;

    Promptness {
        hours = List.copyOf(hours);
    }

    /**
     * What happened in an hour of the day, over all days.
     *
     * @param events that arrived
     * @param callsPerDay calls for members' data in that hour of one day, for whatever reason
     * @param p50 of the seconds from arrival to commit, as all that follow
     */
    record Hour(int hour, long events, double callsPerDay, double p50, double p95, double longest) {}

    /** From events and calls of the counted days. */
    static Promptness of(List<Arrival> arrivals, List<DataCall> calls, Scenario scenario) {
        List<Hour> hours = hours(arrivals, calls, scenario.days());
        Demand demand = Demand.of(arrivals, calls, scenario.users() * scenario.days());
        double unhurried = unhurried(hours, EventLatencies.percentile(EventLatencies.secondsOf(arrivals), 0.95));
        return new Promptness(
                hours,
                demand.membersWithin(unhurried, scenario.seed()),
                unhurried + demand.longestWait(scenario.users(), scenario.seed()));
    }

    /** The 95th percentile of the worst hour, as measured; zero when no hour had events enough. */
    double measured() {
        return hoursThatCount(hours).max().orElse(0);
    }

    /** A header, and a line for each hour. */
    List<String> table() {
        List<String> lines = new ArrayList<>();
        lines.add("hour (UTC)  events  calls a day   p50 s   p95 s   max s");
        hours.forEach(hour -> lines.add(String.format(
                Locale.ROOT,
                "%02d:00       %6d       %6.0f  %6.1f  %6.1f  %6.1f",
                hour.hour,
                hour.events,
                hour.callsPerDay,
                hour.p50,
                hour.p95,
                hour.longest)));
        return lines;
    }

    private static List<Hour> hours(List<Arrival> arrivals, List<DataCall> calls, int days) {
        Map<Integer, List<Arrival>> byHour =
                arrivals.stream().collect(Collectors.groupingBy(arrival -> hourOf(arrival.at())));
        Map<Integer, Long> callsByHour =
                calls.stream().collect(Collectors.groupingBy(call -> hourOf(call.at()), Collectors.counting()));
        return IntStream.range(0, HOURS)
                .mapToObj(hour -> hour(
                        hour, byHour.getOrDefault(hour, List.of()), callsByHour.getOrDefault(hour, 0L) / (double) days))
                .toList();
    }

    private static Hour hour(int hour, List<Arrival> arrivals, double callsPerDay) {
        double[] seconds = EventLatencies.secondsOf(arrivals);
        return new Hour(
                hour,
                arrivals.size(),
                callsPerDay,
                EventLatencies.percentile(seconds, 0.5),
                EventLatencies.percentile(seconds, 0.95),
                EventLatencies.percentile(seconds, 1));
    }

    /** The 95th percentile where nobody waits for permits: the wait for the other half of an event, and for a free job. */
    private static double unhurried(List<Hour> hours, double whole) {
        return hoursThatCount(hours).min().orElse(whole);
    }

    private static DoubleStream hoursThatCount(List<Hour> hours) {
        return hours.stream().filter(hour -> hour.events >= FEWEST_EVENTS).mapToDouble(Hour::p95);
    }

    private static int hourOf(Instant moment) {
        return moment.atOffset(ZoneOffset.UTC).getHour();
    }
}
