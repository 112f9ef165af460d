package io.holisticos.app;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;

/**
 * Both databases, migrated, on a PostgreSQL of their own that can explain every statement into its log. It flushes nothing to disk,
 * so that it fills soon.
 */
final class ExplainedDatabases implements AutoCloseable {

    private final EmbeddedPostgres postgres;
    private final PlanLog plans;

    private ExplainedDatabases(EmbeddedPostgres postgres, Path logs) {
        this.postgres = postgres;
        this.plans = new PlanLog(logs.resolve("plans.json"), sahha());
    }

    static ExplainedDatabases start(Path logs) throws Exception {
        EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                .setServerConfig("fsync", "off")
                .setServerConfig("full_page_writes", "off")
                .setServerConfig("wal_level", "minimal")
                .setServerConfig("max_wal_senders", "0")
                .setServerConfig("max_wal_size", "16GB")
                .setServerConfig("autovacuum", "off")
                .setServerConfig("maintenance_work_mem", "512MB")
                .setServerConfig("shared_buffers", "512MB")
                .setServerConfig("logging_collector", "on")
                .setServerConfig("log_destination", "jsonlog")
                .setServerConfig("log_directory", logs.toString())
                .setServerConfig("log_filename", "plans")
                .start();
        Jdbi server = Jdbi.create(postgres.getPostgresDatabase());
        server.useHandle(handle -> {
            handle.execute("create database sahha");
            handle.execute("create database whoop");
        });
        Migrations.update(postgres.getDatabase("postgres", "sahha"), Migrations.SAHHA_CHANGELOG);
        Migrations.update(postgres.getDatabase("postgres", "whoop"), Migrations.WHOOP_CHANGELOG);
        return new ExplainedDatabases(postgres, logs);
    }

    /** With which the service uses them. */
    Map<String, String> variables(Map<String, String> others) {
        Map<String, String> variables = new HashMap<>(others);
        variables.put("SAHHA_DATABASE_URL", postgres.getJdbcUrl("postgres", "sahha"));
        variables.put("WHOOP_DATABASE_URL", postgres.getJdbcUrl("postgres", "whoop"));
        return variables;
    }

    Jdbi sahha() {
        return Jdbi.create(postgres.getDatabase("postgres", "sahha"));
    }

    Jdbi whoop() {
        return Jdbi.create(postgres.getDatabase("postgres", "whoop"));
    }

    /** From now on, new connections explain. */
    void explain() {
        PlanLog.switchOn(Jdbi.create(postgres.getPostgresDatabase()), "sahha", "whoop");
    }

    /** What is explained since {@link #explain}. */
    PlanLog plans() {
        return plans;
    }

    @Override
    public void close() throws IOException {
        postgres.close();
    }
}
