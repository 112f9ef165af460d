package io.holisticos.twins.http;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends replies, correctly or with a fault. Waiting never blocks a thread. */
final class ReplyWriter {
    private static final Logger log = LoggerFactory.getLogger(ReplyWriter.class);
    private static final Duration DEFAULT_LATENCY = Duration.ofSeconds(2);
    private static final Duration DRIP_PAUSE = Duration.ofMillis(100);
    private static final int LARGE = 10 * 1024 * 1024;
    private static final byte[] GARBAGE =
            "\u0000\u0007{\"records\": [<<<< not json \u20ac".getBytes(StandardCharsets.UTF_8);
    private static final String EDGE_PAGE = """
            <!DOCTYPE html>
            <html><head><title>Bad gateway</title></head>
            <body><h1>Error 502</h1><p>The web server reported a bad gateway error.</p></body></html>
            """;

    private final Executor threads;

    ReplyWriter(Executor threads) {
        this.threads = threads;
    }

    /** Sends the reply correctly. */
    void send(Exchange exchange, Reply reply, Map<String, String> moreHeaders) {
        if (reply.isDropped()) {
            breakConnection(exchange);
            return;
        }
        head(exchange, reply.status(), reply.headers(), moreHeaders);
        exchange.response.getHeaders().put("Content-Length", reply.body().length);
        exchange.response.write(true, ByteBuffer.wrap(reply.body()), exchange.callback);
    }

    /** Sends what the rule asks for; {@code meant} makes the correct reply if one is needed, and counts the call. */
    void sendFaulty(Exchange exchange, FaultRule rule, Map<String, String> more, Supplier<Reply> meant) {
        Duration delay = rule.delayOr(rule.kind() == FaultKind.LATENCY ? DEFAULT_LATENCY : Duration.ZERO);
        switch (rule.kind()) {
            case STATUS, GARBAGE, LARGE, HTML -> after(delay, () -> send(exchange, instead(rule), more));
            case LATENCY -> after(delay, () -> send(exchange, meant.get(), more));
            case HANG ->
                after(delay, () -> {
                    head(exchange, rule.statusOr(200), Map.of("Content-Type", "application/json"), more);
                    exchange.response.write(false, ByteBuffer.allocate(0), Callback.NOOP);
                });
            case RESET -> after(delay, () -> breakConnection(exchange));
            case TRUNCATE -> after(delay, () -> truncate(exchange, meant.get(), more));
            case DRIP -> drip(exchange, meant.get(), more, rule.delayOr(DRIP_PAUSE));
            case NOT_YET, QUOTA_MINUTE, QUOTA_DAY, LOST_REFRESH_REPLY ->
                throw new IllegalArgumentException(rule.kind().word() + " is for the twin's own routes");
        }
    }

    /** The reply that some kinds send in place of the meant one. */
    private static Reply instead(FaultRule rule) {
        return switch (rule.kind()) {
            case STATUS -> Reply.empty(rule.statusOr(500));
            case GARBAGE -> Reply.of(rule.statusOr(200), "application/json", GARBAGE);
            case LARGE -> Reply.of(rule.statusOr(200), "application/json", large());
            case HTML -> Reply.text(rule.statusOr(502), "text/html", EDGE_PAGE);
            case LATENCY, HANG, RESET, TRUNCATE, DRIP, NOT_YET, QUOTA_MINUTE, QUOTA_DAY, LOST_REFRESH_REPLY ->
                throw new IllegalArgumentException(rule.kind().word() + " has no reply of its own");
        };
    }

    /** How statistics name the outcome of a faulty call; empty if the correct reply decides. */
    static Optional<String> outcome(FaultRule rule) {
        return switch (rule.kind()) {
            case STATUS, GARBAGE, LARGE, HTML ->
                Optional.of(Integer.toString(instead(rule).status()));
            case LATENCY, TRUNCATE, DRIP -> Optional.empty();
            case HANG, RESET, NOT_YET, QUOTA_MINUTE, QUOTA_DAY, LOST_REFRESH_REPLY ->
                Optional.of(rule.kind().word());
        };
    }

    private void truncate(Exchange exchange, Reply reply, Map<String, String> more) {
        byte[] body = reply.body().length > 1 ? reply.body() : "{\"records\":[]}".getBytes(StandardCharsets.UTF_8);
        head(exchange, reply.status(), reply.headers(), more);
        exchange.response.getHeaders().put("Content-Length", body.length);
        ByteBuffer half = ByteBuffer.wrap(Arrays.copyOf(body, body.length / 2));
        exchange.response.write(
                false, half, Callback.from(() -> exchange.endPoint().close(), gone -> {}));
    }

    private void drip(Exchange exchange, Reply reply, Map<String, String> more, Duration pause) {
        byte[] body = reply.body();
        if (body.length == 0) {
            send(exchange, reply, more);
            return;
        }
        head(exchange, reply.status(), reply.headers(), more);
        exchange.response.getHeaders().put("Content-Length", body.length);
        dripFrom(exchange, body, 0, pause);
    }

    private void dripFrom(Exchange exchange, byte[] body, int position, Duration pause) {
        ByteBuffer drop = ByteBuffer.wrap(body, position, 1);
        if (position == body.length - 1) {
            exchange.response.write(true, drop, exchange.callback);
            return;
        }
        Runnable next = () -> after(pause, () -> dripFrom(exchange, body, position + 1, pause));
        exchange.response.write(false, drop, Callback.from(next, exchange.callback::failed));
    }

    /** Closes so that the peer sees RST instead of an orderly end. */
    private static void breakConnection(Exchange exchange) {
        EndPoint endPoint = exchange.endPoint();
        if (endPoint instanceof SocketChannelEndPoint socket) {
            SocketChannel channel = socket.getChannel();
            try {
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            } catch (IOException gone) {
                log.debug("event=twin_reset_late", gone); // the client closed first, which is as broken as intended
            }
        }
        endPoint.close();
    }

    private void after(Duration delay, Runnable work) {
        if (delay.isZero()) {
            work.run();
            return;
        }
        CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS, threads)
                .execute(work);
    }

    private static void head(Exchange exchange, int status, Map<String, String> headers, Map<String, String> more) {
        exchange.response.setStatus(status);
        headers.forEach(exchange.response.getHeaders()::put);
        more.forEach(exchange.response.getHeaders()::put);
    }

    private static byte[] large() {
        byte[] body = new byte[LARGE];
        Arrays.fill(body, (byte) 'x');
        byte[] opening = "{\"filler\":\"".getBytes(StandardCharsets.UTF_8);
        System.arraycopy(opening, 0, body, 0, opening.length);
        body[LARGE - 2] = '"';
        body[LARGE - 1] = '}';
        return body;
    }

    /** One request, and what is needed to answer it. */
    record Exchange(Request request, Response response, Callback callback) {
        EndPoint endPoint() {
            return request.getConnectionMetaData().getConnection().getEndPoint();
        }
    }
}
