package io.holisticos.bench;

import static io.holisticos.bench.report.MarkdownTable.number;

import io.holisticos.bench.drive.Latencies;
import io.holisticos.bench.drive.OpenModel;
import io.holisticos.bench.drive.Wrk;
import io.holisticos.bench.process.Progress;
import io.holisticos.bench.report.MarkdownTable;
import io.holisticos.bench.report.Samples;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All contenders in turn, round after round, each round beginning with another one: first how many answers a second, then how long
 * they take at half of that.
 */
final class SideBySide {

    /** An answer of 304 has no body: more bytes than these mean that it was another one. */
    private static final long LARGEST_NOT_MODIFIED = 700;

    private static final int MOST_LATENCY_ROUNDS = 3;
    private static final int MOST_WARM_UP_STEPS = 8;
    private static final double HARDLY_FASTER = 1.03;
    private static final List<String> AT_HALF = List.of("existing", "hit", "miss", "304");

    private final Workbench bench;
    private final BenchOptions options;
    private final Map<String, Measured> measured = new LinkedHashMap<>();
    private final List<String> warnings = new ArrayList<>();

    SideBySide(Workbench bench) {
        this.bench = bench;
        this.options = bench.options();
    }

    void run() {
        List<Contender> contenders = Contenders.started(bench);
        contenders.forEach(one -> measured.put(one.title(), new Measured(one)));
        Wrk wrk = new Wrk(bench.processes());
        contenders.forEach(one -> warmUp(wrk, one));
        for (int round = 0; round < options.rounds(); round++) {
            for (Contender one : rotated(contenders, round)) {
                double perSecond = throughput(wrk, one, options.seconds());
                of(one).perSecond().add(perSecond);
                Progress.say("round %d: %-60s %10s /s".formatted(round + 1, one.title(), number(perSecond)));
            }
        }
        for (int round = 0; round < Math.min(MOST_LATENCY_ROUNDS, options.rounds()); round++) {
            latencies(rotated(contenders, round), round);
        }
        print();
    }

    /** Until a step is hardly faster than the best so far: what has more code to compile needs longer. */
    private void warmUp(Wrk wrk, Contender one) {
        double best = 0;
        for (int step = 1; step <= MOST_WARM_UP_STEPS; step++) {
            double perSecond = throughput(wrk, one, options.seconds());
            Progress.say("warm-up: %-59s %10s /s".formatted(one.title(), number(perSecond)));
            if (perSecond < best * HARDLY_FASTER) {
                return;
            }
            best = Math.max(best, perSecond);
        }
    }

    private static List<Contender> rotated(List<Contender> contenders, int by) {
        List<Contender> rotated = new ArrayList<>(contenders);
        Collections.rotate(rotated, -by);
        return rotated;
    }

    private double throughput(Wrk wrk, Contender one, int seconds) {
        bench.keepFresh();
        one.before().run();
        try {
            Wrk.Result result = wrk.run(one.load().get(), options.connections(), seconds);
            if (result.errors() > 0) {
                warnings.add(one.title() + ": " + result.errors() + " requests were not answered well");
            }
            if (one.name().equals("304") && result.bytesEach() > LARGEST_NOT_MODIFIED) {
                warnings.add(one.title() + ": answers had " + result.bytesEach() + " bytes, so they were whole ones");
            }
            return result.perSecond();
        } finally {
            one.after().run();
        }
    }

    /** Ours at half of their own maximum, and (a) at the same rate right after. */
    private void latencies(List<Contender> contenders, int round) {
        Optional<Contender> row =
                contenders.stream().filter(one -> one.name().equals("a")).findAny();
        for (Contender one : contenders) {
            if (!AT_HALF.contains(one.name())) {
                continue;
            }
            double rate = of(one).perSecond().median() / 2;
            Latencies own = latency(one, rate);
            of(one).p50().add(own.millis(0.5));
            of(one).p99().add(own.millis(0.99));
            if (row.isPresent()) {
                of(one).p99OfRow().add(latency(row.get(), rate).millis(0.99));
            }
            Progress.say("round %d: %-60s p99 %s ms at %s /s"
                    .formatted(round + 1, one.title(), number(own.millis(0.99)), number(rate)));
        }
    }

