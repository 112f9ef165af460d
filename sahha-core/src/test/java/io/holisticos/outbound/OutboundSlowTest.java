package io.holisticos.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.util.DataSize;
import io.dropwizard.util.Duration;
import io.holisticos.command.CommandKey;
import io.holisticos.command.Commands;
import io.holisticos.command.CommandsConfiguration;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError;
import io.holisticos.health.HealthError.BadSourceReply;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.SourceName;
import io.holisticos.health.UserId;
import jakarta.ws.rs.client.Client;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Servers that keep an exchange alive for a minute by sending a little at a time. */
class OutboundSlowTest {

    private static final SourceName TARGET = new SourceName("stub");
    private static final int PIECES = 600;

    private final OutboundConfiguration configuration = new OutboundConfiguration();
    private final MetricRegistry metrics = new MetricRegistry();
    private final AtomicInteger connections = new AtomicInteger();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final CountDownLatch dropped = new CountDownLatch(1);

    private ServerSocket server;
    private ExecutorService threads;
    private Client client;

    private interface Answer {
        void to(OutputStream out) throws IOException;
    }

    @BeforeEach
    void startClient() throws IOException {
        threads = Executors.newCachedThreadPool();
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        configuration.attempts = 1;
        configuration.requestTimeout = Duration.milliseconds(1500); // enough to connect on a busy machine
        configuration.client.setGzipEnabled(false);
        configuration.client.setKeepAlive(Duration.seconds(20));
        client = OutboundClient.build(metrics, threads, new ObjectMapper(), configuration, "slow");
    }

    @AfterEach
    void stop() throws IOException {
        ended.countDown();
        client.close();
        server.close();
        threads.shutdownNow();
    }

    @Test
    void aBodyOfKnownLengthThatDrips() throws Exception {
        serve(out -> {
            send(out, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
            drip(out, "x");
        });

        assertIsLeftInTime(SourceUnavailable.class);
    }

    @Test
    void aChunkedBodyThatDrips() throws Exception {
        serve(out -> {
            send(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            drip(out, "1\r\nx\r\n");
        });

        assertIsLeftInTime(SourceUnavailable.class);
    }

    @Test
    void aBodyThatDripsUntilTheConnectionEnds() throws Exception {
        serve(out -> {
            send(out, "HTTP/1.1 200 OK\r\n\r\n");
            drip(out, "x");
        });

        assertIsLeftInTime(SourceUnavailable.class);
    }

    @Test
    void anErrorWhoseBodyDrips() throws Exception {
        serve(out -> {
            send(out, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 100000\r\n\r\n");
            drip(out, "x");
        });

        assertIsLeftInTime(SourceUnavailable.class);
    }

    @Test
    void aBodyThatIsTooLargeAndGoesOn() throws Exception {
        configuration.maxReplySize = DataSize.kibibytes(64);
        configuration.requestTimeout = Duration.seconds(50);
        serve(out -> {
            send(out, "HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
            send(out, "x".repeat(70_000));
            drip(out, "x");
        });

        assertIsLeftInTime(BadSourceReply.class);
    }

    @Test
    void aChunkedBodyThatIsTooLargeAndGoesOn() throws Exception {
        configuration.maxReplySize = DataSize.kibibytes(64);
        configuration.requestTimeout = Duration.seconds(50);
        serve(out -> {
            send(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n11170\r\n" + "x".repeat(70_000) + "\r\n");
            drip(out, "1\r\nx\r\n");
        });

        assertIsLeftInTime(BadSourceReply.class);
    }

    @Test
    void headersThatDrip() throws Exception {
        serve(out -> {
            send(out, "HTTP/1.1 200 OK\r\n");
            drip(out, "X-Slow: x\r\n");
        });

        assertIsLeftInTime(SourceUnavailable.class);
    }

    @Test
    void aConnectionWhoseReplyWasReadToItsEndIsUsedAgain() throws Exception {
        configuration.requestTimeout = Duration.seconds(20);
        serve(out -> send(out, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]"));

        for (int i = 0; i < 3; i++) {
            assertThat(new String(call().body(), StandardCharsets.UTF_8)).isEqualTo("[]");
        }

        assertThat(connections).hasValue(1);
    }

    /** In a fraction of the minute that the server would take, and with the connection dropped. */
    private void assertIsLeftInTime(Class<? extends HealthError> error) throws InterruptedException {
        long begun = System.nanoTime();

        assertThatThrownBy(this::call).isInstanceOf(error);

        assertThat(java.time.Duration.ofNanos(System.nanoTime() - begun)).isLessThan(java.time.Duration.ofSeconds(20));
        assertThat(dropped.await(20, TimeUnit.SECONDS)).isTrue();
    }

    private Reply call() {
        Commands commands =
                new Commands(new CommandsConfiguration(), new MetricRegistry(), Clock.systemUTC(), System::nanoTime);
        CommandKey key = new CommandKey("STUB_READ");
        return Outbound.to(TARGET, client, configuration, commands, Budget.unlimited(), Authorization.none())
                .announce(key)
                .call(Call.get(key, new UserId("demo-anna"), uri()), Deadline.after(java.time.Duration.ofSeconds(50)));
    }

    private URI uri() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort() + "/");
    }

    private void serve(Answer answer) {
        threads.execute(() -> {
            try {
                while (!server.isClosed()) {
                    Socket socket = server.accept();
                    connections.incrementAndGet();
                    threads.execute(() -> converse(socket, answer));
                }
            } catch (IOException e) {
                // the test has ended
            }
        });
    }

    private void converse(Socket socket, Answer answer) {
        try (socket) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.isEmpty()) {
                    answer.to(socket.getOutputStream());
                }
            }
        } catch (IOException e) {
            dropped.countDown();
        }
    }

    private void drip(OutputStream out, String piece) throws IOException {
        for (int i = 0; i < PIECES && !hasEnded(); i++) {
            send(out, piece);
        }
    }

    private boolean hasEnded() {
        try {
            return ended.await(100, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private static void send(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }
}
