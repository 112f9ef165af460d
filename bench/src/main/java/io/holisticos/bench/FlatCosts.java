package io.holisticos.bench;

import static io.holisticos.bench.report.MarkdownTable.number;

import io.holisticos.bench.contender.Deployment;
import io.holisticos.bench.contender.Service;
import io.holisticos.bench.drive.Request;
import io.holisticos.bench.load.Cluster;
import io.holisticos.bench.load.Population;
import io.holisticos.bench.report.MarkdownTable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What requests cost with few members stored and with many, and with one, two and four replicas on one database. */
final class FlatCosts {

    private static final int MEASURED = 1_000;
    private static final int SMALLEST = 100;
    private static final int NEXT = 1_000;

    private final Workbench bench;
    private final MarkdownTable table =
            new MarkdownTable("members stored", "replicas", "request", "statements", "buffers read", "allocated, kB");
    private final Map<String, Object> figures = new LinkedHashMap<>();

    FlatCosts(Workbench bench) {
        this.bench = bench;
    }

    void run() {
        Population all = bench.options().population();
        for (int members : new TreeSet<>(List.of(Math.min(SMALLEST, all.members()), Math.min(NEXT, all.members())))) {
            if (members < all.members()) {
                Population few = new Population(members, all.days());
                measure(bench.load(few, folder(members)), few, List.of(1));
            }
        }
        measure(bench.cluster(), all, List.of(1, 2, 4));
        bench.print("Costs of a request", table, figures);
    }

    private @Nullable Path folder(int members) {
        Path data = bench.options().data();
        return data == null ? bench.processes().folder().resolve("data-" + members) : data.resolve("of-" + members);
    }

    private void measure(Cluster cluster, Population population, List<Integer> replicas) {
        Deployment deployment = bench.deployment(cluster);
        for (int count : replicas) {
            measure(cluster, population, start(deployment, count, Contenders.CACHED), "hit", Contenders.OVERVIEW);
            measure(cluster, population, start(deployment, count, Contenders.UNCACHED), "miss", Contenders.OVERVIEW);
            measure(
                    cluster,
                    population,
                    start(deployment, count, Contenders.UNCACHED),
                    "existing",
                    Contenders.EXISTING);
        }
    }

    private static List<Service> start(Deployment deployment, int count, Map<String, String> variables) {
        List<Service> services = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            services.add(deployment.start("replica", variables));
        }
        return services;
    }

    private void measure(Cluster cluster, Population population, List<Service> services, String name, String path) {
        bench.keepFresh();
        CostMeter meter = new CostMeter(cluster, services);
        List<Request> requests = requests(population, services.size(), path);
        meter.send(requests); // also fills what is kept in memory
        CostMeter.Cost cost = meter.measure(requests);
        services.forEach(Service::end);
        table.row(
                "%,d".formatted(population.members()),
                Integer.toString(services.size()),
                name,
                number(cost.statements()),
                number(cost.buffers()),
                number(cost.kilobytes()));
        figures.put(population.members() + " members, " + services.size() + " replicas, " + name, cost);
    }

    /** The same members at each replica, so that the second time each of them has them in memory. */
    private static List<Request> requests(Population population, int replicas, String path) {
        List<String> ids = population.ids();
        int different = Math.min(ids.size(), MEASURED / 4);
        List<Request> requests = new ArrayList<>();
        for (int i = 0; requests.size() < MEASURED; i++) {
            String who = ids.get((int) ((long) (i % different) * ids.size() / different));
            for (int replica = 0; replica < replicas; replica++) {
                requests.add(Request.get(path + who, Map.of("X-API-Key", Deployment.KEY)));
            }
        }
        return requests;
    }
}