    private Latencies latency(Contender one, double rate) {
        bench.keepFresh();
        Latencies latencies = OpenModel.run(one.load().get(), rate, options.seconds());
        if (latencies.errors() > 0) {
            warnings.add(
                    one.title() + ": " + latencies.errors() + " requests were not answered well at a constant rate");
        }
        return latencies;
    }

    private Measured of(Contender one) {
        return Objects.requireNonNull(measured.get(one.title()));
    }

    private void print() {
        MarkdownTable throughput = new MarkdownTable("", "answers a second, median", "lowest", "highest", "rounds");
        measured.forEach((title, one) -> throughput.row(
                title,
                "**" + number(one.perSecond().median()) + "**",
                number(one.perSecond().lowest()),
                number(one.perSecond().highest()),
                String.join(
                        ", ",
                        one.perSecond().values().stream()
                                .map(MarkdownTable::number)
                                .toList())));
        Map<String, Object> figures = new LinkedHashMap<>();
        measured.forEach((title, one) -> figures.put(title, one.perSecond().values()));
        bench.print("Throughput, " + options.connections() + " callers at once", throughput, figures);
        printRatios();
        printLatencies();
        warnings.stream().distinct().forEach(warning -> System.out.println("NOT AS IT SHOULD BE: " + warning));
    }

    private void printRatios() {
        MarkdownTable table = new MarkdownTable("ratio", "median", "lowest", "highest", "goal", "met");
        Map<String, Object> figures = new LinkedHashMap<>();
        for (Ratio ratio : Ratio.values()) {
            Samples over = best(ratio.above());
            Samples under = best(ratio.below());
            if (over == null || under == null) {
                continue;
            }
            Samples rounds = over.over(under);
            table.row(
                    ratio.title(),
                    "**" + number(rounds.median()) + "**",
                    number(rounds.lowest()),
                    number(rounds.highest()),
                    ratio.goal(),
                    ratio.isMet(rounds.median()) ? "yes" : "no");
            figures.put(ratio.title(), rounds.values());
        }
        bench.print("Ratios, round by round", table, figures);
    }

    /** Of those with this name, such as one worker and two, the better one counts. */
    private @Nullable Samples best(String name) {
        return measured.values().stream()
                .filter(one ->
                        one.contender().name().equals(name) && !one.perSecond().isEmpty())
                .map(Measured::perSecond)
                .max((one, other) -> Double.compare(one.median(), other.median()))
                .orElse(null);
    }

    private void printLatencies() {
        MarkdownTable table = new MarkdownTable(
                "at half of its own maximum, open model",
                "a second",
                "p50, ms",
                "p99, ms",
                "p99 of (a) at that rate, ms",
                "ratio of p99 (goal: at most 3)");
        Map<String, Object> figures = new LinkedHashMap<>();
        measured.forEach((title, one) -> {
            if (!one.p99().isEmpty()) {
                table.row(
                        title,
                        number(one.perSecond().median() / 2),
                        number(one.p50().median()),
                        "**" + number(one.p99().median()) + "**",
                        number(one.p99OfRow().median()),
                        number(one.p99().median() / one.p99OfRow().median()));
                figures.put(
                        title,
                        Map.of(
                                "p50",
                                one.p50().values(),
                                "p99",
                                one.p99().values(),
                                "p99 of (a)",
                                one.p99OfRow().values()));
            }
        });
        bench.print("Latency", table, figures);
    }

    private record Measured(Contender contender, Samples perSecond, Samples p50, Samples p99, Samples p99OfRow) {
        Measured(Contender contender) {
            this(contender, new Samples(), new Samples(), new Samples(), new Samples());
        }
    }
}
