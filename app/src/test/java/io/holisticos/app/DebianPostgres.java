package io.holisticos.app;

import io.holisticos.testing.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A server of Debian's package {@code postgresql}, with data of its own in a temporary folder. */
final class DebianPostgres implements AutoCloseable {

    static final String USER = "health";

    private static final Path INSTALLED = Path.of("/usr/lib/postgresql");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path binaries;
    private final Path folder;
    private final int port = FreePorts.next();

    private DebianPostgres(Path binaries, Path folder) {
        this.binaries = binaries;
        this.folder = folder;
    }

    /** Where the newest one is installed, if any is. */
    static Optional<Path> installed() {
        if (!Files.isDirectory(INSTALLED)) {
            return Optional.empty();
        }
        try (Stream<Path> versions = Files.list(INSTALLED)) {
            return versions.map(version -> version.resolve("bin"))
                    .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
                    .max(Comparator.comparing(Path::toString));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts on a free port, loopback only, trusting whoever comes. */
    static DebianPostgres start(Path binaries) throws Exception {
        return start(binaries, Files.createTempDirectory("debian-postgres"));
    }

    /** The same with its data in a folder, which goes with it. */
    static DebianPostgres start(Path binaries, Path folder) throws Exception {
        DebianPostgres server = new DebianPostgres(binaries, folder);
        try {
            if (isRoot()) {
                Files.setOwner(
                        server.folder,
                        server.folder
                                .getFileSystem()
                                .getUserPrincipalLookupService()
                                .lookupPrincipalByName("postgres"));
            }
            server.run("initdb", "-D", server.data(), "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync");
            server.startAgain();
            return server;
        } catch (Exception | AssertionError e) {
            server.close();
            throw e;
        }
    }

    void createDatabase(String name) throws Exception {
        run("createdb", "-h", "127.0.0.1", "-p", Integer.toString(port), "-U", USER, name);
    }

    String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    /** The same as user {@value #USER}, not through any pool of ours. */
    DataSource dataSource(String database) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url(database));
        source.setUser(USER);
        return source;
    }

    /**
     * Ends it and starts it again, with the same data.
     *
     * @param mode {@code fast}: sessions are told; {@code immediate}: as a crash, nothing is written any more
     */
    void restart(String mode) throws Exception {
        run("pg_ctl", "-D", data(), "-w", "-t", "60", "-m", mode, "-l", folder + "/log", "restart");
    }

    /** Ends it; who has a session is told. */
    void stop() throws Exception {
        run("pg_ctl", "-D", data(), "-w", "-t", "60", "-m", "fast", "stop");
    }

    /** Starts what was stopped. */
    void startAgain() throws Exception {
        String options = "-p %d -c listen_addresses=127.0.0.1 -c fsync=off -k %s".formatted(port, folder);
        run("pg_ctl", "-D", data(), "-w", "-t", "60", "-l", folder + "/log", "-o", options, "start");
    }

    boolean isRunning() {
        return Files.exists(folder.resolve("data/postmaster.pid"));
    }

    private String data() {
        return folder.resolve("data").toString();
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    /** PostgreSQL refuses to run as root. */
    private void run(String tool, String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            command.addAll(List.of("runuser", "-u", "postgres", "--"));
        }
        command.add(binaries.resolve(tool).toString());
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile("debian-postgres", ".out");
        try {
            Process process = new ProcessBuilder(command)
                    .directory(Path.of("/").toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile()) // not a pipe: the server inherits it and would keep it open
                    .start();
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                throw new AssertionError(tool + " did not end");
            }
            if (process.exitValue() != 0) {
                throw new AssertionError(tool + ": " + Files.readString(output, StandardCharsets.UTF_8));
            }
        } finally {
            Files.delete(output);
        }
    }

    @Override
    public void close() throws Exception {
        if (isRunning()) {
            run("pg_ctl", "-D", data(), "-w", "-m", "immediate", "stop");
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
