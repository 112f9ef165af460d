package io.holisticos.app;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.dropwizard.core.Application;
import io.dropwizard.core.cli.CheckCommand;
import io.dropwizard.core.setup.Bootstrap;
import io.holisticos.app.OperatorMessage.Mendable;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;
import org.jspecify.annotations.Nullable;

/** {@code check config.yml} says whether the service would work with this configuration, a line for each thing that it needs. */
final class Check extends CheckCommand<HealthConfiguration> {

    private final Consumer<HealthConfiguration> requirement;
    private final Clock clock;
    private final Clock host;

    /**
     * Creates the command.
     *
     * @param requirement throws when the start would fail for what the file alone does not say
     * @param clock the time of the service
     * @param host this host's own clock
     */
    Check(
            Application<HealthConfiguration> application,
            Consumer<HealthConfiguration> requirement,
            Clock clock,
            Clock host) {
        super(application);
        this.requirement = requirement;
        this.clock = clock;
        this.host = host;
    }

    @Override
    public void configure(Subparser subparser) {
        super.configure(subparser);
        subparser.epilog(
                "Looks at the configuration, and at each database: whether it answers and can be written, its change sets,"
                        + " the role that the service connects as (in production), the clock, room for connections, the vault's"
                        + " key and the credentials. Nothing is changed, and nobody but the databases"
                        + " is called. Each line begins with ok, warning or failed. Ends with 0 when nothing failed, else with 1;"
                        + " with 2 when the command line itself is wrong.");
        CommandOutput.addOption(subparser);
    }

    @Override
    protected void run(
            Bootstrap<HealthConfiguration> bootstrap, Namespace namespace, @Nullable HealthConfiguration configuration)
            throws Exception {
        if (configuration == null) {
            throw new Mendable("the configuration is empty: " + namespace.getString("file"));
        }
        CommandOutput output = CommandOutput.of(bootstrap, namespace, configuration, getName());
        requirement.accept(configuration);
        List<Finding> findings = new ArrayList<>();
        findings.add(Finding.ok("configuration", "the configuration is valid: " + namespace.getString("file")));
        findings.addAll(new Inspection(configuration, clock, host).findings());
        tell(findings, output);
    }

    /** Prints what was found, and ends the command with 1 when anything failed. */
    private static void tell(List<Finding> findings, CommandOutput output) throws Exception {
        long failed = findings.stream().filter(Finding::isFailed).count();
        output.print(
                new Checked(failed == 0, findings),
                findings.stream().map(Finding::line).toList());
        if (failed > 0) {
            throw new Mendable(failed + " of " + findings.size()
                    + " checks failed: the lines that begin with failed say what" + " to do");
        }
    }

    /** @param ok whether nothing failed */
    @JsonPropertyOrder({"ok", "checks"})
    private record Checked(
            @JsonProperty("ok") boolean ok,
            @JsonProperty("checks") List<Finding> checks) {}
}
