package io.holisticos.app;

import io.holisticos.testing.FreePorts;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Debian's package {@code pgbouncer} in transaction mode, in front of a server on this machine. Loopback only. */
final class PgBouncer implements AutoCloseable {

    private static final Path BINARY = Path.of("/usr/sbin/pgbouncer");

    private final int port = FreePorts.next();
    private final Path folder;
    private final Process process;

    /** @param postgres the port of the server, which trusts its user {@code postgres} */
    PgBouncer(int postgres) throws IOException {
        folder = Files.createTempDirectory("pgbouncer");
        Path configuration = Files.writeString(folder.resolve("pgbouncer.ini"), """
                [databases]
                * = host=127.0.0.1 port=%d user=postgres
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %d
                unix_socket_dir =
                auth_type = any
                pool_mode = transaction
                default_pool_size = 12
                ignore_startup_parameters = extra_float_digits, options
                """.formatted(postgres, port));
        List<String> command = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) { // it refuses to be root
            command.addAll(List.of("runuser", "-u", "postgres", "--"));
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        command.addAll(List.of(BINARY.toString(), configuration.toString()));
        process = new ProcessBuilder(command)
                .directory(new File("/"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.to(folder.resolve("log").toFile()))
                .start();
        Service.await("pgbouncer", this::listens);
    }

    static boolean isInstalled() {
        return Files.isExecutable(BINARY);
    }

    /** The same database by way of it. */
    String url(String direct) {
        return direct.replaceFirst("://[^/]+/", "://127.0.0.1:" + port + "/");
    }

    private boolean listens() {
        if (!process.isAlive()) {
            throw new AssertionError("pgbouncer ended with " + process.exitValue());
        }
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() throws Exception {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        process.waitFor(10, TimeUnit.SECONDS);
        for (Path file : List.of(folder.resolve("log"), folder.resolve("pgbouncer.ini"), folder)) {
            Files.delete(file);
        }
    }
}
