package io.holisticos.app;

import com.codahale.metrics.MetricRegistry;
import io.dropwizard.core.cli.ConfiguredCommand;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.db.ManagedDataSource;
import io.holisticos.app.OperatorMessage.Mendable;
import io.holisticos.health.UserId;
import io.holisticos.vault.Vault;
import io.holisticos.whoop.WhoopModule;
import io.holisticos.whoop.WhoopRebuild;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;
import org.jdbi.v3.core.Jdbi;
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
                + " is held is what the payload says, else with 1.");
        UserOption.addTo(subparser, "rows");
    }

    @Override
    protected void run(Bootstrap<HealthConfiguration> bootstrap, Namespace namespace, HealthConfiguration all)
            throws Exception {
        LibraryLogLevels.installForCommands();
        if (!all.whoop.isConfigured()) {
            throw new Mendable("WHOOP is not configured: set WHOOP_CLIENT_ID and WHOOP_CLIENT_SECRET"
                    + " as for the service (see .env.example)");
        }
        UserId only = UserOption.in(namespace);
        ManagedDataSource source = all.whoopDatabase.workers(new MetricRegistry(), getName());
        try {
            Jdbi jdbi = Database.ours(Jdbi.create(source));
            Vault vault = new Vault(jdbi, all.vault, new SecureRandom(), clock);
            vault.prove();
            WhoopRebuild rebuild = new WhoopRebuild(
                    new WhoopModule.Pool(source, jdbi, vault), bootstrap.getObjectMapper(), System.out::println);
            judge(untilInterrupted(rebuild, only), only);
        } catch (RuntimeException e) {
            throw new DatabaseFailure("WHOOP").explained(e);
        } finally {
            source.stop();
        }
    }

    /** Lets Ctrl-C and SIGTERM wait until the pages under way are committed. */
    private static WhoopRebuild.Outcome untilInterrupted(WhoopRebuild rebuild, @Nullable UserId only) {
        CountDownLatch ended = new CountDownLatch(1);
        Thread interruption = new Thread(() -> {
            rebuild.stop();
            System.out.println("interrupted: ends with the pages under way");
            try {
                if (ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    System.out.println("what was written is kept; run it again for the rest");
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
