package io.holisticos.app;

import com.codahale.metrics.MetricRegistry;
import io.dropwizard.db.ManagedDataSource;
import io.holisticos.app.OperatorMessage.Mendable;
import io.holisticos.vault.Vault;
import io.holisticos.whoop.WhoopModule;
import java.security.SecureRandom;
import java.time.Clock;
import org.jdbi.v3.core.Jdbi;

/** One of the databases, as a command uses it: by a pool with the limits of jobs, which is closed when the work ends. */
final class CommandDatabase {

    private final DatabaseConfiguration configuration;
    private final String command;
    private final String source;

    private CommandDatabase(DatabaseConfiguration configuration, String command, String source) {
        this.configuration = configuration;
        this.command = command;
        this.source = source;
    }

    static CommandDatabase sahha(HealthConfiguration all, String command) {
        return new CommandDatabase(all.sahhaDatabase, command, "SAHHA");
    }

    /** @throws Mendable when WHOOP is not configured */
    static CommandDatabase whoop(HealthConfiguration all, String command) {
        requireWhoop(all);
        return new CommandDatabase(all.whoopDatabase, command, "WHOOP");
    }

    static void requireWhoop(HealthConfiguration all) {
        if (!all.whoop.isConfigured()) {
            throw new Mendable("WHOOP is not configured: set WHOOP_CLIENT_ID and WHOOP_CLIENT_SECRET"
                    + " as for the service (see .env.example)");
        }
    }

    /** What a command does with the database. */
    @FunctionalInterface
    interface Work<T> {
        T with(Opened database) throws Exception;
    }

    /** The open database. */
    record Opened(ManagedDataSource source, Jdbi jdbi) {

        WhoopModule.Pool pool(HealthConfiguration all, Clock clock) {
            return new WhoopModule.Pool(source, jdbi, new Vault(jdbi, all.vault, new SecureRandom(), clock));
        }

        /** The same, whose vault has the right keys. */
        WhoopModule.Pool provenPool(HealthConfiguration all, Clock clock) {
            WhoopModule.Pool pool = pool(all, clock);
            pool.vault().prove();
            return pool;
        }
    }

    /** Looks something up. A failure is one line that says what to mend. */
    <T> T read(Work<T> work) throws Exception {
        return run(work, DatabaseFailure.ofReading(source));
    }

    /** Changes something. A failure is one line that says what to mend, and that what was written is kept. */
    <T> T change(Work<T> work) throws Exception {
        return run(work, DatabaseFailure.ofChange(source));
    }

    private <T> T run(Work<T> work, DatabaseFailure failure) throws Exception {
        ManagedDataSource pool = configuration.workers(new MetricRegistry(), command);
        try {
            return work.with(new Opened(pool, Database.ours(Jdbi.create(pool))));
        } catch (RuntimeException e) {
            throw failure.explained(e);
        } finally {
            pool.stop();
        }
    }
}
