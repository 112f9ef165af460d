package io.holisticos.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import liquibase.Contexts;
import liquibase.Liquibase;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.LiquibaseException;
import liquibase.resource.ClassLoaderResourceAccessor;
import org.jdbi.v3.core.Jdbi;

/**
 * A fresh, migrated database on a real PostgreSQL that all tests of a JVM share. Its session zone is neither UTC nor the
 * JVM's.
 */
public final class TestDatabase {

    private static final AtomicInteger COUNT = new AtomicInteger();

    /** The migrated database of each changelog; nobody connects to it any more. */
    private static final Map<String, String> TEMPLATES = new ConcurrentHashMap<>();

    private final String name;
    private final DataSource dataSource;

    private TestDatabase(String name, DataSource dataSource) {
        this.name = name;
        this.dataSource = dataSource;
    }

    /** An empty database, migrated by a changelog such as {@code sahha-db/changelog.yaml}. */
    public static TestDatabase migratedBy(String changelog) {
        return copyOf(TEMPLATES.computeIfAbsent(changelog, TestDatabase::template));
    }

    /** A database without a table. */
    public static TestDatabase empty() {
        return copyOf("template1");
    }

    /** Migrating takes a second, copying what was migrated once a few milliseconds. */
    private static String template(String changelog) {
        TestDatabase database = empty();
        try (Connection connection = database.dataSource.getConnection();
                Liquibase liquibase =
                        new Liquibase(changelog, new ClassLoaderResourceAccessor(), new JdbcConnection(connection))) {
            liquibase.update(new Contexts());
        } catch (SQLException | LiquibaseException e) {
            throw new IllegalStateException("cannot migrate by " + changelog, e);
        }
        return database.name;
    }

    private static TestDatabase copyOf(String template) {
        String name = "test_" + COUNT.incrementAndGet();
        try (Connection connection = Server.POSTGRES.getPostgresDatabase().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("create database " + name + " template " + template);
            statement.execute("alter database " + name + " set timezone to 'Asia/Kathmandu'");
        } catch (SQLException e) {
            throw new IllegalStateException("cannot create " + name, e);
        }
        return new TestDatabase(name, Server.POSTGRES.getDatabase("postgres", name));
    }

    /** Opens a connection for each use: fine for tests. */
    public DataSource dataSource() {
        return dataSource;
    }

    public Jdbi jdbi() {
        return AsInProduction.statements(Jdbi.create(dataSource));
    }

    /** For configuration of an application under test; user {@code postgres}, no password. */
    public String url() {
        return Server.POSTGRES.getJdbcUrl("postgres", name);
    }

    private static final class Server {

        static final EmbeddedPostgres POSTGRES = start();

        private static EmbeddedPostgres start() {
            try {
                EmbeddedPostgres started = EmbeddedPostgres.builder()
                        .setServerConfig("fsync", "off") // it need not survive a crash
                        .setServerConfig("full_page_writes", "off")
                        .setServerConfig("max_wal_size", "4GB")
                        .setServerConfig("max_connections", "300")
                        // Rows and statements of tests that provoke an error are no lines of ours.
                        .setServerConfig("log_error_verbosity", "terse")
                        .setServerConfig("log_min_error_statement", "panic")
                        .start();
                Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                    try {
                        started.close();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }));
                return started;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
