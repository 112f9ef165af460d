package io.holisticos.sandbox.simulate;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The result of a run.
 *
 * @param delivered the latency of events that arrived
 * @param lost the latency of changes whose events never arrived
 * @param promptness how soon events were stored by hour of the day; null when events left together
 * @param notes what was compared and done, in words
 */
record SimulationReport(
        CallCounter.Costs costs,
        EventLatencies.Latency delivered,
        EventLatencies.Latency lost,
        List<String> notes,
        @Nullable Promptness promptness,
        List<Difference> differences) {

    /** WHOOP's quota of a day, less the two percent that the quota governor keeps back. */
    private static final double DEFAULT_QUOTA = 10_000 * 0.98;

    private static final int SHOWN = 20;

    /** How many active members a day's quota has room for. */
    long membersThatFit() {
        return costs.perMemberDay() == 0 ? 0 : (long) (DEFAULT_QUOTA / costs.perMemberDay());
    }

    /** Prints one fact a line, and differences by id and field, never by value. */
    void print(PrintStream out) {
        notes.forEach(out::println);
        long neverStored = delivered.neverStored();
        if (neverStored > 0) {
            out.println(
                    neverStored + " of " + delivered.events() + " delivered events were not stored when the run ended");
        }
        differences.stream().limit(SHOWN).forEach(difference -> out.println("  " + difference));
        print(out, "%.2f calls per active member and day", costs.perMemberDay());
        out.println("of these: "
                + costs.byKind().entrySet().stream()
                        .map(kind -> String.format(Locale.ROOT, "%.2f %s", kind.getValue(), kind.getKey()))
                        .collect(Collectors.joining(", ")));
        print(
                out,
                "first sync, backfill and token calls: %d data calls and %d token calls before day 1, %d token calls since",
                costs.callsBefore(),
                costs.tokenCallsBefore(),
                costs.tokenCalls());
        print(out, "%d answers 429", costs.throttled());
        print(
                out,
                "p50 %.1f s, p95 %.1f s from first delivery to commit (lost events: p50 %.0f s, p95 %.0f s apart)",
                delivered.p50(),
                delivered.p95(),
                lost.p50(),
                lost.p95());
        if (promptness != null) {
            promptness.table().forEach(out::println);
        }
        print(out, "%d members fit the default quota", membersThatFit());
        if (promptness != null) {
            print(
                    out,
                    "%d members fit for p95 <= 60 s in every hour"
                            + " (projected; of this run's worst hour: %.1f s projected, %.1f s measured)",
                    Math.min(membersThatFit(), promptness.membersThatFit()),
                    promptness.projected(),
                    promptness.measured());
        }
        print(out, "%d differences", differences.size());
        out.flush();
    }

    private static void print(PrintStream out, String format, Object... facts) {
        out.println(String.format(Locale.ROOT, format, facts));
    }
}
