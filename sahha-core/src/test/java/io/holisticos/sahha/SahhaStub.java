package io.holisticos.sahha;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Answers like Sahha, from recorded samples, by member and call. Every member without an answer of their own is unknown. */
final class SahhaStub implements AutoCloseable {

    static final String TOKEN = "/api/v1/oauth/account/token";

    private final HttpServer server;
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final Map<String, Behaviour> byPath = new ConcurrentHashMap<>();
    private final List<Seen> seen = new CopyOnWriteArrayList<>();

    /** What a path answers. */
    interface Behaviour {
        Answer answer(Seen request) throws Exception;
    }

    record Answer(int status, String body, Map<String, String> headers) {
        static Answer json(String body) {
            return new Answer(200, body, Map.of("Content-Type", "application/json"));
        }

        static Answer status(int status) {
            return new Answer(status, "", Map.of());
        }
    }

    record Seen(String method, String path, String query, String authorization, String body) {}

    SahhaStub() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(executor);
        server.createContext("/", this::handle);
        server.start();
        on(TOKEN, Answer.json(sample("auth.account-token.response-200.json")));
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    SahhaStub on(String path, Answer answer) {
        return on(path, request -> answer);
    }

    SahhaStub on(String path, Behaviour behaviour) {
        byPath.put(path, behaviour);
        return this;
    }

    /** A member with a profile and these lists; null stands for 204. */
    SahhaStub member(String id, String scores, String biomarkers, String archetypes) {
        on("/api/v1/account/profile/" + id, Answer.json(sample("profile.account-profile.response-200.json")));
        on(
                "/api/v1/profile/deviceInformation/" + id,
                Answer.json(sample("profile.device-information.response-200.json")));
        on("/api/v1/profile/score/" + id, list(scores));
        on("/api/v1/profile/biomarker/" + id, list(biomarkers));
        on("/api/v1/profile/archetypes/" + id, list(archetypes));
        return this;
    }

    private static Answer list(String body) {
        return body == null ? Answer.status(204) : Answer.json(body);
    }

    List<Seen> seen(String pathPart) {
        return seen.stream()
                .filter(request -> request.path().contains(pathPart))
                .toList();
    }

    static String sample(String name) {
        try (InputStream in = SahhaStub.class.getResourceAsStream("/fixtures/sahha/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Seen request = new Seen(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().getRawPath(),
                    String.valueOf(exchange.getRequestURI().getRawQuery()),
                    String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")),
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            seen.add(request);
            Behaviour behaviour = byPath.getOrDefault(request.path(), any -> Answer.status(404));
            Answer answer = behaviour.answer(request);
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            answer.headers().forEach(exchange.getResponseHeaders()::set);
            exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
            if (body.length > 0) {
                exchange.getResponseBody().write(body);
            }
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }
}
