package io.holisticos.bench;

import static io.holisticos.bench.report.MarkdownTable.number;

import io.holisticos.bench.drive.Latencies;
import io.holisticos.bench.drive.OpenModel;
import io.holisticos.bench.drive.Wrk;
import io.holisticos.bench.process.Progress;
import io.holisticos.bench.report.MarkdownTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Each contender at one rate, or at half of its own maximum. */
final class LatencyAtRate {

    private final Workbench bench;
    private final BenchOptions options;

    LatencyAtRate(Workbench bench) {
        this.bench = bench;
        this.options = bench.options();
    }

    void run() {
        List<Contender> contenders = Contenders.started(bench);
        Wrk wrk = new Wrk(bench.processes());
        MarkdownTable table = new MarkdownTable(
                "", "a second", "p50, ms", "p99, ms", "p99.9, ms", "highest, ms", "not answered well");
        Map<String, Object> figures = new LinkedHashMap<>();
        for (Contender one : contenders) {
            bench.keepFresh();
            one.before().run();
            double most = wrk.run(one.load().get(), options.connections(), options.seconds())
                    .perSecond();
            Double asked = options.rate();
            double rate = asked == null ? most / 2 : asked;
            Latencies latencies = OpenModel.run(one.load().get(), rate, options.seconds() * options.rounds());
            one.after().run();
            Progress.say(
                    "%-60s p99 %s ms at %s /s".formatted(one.title(), number(latencies.millis(0.99)), number(rate)));
            table.row(
                    one.title(),
                    number(rate),
                    number(latencies.millis(0.5)),
                    "**" + number(latencies.millis(0.99)) + "**",
                    number(latencies.millis(0.999)),
                    number(latencies.maxMillis()),
                    Long.toString(latencies.errors()));
            figures.put(one.title(), Map.of("rate", rate, "p50", latencies.millis(0.5), "p99", latencies.millis(0.99)));
        }
        bench.print("Latency at a constant rate", table, figures);
    }
}
