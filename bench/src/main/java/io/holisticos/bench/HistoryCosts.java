package io.holisticos.bench;

import static io.holisticos.bench.report.MarkdownTable.number;

import io.holisticos.bench.contender.Deployment;
import io.holisticos.bench.contender.Service;
import io.holisticos.bench.drive.Request;
import io.holisticos.bench.load.Population;
import io.holisticos.bench.report.MarkdownTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a miss costs for members with a month, a year and three years of days. */
final class HistoryCosts {

    private static final List<Integer> DAYS = List.of(30, 365, 1000);
    private static final int TIMES = 25;

    private final Workbench bench;

    HistoryCosts(Workbench bench) {
        this.bench = bench;
    }

    void run() {
        Service service = bench.deployment().start("service", Contenders.UNCACHED);
        CostMeter meter = new CostMeter(bench.cluster(), List.of(service));
        DAYS.forEach(days -> meter.send(requests(days)));
        MarkdownTable table = new MarkdownTable(
                "days stored", "statements", "buffers read", "allocated, kB", "one after the other, ms");
        Map<String, Object> figures = new LinkedHashMap<>();
        for (int days : DAYS) {
            CostMeter.Cost cost = meter.measure(requests(days));
            table.row(
                    Integer.toString(days),
                    number(cost.statements()),
                    number(cost.buffers()),
                    number(cost.kilobytes()),
                    number(cost.millis()));
            figures.put(days + " days", cost);
        }
        bench.print("Unified overview, miss, by days stored of the member", table, figures);
    }

    private static List<Request> requests(int days) {
        List<Request> requests = new ArrayList<>();
        for (int i = 0; i < TIMES; i++) {
            for (String who : Population.withDays(days)) {
                requests.add(Request.get(Contenders.OVERVIEW + who, Map.of("X-API-Key", Deployment.KEY)));
            }
        }
        return requests;
    }
}
