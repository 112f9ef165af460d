package io.holisticos.app.admin.hystrix;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** A client of a stream of server-sent events. Reading waits for the next line; a stream that ends gives null. */
public final class Events implements AutoCloseable {

    private static final int PATIENCE_TICKS = 60;

    private final HttpResponse<InputStream> answer;
    private final BufferedReader lines;
    private final ObjectMapper json = new ObjectMapper();

    private Events(HttpResponse<InputStream> answer) {
        this.answer = answer;
        this.lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
    }

    public static Events open(HttpClient http, URI uri) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri)
                .timeout(Duration.ofSeconds(20))
                .header("Accept-Encoding", "gzip")
                .build();
        return new Events(http.send(request, BodyHandlers.ofInputStream()));
    }

    public int status() {
        return answer.statusCode();
    }

    String header(String name) {
        return answer.headers().firstValue(name).orElse("");
    }

    String rest() throws IOException {
        StringBuilder rest = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            rest.append(line);
        }
        return rest.toString();
    }

    String line() throws IOException {
        return lines.readLine();
    }

    /** The messages up to and without the next ping. */
    public List<JsonNode> tick() throws IOException {
        List<JsonNode> messages = new ArrayList<>();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.equals("ping: ")) {
                return messages;
            }
            if (line.startsWith("data: ")) {
                messages.add(json.readTree(line.substring("data: ".length())));
            }
        }
        throw new IOException("the stream has ended");
    }

    /** The first message, of at most 60 ticks, that is as wanted. */
    public JsonNode await(Predicate<JsonNode> wanted) throws IOException {
        for (int tick = 0; tick < PATIENCE_TICKS; tick++) {
            for (JsonNode message : tick()) {
                if (wanted.test(message)) {
                    return message;
                }
            }
        }
        throw new AssertionError("no such message in " + PATIENCE_TICKS + " ticks");
    }

    @Override
    public void close() throws IOException {
        answer.body().close();
    }
}
