package io.holisticos.bench;

import static io.holisticos.bench.report.MarkdownTable.number;

import io.holisticos.bench.contender.Deployment;
import io.holisticos.bench.contender.Service;
import io.holisticos.bench.drive.Latencies;
import io.holisticos.bench.drive.Load;
import io.holisticos.bench.drive.OpenModel;
import io.holisticos.bench.drive.Request;
import io.holisticos.bench.drive.Zipf;
import io.holisticos.bench.load.UnseenMembers;
import io.holisticos.bench.process.BenchFailure;
import io.holisticos.bench.process.Progress;
import io.holisticos.bench.report.MarkdownTable;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;

/** Overviews of members of whom nothing is held, while Sahha takes 800 ms for each call. */
final class ColdOverviews {

    private static final int DELAY_MILLIS = 800;
    private static final double EACH_SECOND = 2;
    private static final int WARM_UP_EACH_SECOND = 100;

    /** So many members are read first and not measured: their first fetches warm the code of first fetches. */
    private static final int UNMEASURED = 20;

    private final Workbench bench;
    private final BenchOptions options;

    ColdOverviews(Workbench bench) {
        this.bench = bench;
        this.options = bench.options();
    }

    void run() {
        UnseenMembers.forget(bench.cluster());
        Deployment deployment = bench.deployment();
        Service service = deployment.start("service", Contenders.UNCACHED);
        List<String> held = options.population().ids();
        Latencies warmUp = OpenModel.run(
                new Load(service.port(), requests(held), Zipf.draw(held.size(), 1_000, 1)),
                WARM_UP_EACH_SECOND,
                options.seconds());
        Progress.say("The service is warm: p99 %s ms of members that are held".formatted(number(warmUp.millis(0.99))));
        slowDown(deployment.sahhaTwin());
        Double asked = options.rate();
        double rate = asked == null ? EACH_SECOND : asked;
        List<String> unseen = deployment.unseenMembers();
        int most = unseen.size() - UNMEASURED;
        int count = (int) Math.min(most, Math.max(1, rate * options.seconds() * options.rounds()));
        Latencies first = run(service, unseen.subList(0, UNMEASURED), rate);
        Progress.say("The first %d overviews of members unseen: p50 %s ms, highest %s ms"
                .formatted(first.count(), number(first.millis(0.5)), number(first.maxMillis())));
        Latencies cold = run(service, unseen.subList(UNMEASURED, UNMEASURED + count), rate);
        MarkdownTable table = new MarkdownTable(
                "overviews",
                "a second",
                "p50, ms",
                "p95, ms (goal: below 1,500)",
                "highest, ms (goal: below 5,000)",
                "not answered well");
        table.row(
                Integer.toString(cold.count()),
                number(rate),
                number(cold.millis(0.5)),
                "**" + number(cold.millis(0.95)) + "**",
                "**" + number(cold.maxMillis()) + "**",
                Long.toString(cold.errors()));
        bench.print(
                "Cold overviews, Sahha at " + DELAY_MILLIS + " ms",
                table,
                Map.of("p95", cold.millis(0.95), "highest", cold.maxMillis(), "errors", cold.errors()));
        UnseenMembers.forget(bench.cluster());
    }

    private static Latencies run(Service service, List<String> members, double rate) {
        return OpenModel.runAll(Load.inOrder(service.port(), requests(members)), members.size(), rate);
    }

    private static List<Request> requests(List<String> members) {
        return members.stream()
                .map(who -> Request.get(Contenders.OVERVIEW + who, Map.of("X-API-Key", Deployment.KEY)))
                .toList();
    }

    private static void slowDown(URI twin) {
        HttpRequest fault = HttpRequest.newBuilder(twin.resolve("/_twin/faults"))
                .POST(BodyPublishers.ofString(
                        "{\"path\":\"/\",\"kind\":\"latency\",\"delay_ms\":" + DELAY_MILLIS + "}"))
                .build();
        try {
            var answer = HttpClient.newHttpClient().send(fault, BodyHandlers.ofString());
            if (answer.statusCode() >= 300) {
                throw new BenchFailure("Sahha's twin does not take the delay: " + answer.body());
            }
        } catch (IOException e) {
            throw new BenchFailure("Sahha's twin does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchFailure("interrupted", e);
        }
    }
}
