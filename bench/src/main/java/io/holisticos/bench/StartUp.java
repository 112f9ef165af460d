package io.holisticos.bench;

import static io.holisticos.bench.report.MarkdownTable.number;

import io.holisticos.bench.contender.Bare;
import io.holisticos.bench.contender.Deployment;
import io.holisticos.bench.contender.Jvm;
import io.holisticos.bench.contender.Service;
import io.holisticos.bench.drive.Latencies;
import io.holisticos.bench.drive.Load;
import io.holisticos.bench.drive.OpenModel;
import io.holisticos.bench.drive.Request;
import io.holisticos.bench.load.Cluster;
import io.holisticos.bench.load.Population;
import io.holisticos.bench.load.StoredAnswers;
import io.holisticos.bench.process.BenchFailure;
import io.holisticos.bench.process.Progress;
import io.holisticos.bench.process.StartedProcess;
import io.holisticos.bench.report.MarkdownTable;
import io.holisticos.bench.report.Samples;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How soon a process answers, and what memory it takes under the same load: the service beside the bare one, in turn, each with the
 * cache of classes that the JVM made in a start of its own, as the image has it.
 */
final class StartUp {

    private static final String HEAP = "-Xmx256m";
    private static final Population FEW = new Population(100, 30);
    private static final int EACH_SECOND = 200;

    /** The JVM starts another one to write its cache. */
    private static final Duration CACHE_IS_WRITTEN_WITHIN = Duration.ofMinutes(2);

    private static final double MEGABYTE = 1024.0 * 1024;
    private static final Map<String, String> KEY = Map.of("X-API-Key", Deployment.KEY);

    private final Workbench bench;
    private final BenchOptions options;

    /** What was measured of one of them. */
    private record Measured(Samples live, Samples ready, Samples memory) {
        Measured() {
            this(new Samples(), new Samples(), new Samples());
        }
    }

    private interface Starting {
        StartedProcess on(Jvm jvm);
    }

    StartUp(Workbench bench) {
        this.bench = bench;
        this.options = bench.options();
    }

    void run() {
        Cluster cluster = bench.load(FEW, null);
        Deployment deployment = bench.deployment(cluster);
        Service asked = deployment.start("service", Map.of());
        StoredAnswers.fill(cluster, asked.port(), Deployment.KEY, FEW.ids());
        asked.end();
        Jvm ofBare = trained(
                "bare",
                making -> Bare.start(bench.processes(), bench.checkout(), making, cluster)
                        .process());
        Jvm ofService = trained(
                "service",
                making -> deployment.start("service", making, Map.of()).process());
        Measured bare = new Measured();
        Measured service = new Measured();
        for (int round = 0; round < options.rounds(); round++) {
            measureBare(bare, ofBare, cluster);
            measureService(service, ofService, deployment);
        }
        report(bare, service);
    }

    /** The JVM that uses what it kept of a start. */
    private Jvm trained(String name, Starting starting) {
        Path cache = bench.processes().folder().resolve(name + ".aot");
        StartedProcess process = starting.on(jvm("-XX:AOTCacheOutput=" + cache));
        process.endItself(CACHE_IS_WRITTEN_WITHIN);
        if (!Files.exists(cache)) {
            throw new BenchFailure(
                    "the JVM kept nothing of the start of " + name + ": --jdk must name a JDK of release 25 or newer");
        }
        Progress.say(
                "%s has a cache of %s MB".formatted(name, number(cache.toFile().length() / MEGABYTE)));
        return jvm("-XX:AOTCache=" + cache);
    }

    private Jvm jvm(String option) {
        return new Jvm(options.jvm().home(), List.of(HEAP, option, "-Xlog:aot=off", "-Xlog:cds=off"));
    }

    private void measureBare(Measured bare, Jvm jvm, Cluster cluster) {
        Bare started = Bare.start(bench.processes(), bench.checkout(), jvm, cluster);
        bare.live().add(seconds(started.liveAfter()));
        bare.ready().add(seconds(started.liveAfter())); // it knows no difference
        bare.memory().add(memoryUnderLoad(started.process(), started.port(), List.of("/row/", "/bytes/")));
        bench.processes().end(started.process());
    }

    private void measureService(Measured service, Jvm jvm, Deployment deployment) {
        Service started = deployment.start("service", jvm, Map.of());
        service.live().add(seconds(started.start().liveAfter()));
        service.ready().add(seconds(started.start().readyAfter()));
        service.memory()
                .add(memoryUnderLoad(
                        started.process(),
                        started.port(),
                        List.of(
                                Contenders.OVERVIEW,
                                Contenders.EXISTING,
                                "/api/v1/unified-health/changes/",
                                "/api/v1/unified-health/sources/")));
        started.end();
    }

    /** In megabytes, after requests of all these paths in turn, each about another member. */
    private double memoryUnderLoad(StartedProcess process, int port, List<String> paths) {
        List<Request> requests = new ArrayList<>();
        for (String who : FEW.ids()) {
            paths.forEach(path -> requests.add(Request.get(path + who, KEY)));
        }
        Latencies latencies = OpenModel.run(Load.inOrder(port, requests), EACH_SECOND, options.seconds());
        if (latencies.errors() > 0) {
            throw new BenchFailure(
                    latencies.errors() + " of " + latencies.count() + " requests were not answered well");
        }
        return process.residentMemory() / MEGABYTE;
    }

    private void report(Measured bare, Measured service) {
        MarkdownTable table = new MarkdownTable("", "bare Dropwizard", "the service", "ratio, median", "goal");
        row(table, "first answer, s", bare.live(), service.live(), "at most 1.6");
        row(table, "ready (and warm), s", bare.ready(), service.ready(), "");
        row(
                table,
                "resident memory at %d requests a second, MB".formatted(EACH_SECOND),
                bare.memory(),
                service.memory(),
                "at most 1.4");
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("live", service.live().over(bare.live()).values());
        figures.put("ready", service.ready().over(bare.ready()).values());
        figures.put("memory", service.memory().over(bare.memory()).values());
        bench.print("Start and memory, " + HEAP + ", each with its cache, medians", table, figures);
    }

    private static void row(MarkdownTable table, String title, Samples bare, Samples service, String goal) {
        table.row(
                title,
                number(bare.median()),
                number(service.median()),
                "**" + number(service.over(bare).median()) + "**",
                goal);
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1e3;
    }
}
