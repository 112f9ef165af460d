package io.holisticos.sandbox;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/** The sandbox's two databases: on a PostgreSQL of its own, or on one that was named. */
final class Postgres {

    static final String SAHHA = "sahha";
    static final String WHOOP = "whoop";

    private final SandboxOptions options;
    private final String urlPattern;
    private final int ownPort;
    private @Nullable EmbeddedPostgres own;
    private boolean closed;

    private Postgres(SandboxOptions options, String urlPattern, int ownPort) {
        this.options = options;
        this.urlPattern = urlPattern;
        this.ownPort = ownPort;
    }

    /** Decides where the databases will be; nothing is started yet, so that others may start meanwhile. */
    static Postgres planned(SandboxOptions options) {
        String url = options.databaseUrl();
        if (url != null) {
            return new Postgres(options, patternOf(url), 0);
        }
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = free.getLocalPort();
            return new Postgres(options, "jdbc:postgresql://localhost:" + port + "/%s?user=postgres", port);
        } catch (IOException e) {
            throw new SandboxFailure("no free port for PostgreSQL", e);
        }
    }

    /** Starts, or connects, and creates what is missing. */
    synchronized void start() {
        if (closed) {
            return;
        }
        try {
            if (options.databaseUrl() == null) {
                own = embedded(options.data(), ownPort);
            }
            for (String database : List.of(SAHHA, WHOOP)) {
                createIfMissing(database);
            }
        } catch (IOException | SQLException e) {
            throw new SandboxFailure("PostgreSQL does not start: " + e.getMessage(), e);
        }
    }

    private static EmbeddedPostgres embedded(@Nullable Path data, int port) throws IOException {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setPort(port)
                .setRegisterShutdownHook(false) // the sandbox stops things in its own order
                .setServerConfig("max_connections", "200");
        if (data != null) {
            Files.createDirectories(data);
            builder.setDataDirectory(data.resolve("postgresql").toAbsolutePath())
                    .setCleanDataDirectory(false);
        } else {
            builder.setServerConfig("fsync", "off"); // nothing of it is meant to survive
        }
        return builder.start();
    }

    private static String patternOf(String url) {
        int query = url.indexOf('?');
        String base = query < 0 ? url : url.substring(0, query);
        int lastSlash = base.lastIndexOf('/');
        if (!url.startsWith("jdbc:postgresql:") || lastSlash < 0) {
            throw new SandboxFailure("--database-url must be like jdbc:postgresql://localhost:5432/postgres?user=me");
        }
        return base.substring(0, lastSlash + 1).replace("%", "%%")
                + "%s"
                + (query < 0 ? "" : url.substring(query).replace("%", "%%"));
    }

    String url(String database) {
        return urlPattern.formatted(database);
    }

    PGSimpleDataSource dataSource(String database) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url(database));
        return source;
    }

    private void createIfMissing(String database) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url("postgres"));
                Statement statement = connection.createStatement();
                ResultSet found =
                        statement.executeQuery("select 1 from pg_database where datname = '" + database + "'")) {
            if (!found.next()) {
                try (Statement create = connection.createStatement()) {
                    create.execute("create database " + database);
                }
            }
        }
    }

    /** Waits for a start under way, so that nothing is left behind. */
    synchronized void close() {
        closed = true;
        if (own != null) {
            try {
                own.close();
            } catch (IOException e) {
                throw new SandboxFailure("PostgreSQL does not stop", e);
            }
        }
    }
}
