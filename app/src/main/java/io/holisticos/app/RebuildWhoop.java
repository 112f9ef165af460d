package io.holisticos.app;

import io.dropwizard.core.cli.ConfiguredCommand;
import io.dropwizard.core.setup.Bootstrap;
import io.holisticos.app.OperatorMessage.Mendable;
import io.holisticos.health.UserId;
import io.holisticos.whoop.WhoopRebuild;
import java.io.PrintStream;
import java.time.Clock;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;
import org.jspecify.annotations.Nullable;

/** {@code rebuild-whoop config.yml [--user ID]} derives the rows of WHOOP's records again from the stored payloads. */
final class RebuildWhoop extends ConfiguredCommand<HealthConfiguration> {

    /** How long an interrupted run may take to finish the pages under way. */
    private static final long PATIENCE_SECONDS = 10;

    private final Clock clock;

    RebuildWhoop(Clock clock) {
        super("rebuild-whoop", "Derives WHOOP's rows again from the payloads that are held");
        this.clock = clock;
    }

    @Override
    public void configure(Subparser subparser) {
        super.configure(subparser);
        subparser.epilog("Derives the columns of WHOOP's records, replaced versions included, again from the"
                + " payloads that WHOOP sent, and writes the rows that differ. Payloads stay as they are; rows without"
                + " payload are counted and left alone. May run while the service runs, and be interrupted: begun again,"
                + " it passes quickly over what is done. WHOOP is not called. Ends with 0 when every row whose payload"
                + " is held is what the payload says, else with 1." + CommandOutput.ENDS);
        UserOption.addTo(subparser, "rows");
        CommandOutput.addOption(subparser);
    }

    @Override
    protected void run(Bootstrap<HealthConfiguration> bootstrap, Namespace namespace, HealthConfiguration all)
            throws Exception {
        CommandOutput output = CommandOutput.of(bootstrap, namespace, all, getName());
        UserId only = UserOption.in(namespace);
        WhoopRebuild.Report report = CommandDatabase.whoop(all, getName()).change(database -> {
            WhoopRebuild rebuild = new WhoopRebuild(
                    database.provenPool(all, clock), bootstrap.getObjectMapper(), output.progress()::println);
            return untilInterrupted(rebuild, only, output.progress());
        });
        output.printDocument(report);
        judge(report.outcome(), only);
    }

    /** Lets Ctrl-C and SIGTERM wait until the pages under way are committed. */
    private static WhoopRebuild.Report untilInterrupted(
            WhoopRebuild rebuild, @Nullable UserId only, PrintStream lines) {
        CountDownLatch ended = new CountDownLatch(1);
        Thread interruption = new Thread(() -> {
            rebuild.stop();
            lines.println("interrupted: ends with the pages under way");
            try {
                if (ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    lines.println("what was written is kept; run it again for the rest");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Runtime.getRuntime().addShutdownHook(interruption);
        try {
            return rebuild.run(only);
        } finally {
            ended.countDown();
            forget(interruption);
        }
    }

    private static void forget(Thread interruption) {
        try {
            Runtime.getRuntime().removeShutdownHook(interruption);
        } catch (IllegalStateException e) {
            // the process is ending already
        }
    }

    private static void judge(WhoopRebuild.Outcome outcome, @Nullable UserId only) {
        switch (outcome) {
            case DONE, STOPPED -> {}
            case SOME_UNREADABLE ->
                throw new Mendable(
                        "some payloads cannot be read, and their rows were left as they are: compare vault.keys"
                                + " with the service's; the lines event=payload_unreadable name the first of them");
            case NOTHING_HELD -> {
                if (only != null) {
                    throw new Mendable("nothing of WHOOP is held of this user: check --user, it takes the id that"
                            + " callers of the service use, not WHOOP's");
                }
            }
        }
    }
}
