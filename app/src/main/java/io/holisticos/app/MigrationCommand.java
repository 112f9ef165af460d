package io.holisticos.app;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.db.DataSourceFactory;
import io.dropwizard.migrations.DbCommand;
import io.holisticos.app.OperatorMessage.Mendable;
import io.holisticos.app.OperatorMessage.WrongUsage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.Liquibase;
import liquibase.Scope;
import liquibase.UpdateSummaryEnum;
import liquibase.exception.LiquibaseException;
import liquibase.lockservice.DatabaseChangeLogLock;
import liquibase.ui.LoggerUIService;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;
import org.jspecify.annotations.Nullable;

/**
 * The commands {@code sahha-db …} and {@code whoop-db …}: migrate, status, rollback, tag and the others of Liquibase.
 */
final class MigrationCommand extends DbCommand<HealthConfiguration> {

    /** The attribute in which Dropwizard keeps the subcommand. */
    private static final String SUBCOMMAND = "subcommand";

    private static final Set<String> TAKE_THE_LOCK = Set.of(
            "migrate", "rollback", "tag", "fast-forward", "prepare-rollback", "test", "clear-checksums", "drop-all");

    private static final String LOCKS = "locks";

    /** The actions that print a document with {@code --json}; the others print what Liquibase makes for people. */
    private static final Set<String> DOCUMENTED = Set.of("migrate", "status", "rollback", "fast-forward", "tag", LOCKS);

    private static final String HELP =
            "Runs as the role that owns the tables. migrate, status, rollback, fast-forward, tag and"
                    + " locks print one JSON document with --json. dump, prepare-rollback, --dry-run and the others have none: they"
                    + " print a document of Liquibase's own, a change log or SQL, or nothing for scripts. Ends with 0 when it is done;"
                    + " status with 1 while change sets have not run.";

    private static final Set<String> SAY_WHAT_CHANGED = Set.of("migrate", "rollback", "fast-forward");

    /**
     * How long to wait for the lock. Another replica's migration may be about to end; Liquibase itself would wait for
     * five minutes.
     */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final long LOOKS_EVERY_MILLIS = 500;

    private final String name;
    private @Nullable CommandOutput output;

    /** @param database has no time limits, because a change set may take as long as the tables are large */
    MigrationCommand(String name, String file, Function<HealthConfiguration, DataSourceFactory> database) {
        super(name, database::apply, HealthConfiguration.class, file);
        this.name = name;
    }

    @Override
    public void configure(Subparser subparser) {
        super.configure(SubparserOfActions.adding(subparser, (action, parser) -> {
            if (DOCUMENTED.contains(action)) {
                CommandOutput.addOption(parser);
            }
        }));
        subparser.epilog(HELP + CommandOutput.ENDS);
    }

    /** An error is printed once, by the command line, and not by each library on the way. */
    @Override
    protected void run(Bootstrap<HealthConfiguration> bootstrap, Namespace namespace, HealthConfiguration configuration)
            throws Exception {
        if (CommandOutput.isJson(namespace)) {
            if (isDryRun(namespace)) {
                throw new WrongUsage("--dry-run prints SQL: leave --json away");
            }
            output = CommandOutput.of(bootstrap, namespace, configuration, getName());
        }
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
        if (output == null || !printsForPeople(namespace)) {
            Scope.child(Scope.Attr.ui, new LoggerUIService(), () -> super.run(namespace, liquibase));
        }
        if (output != null) {
            output.printDocument(subcommand.equals(LOCKS) ? held(liquibase) : done(subcommand, before, liquibase));
        }
        if (subcommand.equals("status")) {
            judge(liquibase, namespace.getString("file"));
        } else if (output == null && SAY_WHAT_CHANGED.contains(subcommand) && !isDryRun(namespace)) {
            int after = liquibase.getDatabase().getRanChangeSetList().size();
            System.out.println(name + ": " + Math.abs(after - before) + " change sets "
                    + (after < before ? "taken back" : "have run") + ", " + after + " in all");
        }
    }

    /**
     * What an action did.
     *
     * @param changed how many change sets it ran; less than 0 for those taken back
     * @param inAll how many have run by now
     * @param missing which have not
     */
    @JsonPropertyOrder({"database", "action", "changed", "in_all", "missing"})
    private record Done(
            @JsonProperty("database") String database,
            @JsonProperty("action") String action,
            @JsonProperty("changed") int changed,
            @JsonProperty("in_all") int inAll,
            @JsonProperty("missing") List<String> missing) {}

    /** @param locks who holds the change log, one at most; after {@code --force-release} nobody */
    @JsonPropertyOrder({"database", "action", "locks"})
    private record Held(
            @JsonProperty("database") String database,
            @JsonProperty("action") String action,
            @JsonProperty("locks") List<Lock> locks) {}

    @JsonPropertyOrder({"since", "by"})
    private record Lock(
            @JsonProperty("since") Instant since,
            @JsonProperty("by") String by) {}

    private Held held(Liquibase liquibase) throws LiquibaseException {
        return new Held(
                name,
                LOCKS,
                Stream.of(liquibase.listLocks())
                        .map(lock -> new Lock(lock.getLockGranted().toInstant(), lock.getLockedBy()))
                        .toList());
    }

    /** What Liquibase does of this is to print lines. */
    private static boolean printsForPeople(Namespace namespace) {
        return switch (namespace.getString(SUBCOMMAND)) {
            case "status" -> true;
            case LOCKS -> Boolean.TRUE.equals(namespace.getBoolean("list"));
            default -> false;
        };
    }

    private Done done(String action, int before, Liquibase liquibase) throws LiquibaseException {
        int after = liquibase.getDatabase().getRanChangeSetList().size();
        List<String> missing = liquibase.listUnrunChangeSets(new Contexts(), new LabelExpression()).stream()
                .map(changeSet -> changeSet.toString(false))
                .toList();
        return new Done(name, action, after - before, after, missing);
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
