package io.holisticos.sandbox.environment;

import io.holisticos.app.HealthApplication;
import io.holisticos.app.Migrations;
import io.holisticos.web.ApiKeyStore;
import io.holisticos.web.Scope;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import liquibase.exception.LiquibaseException;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.newsclub.net.unix.AFUNIXSocket;
import org.newsclub.net.unix.AFUNIXSocketFactory;
import org.postgresql.ds.PGSimpleDataSource;

/** The two databases, on an embedded PostgreSQL or on a server that the person named. */
public final class Postgres {

    public static final String SAHHA = "sahha";
    public static final String WHOOP = "whoop";

    /** Made of the embedded server only: it is nobody's but ours, and asks nobody for a password. */
    private static final String ADMINISTRATOR = "postgres";

    private static final String OWNER = "health_owner";
    private static final String RUNTIME = "health_runtime";

    private static final Path SOCKETS =
            Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath();

    private final Location location;
    private final String urlPattern;
    private final int ownPort;
    private @Nullable EmbeddedPostgres own;
    private boolean closed;

    private Postgres(Location location, String urlPattern, int ownPort) {
        this.location = location;
        this.urlPattern = urlPattern;
        this.ownPort = ownPort;
    }

    /**
     * Where the databases are, and whether they stay.
     *
     * @param url the JDBC URL of a server to use; null for the embedded one
     * @param data the folder that keeps the embedded server's data; null to keep nothing
     * @param suffix of the databases' names; databases with a suffix are created at start and dropped at the end
     * @param bySocketFile whether to reach the embedded server by a Unix socket where the system has them. This saves
     *     processor time in long runs and costs loading one more library at start
     */
    public record Location(@Nullable String url, @Nullable Path data, String suffix, boolean bySocketFile) {
        private boolean isThrowaway() {
            return !suffix.isEmpty();
        }
    }

    /** Decides where the databases will be, without starting anything: their URLs are known from here on. */
    public static Postgres planned(Location location) {
        String url = location.url();
        if (url != null) {
            return new Postgres(location, patternOf(url), 0);
        }
        int port = Ports.anyFree();
        String pattern = "jdbc:postgresql://localhost:" + port + "/%s?user=" + ADMINISTRATOR;
        boolean bySocketFile = location.bySocketFile() && AFUNIXSocket.isSupported();
        return new Postgres(location, bySocketFile ? pattern + socketFile(port) : pattern, port);
    }

    private static String socketFile(int port) {
        return "&sslMode=disable&socketFactory=" + AFUNIXSocketFactory.FactoryArg.class.getName() + "&socketFactoryArg="
                + SOCKETS.resolve(".s.PGSQL." + port);
    }

    /** Starts the embedded server or connects to the named one, and creates the databases that are missing. */
    public synchronized void start() {
        if (closed) {
            return;
        }
        try {
            if (isOwn()) {
                own = embedded(location, ownPort);
                execute(ADMINISTRATOR, "postgres", "roles.sql");
            }
            for (String database : List.of(SAHHA, WHOOP)) {
                if (location.isThrowaway()) {
                    drop(database);
                }
                createIfMissing(database + location.suffix());
            }
        } catch (IOException | SQLException e) {
            throw new SandboxFailure("PostgreSQL does not start: " + e.getMessage(), e);
        }
    }

    private static EmbeddedPostgres embedded(Location location, int port) throws IOException {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setPort(port)
                .setRegisterShutdownHook(false) // the shutdown sequence stops it
                .setServerConfig("max_connections", "200")
                .setServerConfig("log_error_verbosity", "terse"); // no row of a member in its log
        if (location.bySocketFile()) {
            builder.setServerConfig("unix_socket_directories", SOCKETS.toString());
        }
        Path data = location.data();
        if (data != null) {
            Files.createDirectories(data);
            builder.setDataDirectory(data.resolve("postgresql").toAbsolutePath())
                    .setCleanDataDirectory(false);
        } else {
            builder.setServerConfig("fsync", "off") // no data needs to survive a crash
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

    /** Migrates both databases and saves a service key with every scope. */
    public void prepare(String key, String keyName, Instant now) {
        try {
            migrate(SAHHA, Migrations.SAHHA_CHANGELOG);
            migrate(WHOOP, Migrations.WHOOP_CHANGELOG);
        } catch (SQLException | LiquibaseException | IOException e) {
            throw new SandboxFailure("the databases cannot be migrated: " + e.getMessage(), e);
        }
        new ApiKeyStore(Jdbi.create(dataSource(SAHHA))).save(key, keyName, Scope.ALL, now);
    }

    private void migrate(String database, String changelog) throws SQLException, LiquibaseException, IOException {
        String name = database + location.suffix();
        if (!isOwn()) { // the person said as whom
            Migrations.update(dataSource(database), changelog);
            return;
        }
        String owner = ownerOf(name);
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(urlAs(owner, name));
        Migrations.update(source, changelog);
        execute(owner, name, "grants.sql");
    }

    /** Databases that were kept from an older sandbox stay their owner's. */
    private String ownerOf(String database) throws SQLException {
        try (Connection connection = DriverManager.getConnection(urlAs(ADMINISTRATOR, database));
                Statement statement = connection.createStatement();
                ResultSet owner = statement.executeQuery(
                        "select pg_get_userbyid(datdba) from pg_database where datname = current_database()")) {
            owner.next();
            return owner.getString(1);
        }
    }

    /** Runs a file of docs/sql, which the service's jar has. */
    private void execute(String role, String database, String file) throws SQLException, IOException {
        try (InputStream packaged =
                        Objects.requireNonNull(HealthApplication.class.getResourceAsStream("/sql/" + file), file);
                Connection connection = DriverManager.getConnection(urlAs(role, database));
                Statement statement = connection.createStatement()) {
            statement.execute(new String(packaged.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private boolean isOwn() {
        return location.url() == null;
    }

    private String urlAs(String role, String database) {
        return urlPattern.formatted(database).replace("user=" + ADMINISTRATOR, "user=" + role);
    }

    /** The JDBC URL of {@link #SAHHA} or {@link #WHOOP}, as the service connects. */
    public String url(String database) {
        String name = database + location.suffix();
        return isOwn() ? urlAs(RUNTIME, name) : urlPattern.formatted(name);
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
                    create.execute("create database " + database + (isOwn() ? " owner " + OWNER : ""));
                }
            }
        }
    }

    private void drop(String database) throws SQLException {
        try (Connection connection = DriverManager.getConnection(urlPattern.formatted("postgres"));
                Statement statement = connection.createStatement()) {
            statement.execute("drop database if exists " + database + location.suffix() + " with (force)");
        }
    }

    /** Stops the embedded server. Waits for a start that is under way, so that no process is left behind. */
    public synchronized void close() {
        closed = true;
        if (location.url() != null && location.isThrowaway()) {
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
