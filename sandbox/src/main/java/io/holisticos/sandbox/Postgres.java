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
import org.newsclub.net.unix.AFUNIXSocket;
import org.newsclub.net.unix.AFUNIXSocketFactory;
import org.postgresql.ds.PGSimpleDataSource;

/** The two databases: on a PostgreSQL of our own, or on one that was named. */
public final class Postgres {

    public static final String SAHHA = "sahha";
    public static final String WHOOP = "whoop";

    private static final Path SOCKETS =
            Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath();

    private final Place place;
    private final String urlPattern;
    private final int ownPort;
    private @Nullable EmbeddedPostgres own;
    private boolean closed;

    private Postgres(Place place, String urlPattern, int ownPort) {
        this.place = place;
        this.urlPattern = urlPattern;
        this.ownPort = ownPort;
    }

    /**
     * Where the databases lie, and for how long.
     *
     * @param url a PostgreSQL to use instead of our own; null for our own
     * @param data folder that our own lives on in; null when nothing is to stay
     * @param suffix of the databases' names; with one they are made anew at start and removed at the end
     * @param bySocketFile whether our own is to be reached by a socket file where that can be done: much work costs less of
     *     both processors then, but a library more is to be loaded
     */
    public record Place(@Nullable String url, @Nullable Path data, String suffix, boolean bySocketFile) {
        private boolean isThrowaway() {
            return !suffix.isEmpty();
        }
    }

    /** Decides where the databases will be; nothing is started yet, so that others may start meanwhile. */
    public static Postgres planned(Place place) {
        String url = place.url();
        if (url != null) {
            return new Postgres(place, patternOf(url), 0);
        }
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = free.getLocalPort();
            String pattern = "jdbc:postgresql://localhost:" + port + "/%s?user=postgres";
            boolean bySocketFile = place.bySocketFile() && AFUNIXSocket.isSupported();
            return new Postgres(place, bySocketFile ? pattern + socketFile(port) : pattern, port);
        } catch (IOException e) {
            throw new SandboxFailure("no free port for PostgreSQL", e);
        }
    }

    private static String socketFile(int port) {
        return "&sslMode=disable&socketFactory=" + AFUNIXSocketFactory.FactoryArg.class.getName() + "&socketFactoryArg="
                + SOCKETS.resolve(".s.PGSQL." + port);
    }

    /** Starts, or connects, and creates what is missing. */
    public synchronized void start() {
        if (closed) {
            return;
        }
        try {
            if (place.url() == null) {
                own = embedded(place, ownPort);
            }
            for (String database : List.of(SAHHA, WHOOP)) {
                if (place.isThrowaway()) {
                    drop(database);
                }
                createIfMissing(database + place.suffix());
            }
        } catch (IOException | SQLException e) {
            throw new SandboxFailure("PostgreSQL does not start: " + e.getMessage(), e);
        }
    }

    private static EmbeddedPostgres embedded(Place place, int port) throws IOException {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setPort(port)
                .setRegisterShutdownHook(false) // the sandbox stops things in its own order
                .setServerConfig("max_connections", "200");
        if (place.bySocketFile()) {
            builder.setServerConfig("unix_socket_directories", SOCKETS.toString());
        }
        Path data = place.data();
        if (data != null) {
            Files.createDirectories(data);
            builder.setDataDirectory(data.resolve("postgresql").toAbsolutePath())
                    .setCleanDataDirectory(false);
        } else {
            builder.setServerConfig("fsync", "off") // nothing of it is meant to survive
                    .setServerConfig("synchronous_commit", "off")
                    .setServerConfig("full_page_writes", "off");
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

    /** The JDBC URL of {@link #SAHHA} or {@link #WHOOP}. */
    public String url(String database) {
        return urlPattern.formatted(database + place.suffix());
    }

    /** Unpooled connections to {@link #SAHHA} or {@link #WHOOP}. */
    public PGSimpleDataSource dataSource(String database) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url(database));
        return source;
    }

    private void createIfMissing(String database) throws SQLException {
        try (Connection connection = DriverManager.getConnection(urlPattern.formatted("postgres"));
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

    private void drop(String database) throws SQLException {
        try (Connection connection = DriverManager.getConnection(urlPattern.formatted("postgres"));
                Statement statement = connection.createStatement()) {
            statement.execute("drop database if exists " + database + place.suffix() + " with (force)");
        }
    }

    /** Waits for a start under way, so that nothing is left behind. */
    public synchronized void close() {
        closed = true;
        if (place.url() != null && place.isThrowaway()) {
            try {
                drop(SAHHA);
                drop(WHOOP);
            } catch (SQLException e) {
                throw new SandboxFailure("the databases cannot be removed: " + e.getMessage(), e);
            }
        }
        if (own != null) {
            try {
                own.close();
            } catch (IOException e) {
                throw new SandboxFailure("PostgreSQL does not stop", e);
            }
        }
    }
}
