package io.holisticos.app.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.Meter;
import com.codahale.metrics.MetricRegistry;
import io.dropwizard.util.Duration;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which connections are closed, on a server that is swept when the test says so, with and without TLS. */
class HeaderTimeoutTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    @TempDir
    private static Path folder;

    private static OwnTls tls;

    private final AtomicLong nanos = new AtomicLong();
    private final Meter tooSlow = new Meter();
    private final Server server = new Server();
    private final HeaderTimeout heads = new HeaderTimeout(java.time.Duration.ofSeconds(5), nanos::get, tooSlow);
    private final Holding holding = new Holding();

    @BeforeAll
    static void makeCertificate() throws Exception {
        tls = OwnTls.in(folder);
    }

    @BeforeEach
    void start() throws Exception {
        for (ServerConnector connector :
                List.of(new ServerConnector(server), new ServerConnector(server, tls.ofServer()))) {
            connector.setHost(InetAddress.getLoopbackAddress().getHostAddress());
            server.addConnector(connector);
        }
        BodiesConfiguration patient = new BodiesConfiguration();
        patient.within = Duration.seconds(60);
        Bodies bodies = new Bodies(patient, path -> false, new MetricRegistry());
        bodies.setHandler(holding);
        heads.setHandler(bodies);
        server.setHandler(heads);
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "https"})
    void aHeadThatComesTooSlowlyClosesItsConnection(String scheme) throws Exception {
        try (Socket slow = to(scheme)) {
            say(slow, "GET / HTTP/1.1\r\n");
            sweepAfter(0);
            say(slow, "Host: loc");
            sweepAfter(3);
            say(slow, "alho");
            sweepAfter(3);

            within(() -> endPoints().isEmpty());
            assertThat(tooSlow.getCount()).isEqualTo(1);
        }
    }

    /** The permission to send it counts as an answer of the server's, and is none. */
    @ParameterizedTest
    @ValueSource(strings = {"http", "https"})
    void aBodyThatComesSlowlyWithItsPermissionIsNoSlowHead(String scheme) throws Exception {
        try (Socket sender = to(scheme)) {
            say(sender, "POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n");
            assertThat(head(sender)).startsWith("HTTP/1.1 100");
            for (int i = 0; i < 9; i++) {
                sweepAfter(2);
                say(sender, "x");
            }
            sweepAfter(2);
            assertThat(tooSlow.getCount()).isZero();
            say(sender, "x");
            assertThat(head(sender)).startsWith("HTTP/1.1 200");

            assertThatItMaySitIdle(sender);
            assertThatASlowHeadEndsIt(sender);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "https"})
    void aBodyWhoseEndCameBetweenTwoSweepsLeavesItsConnectionOpen(String scheme) throws Exception {
        try (Socket sender = to(scheme)) {
            say(sender, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nx");
            sweepAfter(1);
            say(sender, "x");
            assertThat(head(sender)).startsWith("HTTP/1.1 200");

            assertThatItMaySitIdle(sender);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "https"})
    void aConnectionThatAsksOftenIsNeverClosed(String scheme) throws Exception {
        try (Socket busy = to(scheme)) {
            for (int i = 0; i < 10; i++) {
                say(busy, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
                assertThat(head(busy)).startsWith("HTTP/1.1 200");
                sweepAfter(2);
            }
            assertThat(tooSlow.getCount()).isZero();
            assertThat(endPoints()).hasSize(1);
        }
    }

    /** Such as one that waits for WHOOP while the caller's next request is on its way already. */
    @ParameterizedTest
    @ValueSource(strings = {"http", "https"})
    void aRequestThatIsWorkedOnForLongIsNoSlowHead(String scheme) throws Exception {
        try (Socket waiting = to(scheme)) {
            say(waiting, "GET /held HTTP/1.1\r\nHost: localhost\r\n\r\n");
            within(holding::holds);
            for (int i = 0; i < 10; i++) {
                sweepAfter(2);
            }
            holding.letGo();

            assertThat(head(waiting)).startsWith("HTTP/1.1 200");
            assertThatItMaySitIdle(waiting);
        }
    }

    private void assertThatItMaySitIdle(Socket connection) throws Exception {
        for (int i = 0; i < 10; i++) {
            sweepAfter(2);
        }
        assertThat(tooSlow.getCount()).isZero();
        say(connection, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assertThat(head(connection)).startsWith("HTTP/1.1 200");
        sweepAfter(0);
    }

    private void assertThatASlowHeadEndsIt(Socket connection) throws Exception {
        for (int i = 0; i < 3; i++) {
            say(connection, "G");
            sweepAfter(2);
        }
        // A sweep can come between an answer's last byte and its end, and then the head begins with the next one.
        within(() -> {
            if (tooSlow.getCount() == 0) {
                sweepAfter(1);
            }
            return endPoints().isEmpty();
        });
        assertThat(tooSlow.getCount()).isEqualTo(1);
    }

    private void sweepAfter(long seconds) {
        nanos.addAndGet(seconds * SECOND);
        heads.sweep(List.of(server.getConnectors()));
    }

    private Socket to(String scheme) throws Exception {
        int port = ((ServerConnector) server.getConnectors()[scheme.equals("http") ? 0 : 1]).getLocalPort();
        URI at = URI.create(scheme + "://127.0.0.1:" + port);
        Socket socket = scheme.equals("http")
                ? new Socket(at.getHost(), at.getPort())
                : tls.ofClient().getSocketFactory().createSocket(at.getHost(), at.getPort());
        socket.setSoTimeout(20_000);
        return socket;
    }

    /** Until the server has it. */
    private void say(Socket connection, String text) throws IOException {
        long before = bytesIn();
        connection.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        connection.getOutputStream().flush();
        within(() -> bytesIn() > before);
    }

    private long bytesIn() {
        return endPoints().stream()
                .mapToLong(endPoint -> endPoint.getConnection() == null
                        ? 0
                        : endPoint.getConnection().getBytesIn())
                .sum();
    }

    private List<EndPoint> endPoints() {
        return List.of(server.getConnectors()).stream()
                .flatMap(connector -> connector.getConnectedEndPoints().stream())
                .toList();
    }

    private static String head(Socket connection) throws IOException {
        StringBuilder head = new StringBuilder();
        InputStream in = connection.getInputStream();
        while (!head.toString().endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                break;
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private static void within(BooleanSupplier reached) {
        long end = System.nanoTime() + 20 * SECOND;
        while (!reached.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.onSpinWait();
        }
    }

    /** Answers at once, but for a path that is answered when the test says so. */
    private static final class Holding extends Handler.Abstract {

        private volatile Callback held;

        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            response.setStatus(200);
            response.getHeaders().put("Content-Length", 0);
            Content.Source.consumeAll(request, Callback.NOOP);
            if (Request.getPathInContext(request).equals("/held")) {
                held = callback;
            } else {
                callback.succeeded();
            }
            return true;
        }

        boolean holds() {
            return held != null;
        }

        void letGo() {
            held.succeeded();
        }
    }
}
