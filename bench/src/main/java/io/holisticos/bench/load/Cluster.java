package io.holisticos.bench.load;

import io.holisticos.bench.process.BenchFailure;
import io.holisticos.bench.process.FreePort;
import io.holisticos.bench.process.Processes;
import io.holisticos.bench.process.Progress;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.stream.Stream;

/** A PostgreSQL of the bench's own, with both databases. */
public final class Cluster implements AutoCloseable {

    public static final String SAHHA = "sahha";
    public static final String WHOOP = "whoop";

    /** The memory that PostgreSQL keeps pages in. */
    static final String SHARED_BUFFERS = "2GB";

    /** Nothing has to survive while tables are filled, and what is written into new ones needs no log. */
    private static final Map<String, String> TO_FILL = Map.of(
            "fsync", "off",
            "synchronous_commit", "off",
            "full_page_writes", "off",
            "wal_level", "minimal",
            "max_wal_senders", "0",
            "max_wal_size", "16GB",
            "checkpoint_timeout", "30min",
            "maintenance_work_mem", "1GB",
            "autovacuum", "off");

    /** As a production server has it: every commit is on the disk before it is acknowledged. */
    private static final Map<String, String> TO_SERVE = Map.of(
            "fsync", "on",
            "synchronous_commit", "on",
            "full_page_writes", "on",
            "max_wal_size", "4GB",
            "track_io_timing", "off");

    private final EmbeddedPostgres postgres;
    private final int port;
    private final Path folder;

    private Cluster(EmbeddedPostgres postgres, int port, Path folder) {
        this.postgres = postgres;
        this.port = port;
        this.folder = folder;
    }

    static Cluster toFill(Processes processes, Path data) {
        return start(processes, data, TO_FILL);
    }

    static Cluster toServe(Processes processes, Path data) {
        Cluster cluster = start(processes, data, TO_SERVE);
        if (!cluster.one(SAHHA, "show fsync").equals("on")) {
            throw new BenchFailure("PostgreSQL does not flush commits to disk: its figures would be worth nothing");
        }
        cluster.readOnce();
        return cluster;
    }

    /** A server that has run for long has its tables in the memory of the machine: here the disk would be measured otherwise. */
    private void readOnce() {
        Progress.say("Reading the files of the databases once");
        try (Stream<Path> files = Files.walk(folder.resolve("base"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                try (InputStream in = Files.newInputStream(file)) {
                    in.transferTo(OutputStream.nullOutputStream());
                } catch (NoSuchFileException gone) { // PostgreSQL removes files meanwhile
                    Progress.say("gone: " + gone.getMessage());
                }
            }
        } catch (IOException | UncheckedIOException e) {
            throw new BenchFailure("the files in " + folder + " cannot be read", e);
        }
    }

    private static Cluster start(Processes processes, Path data, Map<String, String> settings) {
        try {
            Files.createDirectories(data);
            int port = FreePort.next();
            EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                    .setPort(port)
                    .setRegisterShutdownHook(false) // the processes end it
                    .setDataDirectory(data.resolve("postgresql").toAbsolutePath())
                    .setCleanDataDirectory(false)
                    .setServerConfig("max_connections", "300")
                    .setServerConfig("shared_buffers", SHARED_BUFFERS);
            settings.forEach(builder::setServerConfig);
            return processes.add(new Cluster(builder.start(), port, data.resolve("postgresql")));
        } catch (IOException e) {
            throw new BenchFailure("PostgreSQL does not start in " + data + ": " + e.getMessage(), e);
        }
    }

    public int port() {
        return port;
    }

    public String url(String database) {
        return "jdbc:postgresql://localhost:" + port + "/" + database + "?user=postgres";
    }

    public Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(url(database));
    }

    /** The single value of a query. */
    public String one(String database, String query) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return String.valueOf(rows.getString(1));
        } catch (SQLException e) {
            throw new BenchFailure(query + ": " + e.getMessage(), e);
        }
    }

    /** Without the triggers of the tables. */
    void quietly(String database, String... statements) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute("set session_replication_role = replica");
            for (String one : statements) {
                statement.execute(one);
            }
        } catch (SQLException e) {
            throw new BenchFailure("loading: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        Path file = folder.resolve("postmaster.pid");
        long pid = Files.exists(file)
                ? Long.parseLong(Files.readAllLines(file).get(0).trim())
                : -1;
        try {
            postgres.close();
        } finally { // while this JVM is being ended, what stops the server may not start
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
        }
    }
}
