package io.holisticos.bench;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.Consumer;

/** What the bench can do. */
enum BenchCommand {
    SIDE_BY_SIDE("throughput and latency of the service beside others", bench -> new SideBySide(bench).run()),
    LATENCY("latency of each at a constant rate", bench -> new LatencyAtRate(bench).run()),
    COLD("overviews of members of whom nothing is held", bench -> new ColdOverviews(bench).run()),
    WEBHOOKS("webhooks from the first second, and the highest durable rate", bench -> new WebhookRates(bench).run()),
    FLAT("what a request costs, by members stored and by replicas", bench -> new FlatCosts(bench).run()),
    HISTORY("what a miss costs, by days stored of the member", bench -> new HistoryCosts(bench).run()),
    START_UP("how soon a process is there, and what memory it takes", bench -> new StartUp(bench).run()),
    LOAD("only fills the folder of --data", bench -> bench.cluster());

    private final String summary;
    private final Consumer<Workbench> work;

    BenchCommand(String summary, Consumer<Workbench> work) {
        this.summary = summary;
        this.work = work;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    String summary() {
        return summary;
    }

    void run(Workbench bench) {
        work.accept(bench);
    }

    static BenchCommand of(String word) {
        return Arrays.stream(values())
                .filter(command -> command.word().equals(word))
                .findAny()
                .orElseThrow();
    }
}
