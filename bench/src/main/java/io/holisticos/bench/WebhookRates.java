package io.holisticos.bench;

import static io.holisticos.bench.report.MarkdownTable.number;

import io.holisticos.bench.contender.Service;
import io.holisticos.bench.drive.Latencies;
import io.holisticos.bench.drive.Load;
import io.holisticos.bench.drive.OpenModel;
import io.holisticos.bench.drive.SignedEvents;
import io.holisticos.bench.load.Cluster;
import io.holisticos.bench.process.Progress;
import io.holisticos.bench.report.MarkdownTable;
import java.util.LinkedHashMap;
import java.util.Map;

/** Webhooks of a JVM that has just become ready, of one that is warm, and how many a second it keeps up with. */
final class WebhookRates {

    private static final double USUAL_RATE = 200;

    /** Longer than a step of the others: a minute, where those take 8 s. */
    private static final double LONGER = 7.5;

    private static final double STEP = 1.25;

    /** Whoever acknowledges 99 % later than this does not keep up. */
    private static final double KEEPS_UP_MILLIS = 1_000;

    private final Workbench bench;
    private final BenchOptions options;
    private final SignedEvents events = Contenders.events();
    private final MarkdownTable table = new MarkdownTable(
            "", "a second", "sent", "acknowledged", "in the inbox", "p50, ms", "p99, ms", "highest, ms");
    private final Map<String, Object> figures = new LinkedHashMap<>();

    WebhookRates(Workbench bench) {
        this.bench = bench;
        this.options = bench.options();
    }

    void run() {
        Double asked = options.rate();
        double rate = asked == null ? USUAL_RATE : asked;
        Service service = bench.deployment().start("service", Contenders.CACHED);
        int seconds = (int) (options.seconds() * LONGER);
        boolean unused = send(service, "from the first second after ready", rate, seconds);
        boolean alsoUnused = send(service, "then, steady", rate, seconds);
        double highest = 0;
        for (double step = rate * 2; send(service, "rising", step, options.seconds()); step *= STEP) {
            highest = step;
        }
        figures.put("highest durable rate", highest);
        bench.print("Webhooks; highest durable rate: " + number(highest) + " a second", table, figures);
    }

    /** Whether all were acknowledged soon enough, and each is in the inbox once. */
    private boolean send(Service service, String title, double rate, int seconds) {
        int count = (int) Math.round(rate * seconds);
        Load load = Load.inOrder(service.port(), events.next(count));
        long before = inbox();
        Latencies latencies = OpenModel.run(load, rate, seconds);
        long kept = inbox() - before;
        long acknowledged = latencies.count() - latencies.errors();
        Progress.say("%-40s %s /s: p99 %s ms, %d of %d acknowledged, %d kept"
                .formatted(title, number(rate), number(latencies.millis(0.99)), acknowledged, count, kept));
        table.row(
                title,
                number(rate),
                Integer.toString(count),
                Long.toString(acknowledged),
                Long.toString(kept),
                number(latencies.millis(0.5)),
                "**" + number(latencies.millis(0.99)) + "**",
                number(latencies.maxMillis()));
        figures.put(
                title + " at " + number(rate),
                Map.of("p99", latencies.millis(0.99), "acknowledged", acknowledged, "kept", kept, "sent", count));
        return acknowledged == count && kept == count && latencies.millis(0.99) < KEEPS_UP_MILLIS;
    }

    private long inbox() {
        return Long.parseLong(
                bench.cluster().one(Cluster.WHOOP, "select count(*) from whoop_inbox where outcome = 'noted'"));
    }
}
