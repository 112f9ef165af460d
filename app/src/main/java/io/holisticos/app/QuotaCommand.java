package io.holisticos.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dropwizard.core.cli.ConfiguredCommand;
import io.dropwizard.core.setup.Bootstrap;
import io.holisticos.whoop.WhoopReports;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;
import org.jdbi.v3.core.Jdbi;

/** {@code quota config.yml} says how WHOOP's quota stands. */
final class QuotaCommand extends ConfiguredCommand<HealthConfiguration> {

    private final Clock clock;
    private final Function<Jdbi, Clock> agreed;

    /** @param agreed the time on which the replicas of a database agree */
    QuotaCommand(Clock clock, Function<Jdbi, Clock> agreed) {
        super("quota", "Says how WHOOP's quota stands");
        this.clock = clock;
        this.agreed = agreed;
    }

    @Override
    public void configure(Subparser subparser) {
        super.configure(subparser);
        subparser.epilog(
                "Both windows, each lane's part of the minute, what blocks calls, what others with our client id used, and"
                        + " how many members the day carries. With --json the document of GET /quota on the admin port, but"
                        + " headers_ignored, which each process counts by itself. Reads the database only; WHOOP is not called."
                        + " Ends with 0, whatever it says." + CommandOutput.ENDS);
        CommandOutput.addOption(subparser);
    }

    @Override
    protected void run(Bootstrap<HealthConfiguration> bootstrap, Namespace namespace, HealthConfiguration all)
            throws Exception {
        CommandOutput output = CommandOutput.of(bootstrap, namespace, all, getName());
        Object report = CommandDatabase.whoop(all, getName())
                .read(database -> new WhoopReports(
                                database.pool(all, clock), all.whoop, who -> true, agreed.apply(database.jdbi()))
                        .quota());
        ObjectNode document = bootstrap.getObjectMapper().valueToTree(report);
        document.remove("headers_ignored"); // of this process, which read none
        output.print(document, lines(document));
    }

    private static List<String> lines(JsonNode report) {
        List<String> lines = new ArrayList<>();
        lines.add("minute: " + used(report, "minute"));
        lines.add("day: " + used(report, "day"));
        TextTable lanes = new TextTable("lane", "used in minute", "guaranteed", "borrowed", "waiting", "used in day");
        report.path("lanes").properties().forEach(lane -> {
            JsonNode use = lane.getValue();
            lanes.add(
                    lane.getKey(),
                    use.path("used").asText(),
                    use.path("guaranteed").asText(),
                    use.path("borrowed").asText(),
                    use.path("waiting").asText(),
                    use.path("used_in_day").asText());
        });
        lines.addAll(lanes.lines());
        lines.add("next permit: " + report.path("next_permit_at").asText());
        report.path("blocks")
                .properties()
                .forEach(block -> lines.add("blocked: " + block.getKey() + " until "
                        + block.getValue().asText()));
        if (report.path("blocks").isEmpty()) {
            lines.add("blocked: no");
        }
        lines.add("forecast: " + report.path("forecast").asText());
        lines.add("members: " + report.path("members").asText() + ", "
                + report.path("calls_per_member_and_day").asText("unknown") + " calls each a day, "
                + report.path("members_that_fit").asText() + " fit, new ones "
                + (report.path("admits_new_members").asBoolean() ? "can be let in" : "should wait"));
        return lines;
    }

    private static String used(JsonNode report, String window) {
        return report.path(window).path("used").asText() + " of "
                + report.path(window).path("most").asText() + " used, by others "
                + report.path("used_by_others").path(window).asText();
    }
}
