package io.holisticos.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Stands between a twin and the service: sees what passes, and decides what becomes of it. */
final class Relay implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final List<String> PASSED_ON =
            List.of("content-type", "accept", "x-whoop-signature", "x-whoop-signature-timestamp");

    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(Relay::daemon);

    /** One POST that came. */
    record Letter(Map<String, String> headers, byte[] body) {
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        /** What tells one webhook of WHOOP from another: trace id, type and record. */
        String event() {
            try {
                JsonNode event = JSON.readTree(body);
                return event.path("trace_id").asText() + " "
                        + event.path("type").asText() + " " + event.path("id").asText();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    record Answer(int status, byte[] body) {

        /** The connection ends instead. */
        static final Answer NONE = new Answer(0, new byte[0]);

        boolean isSuccess() {
            return status / 100 == 2;
        }
    }

    /** What becomes of a letter. */
    @FunctionalInterface
    interface Way {
        Answer of(Letter letter);
    }

    Relay(Way way) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", exchange -> relay(exchange, way));
        server.start();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    /** Takes the letter there; {@link Answer#NONE} where nobody is at home. */
    static Answer deliver(Letter letter, URI there) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(there).timeout(PATIENCE).POST(BodyPublishers.ofByteArray(letter.body()));
        letter.headers().forEach(request::header);
        try {
            HttpResponse<byte[]> response = HTTP.send(request.build(), BodyHandlers.ofByteArray());
            return new Answer(response.statusCode(), response.body());
        } catch (IOException e) {
            return Answer.NONE;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Answer.NONE;
        }
    }

    private static void relay(HttpExchange exchange, Way way) throws IOException {
        try (exchange) {
            Map<String, String> headers = new HashMap<>();
            PASSED_ON.forEach(name -> {
                String value = exchange.getRequestHeaders().getFirst(name);
                if (value != null) {
                    headers.put(name, value);
                }
            });
            Answer answer = way.of(new Letter(headers, exchange.getRequestBody().readAllBytes()));
            if (answer.status() != 0) {
                exchange.getResponseHeaders().set("Content-Type", "application/json;charset=UTF-8");
                exchange.sendResponseHeaders(answer.status(), answer.body().length == 0 ? -1 : answer.body().length);
                exchange.getResponseBody().write(answer.body());
            }
        }
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "relay");
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
