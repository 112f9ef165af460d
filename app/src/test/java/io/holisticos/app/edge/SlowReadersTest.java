package io.holisticos.app.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.Meter;
import io.holisticos.testing.LogLines;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.eclipse.jetty.io.AbstractEndPoint;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose connection is closed while it takes an answer, on a server that is swept when the test says so, with and without TLS. */
class SlowReadersTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final int ANSWER = 400_000;
    private static final int SLICE = 8_192;

    @TempDir
    private static Path folder;

    private static OwnTls tls;

    private final AtomicLong nanos = new AtomicLong();
    private final Meter tooSlow = new Meter();
    private final Server server = new Server();
    private final Answering answering = new Answering();
    private final List<Socket> opened = new ArrayList<>();
    private SlowReaders readers;

    @BeforeAll
    static void makeCertificate() throws Exception {
        tls = OwnTls.in(folder);
    }

    @BeforeEach
    void start() throws Exception {
        AnswersConfiguration terms = new AnswersConfiguration();
        terms.slowOfOneClient = 2;
        readers = new SlowReaders(terms, nanos::get, tooSlow);
        for (ServerConnector connector :
                List.of(new ServerConnector(server), new ServerConnector(server, tls.ofServer()))) {
            connector.setHost(InetAddress.getLoopbackAddress().getHostAddress());
            connector.setAcceptedSendBufferSize(16_384); // the system would take most of an answer at once
            server.addConnector(connector);
        }
        Handler.Singleton clients =
                new ClientAddresses(new TrustedProxies(List.of("127.0.0.1"), ForwardedHeader.X_FORWARDED_FOR));
        readers.setHandler(answering);
        clients.setHandler(readers);
        server.setHandler(clients);
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        answering.mayAnswer.countDown();
        for (Socket each : opened) {
            each.close();
        }
        server.stop();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "https"})
    void whoeverTakesNothingIsClosedWhenTheirTimeIsOver(String scheme) throws Exception {
        Socket slow = ask(scheme, "/", "");
        within(() -> waiting() == 1);
        try (LogLines said = LogLines.of(SlowReaders.class)) {
            sweepAfter(0);
            sweepAfter(29);
            assertThat(tooSlow.getCount()).isZero();
            sweepAfter(1);

            within(() -> endPoints().isEmpty());
            assertThat(tooSlow.getCount()).isEqualTo(1);
            within(() -> answering.given.get() == 0 && answering.gone.get() == 1); // no thread waits any more
            assertThat(said.messages()).containsExactly("event=slow_readers_closed count=1");
        }
        assertThat(slow.isClosed()).isFalse(); // the client did not leave by itself
    }

    @Test
    void soIsWhoeverTakesAFewBytesNowAndThen() throws Exception {
        Socket slow = ask("/", "");
        within(() -> waiting() == 1);

        for (int second = 0; second < 30; second++) {
            sweepAfter(second == 0 ? 0 : 1);
            slow.getInputStream().readNBytes(500);
        }

        within(
                () -> { // a sweep may come between two pieces
                    if (tooSlow.getCount() == 0) {
                        sweepAfter(1);
                    }
                    return endPoints().isEmpty();
                });
        assertThat(tooSlow.getCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "https"})
    void aSlowPhoneGetsItsWholeAnswer(String scheme) throws Exception {
        Socket phone = ask(scheme, "/", "");
        within(() -> waiting() == 1);
        int taken = 0;
        while (taken < ANSWER) {
            sweepAfter(10);
            taken += phone.getInputStream().readNBytes(Math.min(20_000, ANSWER - taken)).length; // 2 kB a second
            within(() -> waiting() == 1 || answering.given.get() == 1);
        }

        assertThat(tooSlow.getCount()).isZero();
        assertThat(answering.gone.get()).isZero();
    }

    @Test
    void anAnswerThatIsStillBeingMadeIsNotReadSlowly() throws Exception {
        Socket waiting = ask("/held", "");
        within(() -> answering.held.get() == 1);
        for (int i = 0; i < 10; i++) {
            sweepAfter(60);
        }

        answering.mayAnswer.countDown();

        assertThat(waiting.getInputStream().readNBytes(ANSWER)).hasSize(ANSWER);
        assertThat(tooSlow.getCount()).isZero();
    }

    @Test
    void ofOneClientOnlySoManyAreWaitedFor() throws Exception {
        String[] clients = {"203.0.113.7", "203.0.113.7", "203.0.113.7", "203.0.113.8"};
        for (String client : clients) {
            ask("/", client);
            int so = opened.size();
            within(() -> waiting() == so);
            sweepAfter(1);
        }
        sweepAfter(3);
        assertThat(tooSlow.getCount()).isZero();
        sweepAfter(1);

        within(() -> endPoints().size() == 3);
        assertThat(tooSlow.getCount()).isEqualTo(1);
        assertThatThrownBy(() -> opened.get(0).getInputStream().readNBytes(ANSWER))
                .as("the oldest")
                .isInstanceOf(SocketException.class);
    }

    /** A proxy on this machine that nobody named: behind it may be everybody. */
    @Test
    void aProxyOfThisMachineIsNoClient() throws Exception {
        for (int i = 1; i <= 5; i++) {
            int so = i;
            ask("/", "");
            within(() -> waiting() == so);
        }
        sweepAfter(0);
        sweepAfter(20);

        assertThat(tooSlow.getCount()).isZero();
    }

    @Test
    void manyAreToldInOneLineAMinute() throws Exception {
        for (int i = 1; i <= 3; i++) {
            int so = i;
            ask("/", "203.0.113." + i);
            within(() -> waiting() == so);
            sweepAfter(i == 1 ? 0 : 10);
        }
        try (LogLines said = LogLines.of(SlowReaders.class)) {
            for (int i = 0; i < 100; i++) {
                sweepAfter(1);
            }

            assertThat(said.messages())
                    .containsExactly("event=slow_readers_closed count=1", "event=slow_readers_closed count=2");
        }
    }

    private Socket ask(String path, String forwardedFor) throws Exception {
        return ask("http", path, forwardedFor);
    }

    private Socket ask(String scheme, String path, String forwardedFor) throws Exception {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4_096);
        socket.setSoTimeout(20_000);
        int port = ((ServerConnector) server.getConnectors()[scheme.equals("http") ? 0 : 1]).getLocalPort();
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        Socket speaking = scheme.equals("http")
                ? socket
                : tls.ofClient().getSocketFactory().createSocket(socket, "localhost", port, true);
        opened.add(speaking);
        String forwarded = forwardedFor.isEmpty() ? "" : "X-Forwarded-For: " + forwardedFor + "\r\n";
        speaking.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + forwarded + "\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        return speaking;
    }

    private void sweepAfter(long seconds) {
        nanos.addAndGet(seconds * SECOND);
        readers.sweep();
    }

    /** Connections that want to write and cannot. */
    private long waiting() {
        return endPoints().stream()
                .filter(AbstractEndPoint.class::isInstance)
                .map(AbstractEndPoint.class::cast)
                .filter(endPoint -> endPoint.getWriteFlusher().isPending())
                .count();
    }

    private List<EndPoint> endPoints() {
        return Stream.of(server.getConnectors())
                .flatMap(connector -> connector.getConnectedEndPoints().stream())
                .toList();
    }

    private static void within(BooleanSupplier reached) {
        long end = System.nanoTime() + 20 * SECOND;
        while (!reached.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.onSpinWait();
        }
    }

    /** Writes as servlets do: slice after slice, and the thread waits. */
    private static final class Answering extends Handler.Abstract {

        private final CountDownLatch mayAnswer = new CountDownLatch(1);
        private final AtomicInteger held = new AtomicInteger();
        private final AtomicInteger given = new AtomicInteger();
        private final AtomicInteger gone = new AtomicInteger();

        @Override
        public boolean handle(Request request, Response response, Callback callback) throws Exception {
            if (Request.getPathInContext(request).equals("/held")) {
                held.incrementAndGet();
                mayAnswer.await();
            }
            response.setStatus(200);
            try (OutputStream out = Content.Sink.asOutputStream(response)) {
                byte[] slice = new byte[SLICE];
                for (int written = 0; written < 2 * ANSWER; written += SLICE) {
                    out.write(slice);
                    out.flush();
                }
                given.incrementAndGet();
                callback.succeeded();
            } catch (IOException left) {
                gone.incrementAndGet();
                callback.failed(left);
            }
            return true;
        }
    }
}
