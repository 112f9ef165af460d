package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.testing.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A proxy before two replicas, with the very file of {@code deploy/} on free ports of loopback. Ends with the test. */
final class ReverseProxy implements AutoCloseable {

    private static final Path HAPROXY = Path.of("/usr/sbin/haproxy");
    private static final Path NGINX = Path.of("/usr/sbin/nginx");

    /** Its new workers serve by then. */
    private static final Duration RELOADED = Duration.ofSeconds(1);

    final int port = FreePorts.next();
    private Path folder;
    private Path configuration;
    private String text;
    private Process process;

    private ReverseProxy() {}

    static boolean isInstalled() {
        return Files.isExecutable(HAPROXY);
    }

    static boolean isNginxInstalled() {
        return Files.isExecutable(NGINX);
    }

    /** Debian's HAProxy, which asks {@code /health/ready}. */
    static ReverseProxy before(List<Service> replicas) throws IOException {
        ReverseProxy proxy = new ReverseProxy();
        ProcessBuilder haproxy = new ProcessBuilder(HAPROXY.toString(), "-db", "-f", "../deploy/haproxy.cfg");
        haproxy.environment().put("LISTEN", "127.0.0.1:" + proxy.port);
        for (int i = 0; i < replicas.size(); i++) {
            haproxy.environment().put("REPLICA_" + (i + 1), "127.0.0.1:" + replicas.get(i).port);
        }
        proxy.process = quietly(haproxy);
        return proxy;
    }

    /** Debian's nginx, which learns from refused connections. */
    static ReverseProxy nginxBefore(List<Service> replicas) throws IOException {
        ReverseProxy proxy = new ReverseProxy();
        proxy.folder = Files.createTempDirectory("nginx");
        proxy.text = Files.readString(Path.of("../deploy/nginx.conf"))
                .replace("127.0.0.1:8000", "127.0.0.1:" + proxy.port)
                .replace("127.0.0.1:8080", "127.0.0.1:" + replicas.get(0).port)
                .replace("127.0.0.1:8090", "127.0.0.1:" + replicas.get(1).port)
                .replace("/run/nginx.pid", proxy.folder.resolve("pid").toString());
        proxy.configuration = Files.writeString(proxy.folder.resolve("nginx.conf"), proxy.text);
        proxy.process = quietly(
                new ProcessBuilder(NGINX.toString(), "-c", proxy.configuration.toString(), "-g", "daemon off;"));
        return proxy;
    }

    /** As upgrade.md has an operator do it: nginx sends this replica nothing more, until all are taken back. */
    void takeOut(Service replica) throws Exception {
        String server = "server 127.0.0.1:" + replica.port + " ";
        assertThat(text).contains(server);
        reload(text.replace(server, server + "down "));
    }

    void takeAllBack() throws Exception {
        reload(text);
    }

    private void reload(String changed) throws Exception {
        Files.writeString(configuration, changed);
        Process reload = quietly(new ProcessBuilder(NGINX.toString(), "-c", configuration.toString(), "-s", "reload"));
        if (!reload.waitFor(5, TimeUnit.SECONDS) || reload.exitValue() != 0) {
            throw new AssertionError("nginx did not read its configuration again");
        }
        LockSupport.parkNanos(RELOADED.toNanos());
    }

    private static Process quietly(ProcessBuilder command) throws IOException {
        return command.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    String url() {
        return "http://localhost:" + port;
    }

    @Override
    public void close() throws Exception {
        process.destroy();
        if (!process.waitFor(5, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        if (folder != null) {
            try (var files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
        }
    }
}
