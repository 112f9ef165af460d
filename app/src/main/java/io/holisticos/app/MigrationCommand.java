package io.holisticos.app;

import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.db.DataSourceFactory;
import io.dropwizard.migrations.DbCommand;
import io.holisticos.app.OperatorMessage.Mendable;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.Liquibase;
import liquibase.Scope;
import liquibase.UpdateSummaryEnum;
import liquibase.exception.LiquibaseException;
import liquibase.lockservice.DatabaseChangeLogLock;
import liquibase.ui.LoggerUIService;
import net.sourceforge.argparse4j.inf.Namespace;

/**
 * The commands {@code sahha-db …} and {@code whoop-db …}: migrate, status, rollback, tag and the others of Liquibase.
 */
final class MigrationCommand extends DbCommand<HealthConfiguration> {

    /** The attribute in which Dropwizard keeps the subcommand. */
    private static final String SUBCOMMAND = "subcommand";

    private static final Set<String> TAKE_THE_LOCK = Set.of(
            "migrate", "rollback", "tag", "fast-forward", "prepare-rollback", "test", "clear-checksums", "drop-all");

    private static final Set<String> SAY_WHAT_CHANGED = Set.of("migrate", "rollback", "fast-forward");

    /**
     * How long to wait for the lock. Another replica's migration may be about to end; Liquibase itself would wait for
     * five minutes.
     */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final long LOOKS_EVERY_MILLIS = 500;

    private final String name;

    /** @param database has no time limits, because a change set may take as long as the tables are large */
    MigrationCommand(String name, String file, Function<HealthConfiguration, DataSourceFactory> database) {
        super(name, database::apply, HealthConfiguration.class, file);
        this.name = name;
    }

    /** An error is printed once, by the command line, and not by each library on the way. */
    @Override
    protected void run(Bootstrap<HealthConfiguration> bootstrap, Namespace namespace, HealthConfiguration configuration)
            throws Exception {
        LibraryLogLevels.installForCommands();
        super.run(bootstrap, namespace, configuration);
    }

    @Override
    public void run(Namespace namespace, Liquibase liquibase) throws Exception {
        String subcommand = namespace.getString(SUBCOMMAND);
        if (TAKE_THE_LOCK.contains(subcommand)) {
            awaitLock(liquibase, namespace.getString("file"));
        }
        int before = liquibase.getDatabase().getRanChangeSetList().size();
        liquibase.setShowSummary(UpdateSummaryEnum.OFF);
        Scope.child(Scope.Attr.ui, new LoggerUIService(), () -> super.run(namespace, liquibase));
        if (subcommand.equals("status")) {
            judge(liquibase, namespace.getString("file"));
        } else if (SAY_WHAT_CHANGED.contains(subcommand) && !isDryRun(namespace)) {
            int after = liquibase.getDatabase().getRanChangeSetList().size();
            System.out.println(name + ": " + Math.abs(after - before) + " change sets "
                    + (after < before ? "taken back" : "have run") + ", " + after + " in all");
        }
    }

    /**
     * Whether the SQL is printed and not run. It is meant to be run by hand, so nothing else may be printed with it.
     */
    private static boolean isDryRun(Namespace namespace) {
        return Boolean.TRUE.equals(namespace.getBoolean("dry-run"));
    }

    /** Fails when change sets have not run, because a script that runs {@code status} wants to know that. */
    private void judge(Liquibase liquibase, String file) throws LiquibaseException {
        int missing = liquibase
                .listUnrunChangeSets(new Contexts(), new LabelExpression())
                .size();
        if (missing > 0) {
            throw new Mendable(missing + " change sets have not run: run " + name + " migrate " + file);
        }
    }

    private void awaitLock(Liquibase liquibase, String file) throws LiquibaseException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        List<DatabaseChangeLogLock> locks = List.of(liquibase.listLocks());
        while (!locks.isEmpty() && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(LOOKS_EVERY_MILLIS);
            locks = List.of(liquibase.listLocks());
        }
        if (!locks.isEmpty()) {
            DatabaseChangeLogLock lock = locks.get(0);
            throw new Mendable("the change log is locked since " + lock.getLockGranted() + " by " + lock.getLockedBy()
                    + ": wait for the migration that runs there; if none does, one was killed: run " + name
                    + " locks --force-release " + file + ", then this again");
        }
    }
}
