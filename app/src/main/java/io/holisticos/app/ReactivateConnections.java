package io.holisticos.app;

import io.dropwizard.core.cli.ConfiguredCommand;
import io.dropwizard.core.setup.Bootstrap;
import io.holisticos.app.OperatorMessage.Mendable;
import io.holisticos.health.UserId;
import io.holisticos.whoop.WhoopReactivation;
import java.time.Clock;
import net.sourceforge.argparse4j.impl.Arguments;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;
import org.jspecify.annotations.Nullable;

/**
 * {@code reactivate-connections config.yml [--user ID] [--dry-run]} reactivates connections that did not end by WHOOP's
 * refusal.
 */
final class ReactivateConnections extends ConfiguredCommand<HealthConfiguration> {

    private static final String DRY_RUN = "dry_run";

    private final Clock clock;

    ReactivateConnections(Clock clock) {
        super("reactivate-connections", "Reactivates connections to WHOOP that did not end by WHOOP's refusal");
        this.clock = clock;
    }

    @Override
    public void configure(Subparser subparser) {
        super.configure(subparser);
        subparser.epilog("A connection that waits for consent (reauthorization_required) becomes active again, with the"
                + " tokens that are held, unless its history says that WHOOP refused its refresh token. Should WHOOP"
                + " refuse it after all, it ends again. Prints how many connections are in each state, and what became"
                + " of those that waited, with the reasons they had. May run while the service runs, which then begins"
                + " their syncs. WHOOP is not called. Ends with 0 when it is done, also when there was nothing to do;"
                + " with 1 when tokens do not open." + CommandOutput.ENDS);
        UserOption.addTo(subparser, "connection");
        CommandOutput.addOption(subparser);
        subparser
                .addArgument("--dry-run")
                .dest(DRY_RUN)
                .action(Arguments.storeTrue())
                .help("say what would be done, and do nothing");
    }

    @Override
    protected void run(Bootstrap<HealthConfiguration> bootstrap, Namespace namespace, HealthConfiguration all)
            throws Exception {
        CommandOutput output = CommandOutput.of(bootstrap, namespace, all, getName());
        UserId only = UserOption.in(namespace);
        WhoopReactivation.Report report = CommandDatabase.whoop(all, getName())
                .change(database -> new WhoopReactivation(
                                database.provenPool(all, clock), clock, output.progress()::println)
                        .run(only, namespace.getBoolean(DRY_RUN)));
        output.printDocument(report);
        judge(report.outcome(), only);
    }

    private static void judge(WhoopReactivation.ReactivationOutcome outcome, @Nullable UserId only) {
        switch (outcome) {
            case DONE -> {}
            case SOME_UNREADABLE ->
                throw new Mendable("some tokens do not open, and their connections were left as they are: the lines"
                        + " event=tokens_unreadable name them; restore table member_key, or let these members consent");
            case NO_CONNECTION -> {
                if (only != null) {
                    throw new Mendable("this user has no connection to WHOOP: check --user, it takes the id that"
                            + " callers of the service use, not WHOOP's");
                }
            }
        }
    }
}
