package io.holisticos.app;

import io.holisticos.testing.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Debian's HAProxy before several replicas, as README's operators may run it: it asks {@code /health/ready}, and repeats at
 * another replica what never reached one, and reads that one broke off. Ends with the test.
 */
final class ReverseProxy implements AutoCloseable {

    private static final Path INSTALLED = Path.of("/usr/sbin/haproxy");

    final int port = FreePorts.next();
    private final Path configuration;
    private final Process process;

    private ReverseProxy(List<Service> replicas) throws IOException {
        configuration = Files.createTempFile("haproxy", ".cfg");
        StringBuilder text = new StringBuilder("""
                global
                    maxconn 500
                defaults
                    mode http
                    timeout connect 2s
                    timeout client 60s
                    timeout server 40s
                    timeout queue 5s
                    timeout check 2s
                    retries 3
                    option redispatch 1
                    retry-on conn-failure empty-response
                frontend callers
                    bind 127.0.0.1:%d
                    http-request disable-l7-retry unless METH_GET
                    default_backend replicas
                backend replicas
                    balance roundrobin
                    option httpchk GET /health/ready
                    http-check expect status 200
                    default-server check inter 1s fall 2 rise 1
                """.formatted(port));
        for (int i = 0; i < replicas.size(); i++) {
            text.append("    server replica%d 127.0.0.1:%d\n".formatted(i, replicas.get(i).port));
        }
        Files.writeString(configuration, text);
        process = new ProcessBuilder(INSTALLED.toString(), "-db", "-f", configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    static boolean isInstalled() {
        return Files.isExecutable(INSTALLED);
    }

    /** On a free port, loopback only. */
    static ReverseProxy before(List<Service> replicas) throws IOException {
        return new ReverseProxy(replicas);
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
        Files.delete(configuration);
    }
}
