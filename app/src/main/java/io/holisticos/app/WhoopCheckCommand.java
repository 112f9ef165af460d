package io.holisticos.app;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.dropwizard.core.cli.ConfiguredCommand;
import io.dropwizard.core.setup.Bootstrap;
import io.holisticos.app.OperatorMessage.Mendable;
import io.holisticos.outbound.OutboundClient;
import io.holisticos.whoop.WhoopCheck;
import jakarta.ws.rs.client.Client;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;

/** {@code whoop-check config.yml} verifies our application at WHOOP, and says what WHOOP's dashboard must contain. */
final class WhoopCheckCommand extends ConfiguredCommand<HealthConfiguration> {

    private final Clock clock;

    WhoopCheckCommand(Clock clock) {
        super("whoop-check", "Verifies the credentials at WHOOP, and says what WHOOP's dashboard must contain");
        this.clock = clock;
    }

    @Override
    public void configure(Subparser subparser) {
        super.configure(subparser);
        subparser.epilog(
                "Sends WHOOP's authorization server two requests that change nothing and cost nothing of the quota: a"
                        + " refresh token that was made up, which it refuses after it took client id and secret, and the address"
                        + " of the consent page. Then it says what WHOOP's dashboard must contain. Needs no database. Ends with 0"
                        + " when WHOOP takes the credentials and does not refuse redirect URL or scopes, else with 1; with 2"
                        + " when the command line itself is wrong.");
        CommandOutput.addOption(subparser);
    }

    @Override
    protected void run(Bootstrap<HealthConfiguration> bootstrap, Namespace namespace, HealthConfiguration all)
            throws Exception {
        CommandOutput output = CommandOutput.of(bootstrap, namespace, all, getName());
        CommandDatabase.requireWhoop(all);
        ExecutorService threads = Executors.newCachedThreadPool();
        Client client = OutboundClient.build(
                new MetricRegistry(), threads, bootstrap.getObjectMapper(), all.whoop.oauth(), getName());
        try {
            WhoopCheck check = new WhoopCheck(all.whoop, client, clock);
            List<Finding> findings = List.of(
                    finding("credentials", check.credentials(), Finding.Status.FAILED),
                    finding("registration", check.registration(), Finding.Status.WARNING));
            tell(new Checked(findings.stream().noneMatch(Finding::isFailed), findings, check.dashboard()), output);
        } finally {
            client.close();
            threads.shutdownNow();
        }
    }

    private static Finding finding(String check, WhoopCheck.Answered answered, Finding.Status unclear) {
        Finding.Status status = switch (answered.verdict()) {
            case ACCEPTED -> Finding.Status.OK;
            case REFUSED -> Finding.Status.FAILED;
            case UNCLEAR -> unclear;
        };
        return new Finding(check, status, answered.said());
    }

    private static void tell(Checked checked, CommandOutput output) throws Exception {
        output.print(checked, lines(checked));
        if (!checked.ok()) {
            throw new Mendable("WHOOP cannot be used like this: the lines that begin with failed say what to do");
        }
    }

    private static List<String> lines(Checked checked) {
        List<String> lines =
                new ArrayList<>(checked.checks().stream().map(Finding::line).toList());
        WhoopCheck.Dashboard dashboard = checked.dashboard();
        lines.add("WHOOP's dashboard must contain:");
        lines.add("  redirect URL: " + dashboard.redirectUrl());
        lines.add("  webhook URL: " + dashboard.webhookUrl() + ", model version " + dashboard.webhookModelVersion());
        lines.add("  scopes: " + String.join(" ", dashboard.scopes()));
        Integer limit = dashboard.memberLimit();
        lines.add("  members: "
                + (limit == null ? "as many as whoop.memberLimit does not hold back (it is not set)" : limit)
                + "; an application has 10 until WHOOP approves it");
        lines.add("  rate limits: at least " + dashboard.callsPerMinute() + " a minute and " + dashboard.callsPerDay()
                + " a day");
        return lines;
    }

    /**
     * What was found.
     *
     * @param ok whether nothing failed
     */
    @JsonPropertyOrder({"ok", "checks", "dashboard"})
    private record Checked(
            @JsonProperty("ok") boolean ok,
            @JsonProperty("checks") List<Finding> checks,
            @JsonProperty("dashboard") WhoopCheck.Dashboard dashboard) {}
}
