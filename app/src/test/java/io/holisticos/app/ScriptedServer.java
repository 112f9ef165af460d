package io.holisticos.app;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A server whose every answer a test writes: any status, header and body, late, cut off or never. What nobody wrote an
 * answer for is 404. Scripts run on the server's threads.
 */
final class ScriptedServer implements AutoCloseable {

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Map<String, Script> standing = new ConcurrentHashMap<>();
    private final Map<String, Queue<Script>> next = new ConcurrentHashMap<>();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();

    /** What a path answers. */
    @FunctionalInterface
    interface Script {
        Reply reply(Asked asked);
    }

    /** What was asked; names of headers are in small letters. */
    record Asked(String method, String path, String query, Map<String, String> headers, String body) {

        String header(String name) {
            return headers.getOrDefault(name, "");
        }

        /** A value of the query, or of a form; empty when there is none. */
        String parameter(String name) {
            return Stream.of(query.split("&"), body.split("&"))
                    .flatMap(Stream::of)
                    .filter(pair -> pair.startsWith(name + "="))
                    .map(pair -> URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8))
                    .findFirst()
                    .orElse("");
        }
    }

    /** How an answer goes over the wire. */
    enum Manner {
        WHOLE,
        /** Half of the body, then the connection ends. */
        CUT_OFF,
        /** The connection ends without a word. */
        RESET,
        /** Nothing, until the server is closed. */
        HANGING
    }

    record Reply(int status, Map<String, String> headers, byte[] body, Duration delay, Manner manner) {

        static Reply json(String body) {
            return of(200, "application/json", body);
        }

        static Reply status(int status) {
            return new Reply(status, Map.of(), new byte[0], Duration.ZERO, Manner.WHOLE);
        }

        static Reply of(int status, String contentType, String body) {
            return status(status).with("Content-Type", contentType).withBody(body.getBytes(StandardCharsets.UTF_8));
        }

        static Reply hanging() {
            return status(200).in(Manner.HANGING);
        }

        Reply with(String header, String value) {
            Map<String, String> more = new TreeMap<>(headers);
            more.put(header, value);
            return new Reply(status, more, body, delay, manner);
        }

        Reply withBody(byte[] bytes) {
            return new Reply(status, headers, bytes, delay, manner);
        }

        Reply after(Duration wait) {
            return new Reply(status, headers, body, wait, manner);
        }

        Reply in(Manner other) {
            return new Reply(status, headers, body, delay, other);
        }
    }

    ScriptedServer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** What this path answers from now on, whatever the method; of all that fit, the longest path counts. */
    void on(String pathOrItsBeginning, Script script) {
        standing.put(pathOrItsBeginning, script);
    }

    void on(String pathOrItsBeginning, Reply reply) {
        on(pathOrItsBeginning, asked -> reply);
    }

    /** Back to what was answered before any test's word, if anything. */
    void forget(String path) {
        standing.remove(path);
        next.remove(path);
    }

    /** What the next calls of exactly this path are answered, one each; then its standing answer again. */
    void next(String path, Reply... replies) {
        Queue<Script> queue = next.computeIfAbsent(path, any -> new ConcurrentLinkedQueue<>());
        Stream.of(replies).forEach(reply -> queue.add(asked -> reply));
    }

    /** All calls so far, oldest first. */
    List<Asked> asked() {
        return List.copyOf(asked);
    }

    /** Those whose path contains this. */
    List<Asked> asked(String pathPart) {
        return asked.stream().filter(call -> call.path().contains(pathPart)).toList();
    }

    private Reply replyTo(Asked call) {
        Script once = next.getOrDefault(call.path(), new ArrayDeque<>()).poll();
        if (once != null) {
            return once.reply(call);
        }
        return standing.keySet().stream()
                .filter(call.path()::startsWith)
                .reduce((one, other) -> one.length() > other.length() ? one : other)
                .map(standing::get)
                .map(script -> script.reply(call))
                .orElseGet(() -> Reply.status(404));
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.get(0)));
            Asked call = new Asked(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().getRawPath(),
                    String.valueOf(exchange.getRequestURI().getRawQuery()),
                    headers,
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            asked.add(call);
            write(exchange, replyTo(call));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(HttpExchange exchange, Reply reply) throws IOException, InterruptedException {
        if (reply.manner() == Manner.HANGING) {
            closed.await();
        }
        if (!reply.delay().isZero() && closed.await(reply.delay().toMillis(), TimeUnit.MILLISECONDS)) {
            return;
        }
        if (reply.manner() == Manner.RESET || reply.manner() == Manner.HANGING) {
            return;
        }
        reply.headers().forEach(exchange.getResponseHeaders()::set);
        byte[] body = reply.body();
        exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            int length = reply.manner() == Manner.CUT_OFF ? body.length / 2 : body.length;
            exchange.getResponseBody().write(body, 0, length);
        }
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
