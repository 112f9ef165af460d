package io.holisticos.whoop.api;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** Answers every call by one function, and remembers what was asked. */
final class WhoopStub implements AutoCloseable {

    /** An answer; {@code location} of a recorded sample, or the text itself. */
    record Answer(int status, String contentType, byte[] body) {
        static Answer json(String body) {
            return new Answer(200, "application/json", body.getBytes(StandardCharsets.UTF_8));
        }

        static Answer sample(String name) {
            return new Answer(200, "application/json", sampleBytes(name));
        }

        static Answer empty(int status) {
            return new Answer(status, "", new byte[0]);
        }
    }

    /** What was asked. */
    record Asked(String method, String path, String query, String authorization) {}

    final List<Asked> asked = new CopyOnWriteArrayList<>();

    private final HttpServer server;
    private volatile Function<Asked, Answer> behaviour = request -> Answer.empty(404);

    WhoopStub() {
        try {
            this.server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::answer);
        server.start();
    }

    static byte[] sampleBytes(String name) {
        try (InputStream in = WhoopStub.class.getResourceAsStream("/fixtures/whoop/" + name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    URI baseUrl() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/developer");
    }

    void answers(Answer always) {
        behaviour = request -> always;
    }

    void answers(Function<Asked, Answer> each) {
        behaviour = each;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            Asked request = new Asked(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().getPath(),
                    String.valueOf(exchange.getRequestURI().getRawQuery()),
                    String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            asked.add(request);
            Answer answer = behaviour.apply(request);
            if (!answer.contentType().isEmpty()) {
                exchange.getResponseHeaders().set("Content-Type", answer.contentType());
            }
            exchange.sendResponseHeaders(answer.status(), answer.body().length == 0 ? -1 : answer.body().length);
            if (answer.body().length > 0) {
                exchange.getResponseBody().write(answer.body());
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
