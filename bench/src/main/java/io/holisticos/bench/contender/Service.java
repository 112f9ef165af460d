package io.holisticos.bench.contender;

import io.holisticos.bench.process.BenchFailure;
import io.holisticos.bench.process.Processes;
import io.holisticos.bench.process.StartedProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** One process of the packaged service. */
public final class Service {

    private static final String ALLOCATED = "jvm_memory_pool_allocated_bytes_total";

    private final Processes processes;
    private final StartedProcess process;
    private final Jvm jvm;
    private final int port;
    private final int adminPort;
    private final Start start;
    private final HttpClient http = HttpClient.newHttpClient();

    /** How long it took from the start until the process answered, and until requests could be sent to it. */
    public record Start(Duration liveAfter, Duration readyAfter) {}

    Service(Processes processes, StartedProcess process, Jvm jvm, int port, int adminPort, Start start) {
        this.processes = processes;
        this.process = process;
        this.jvm = jvm;
        this.port = port;
        this.adminPort = adminPort;
        this.start = start;
    }

    public int port() {
        return port;
    }

    public Start start() {
        return start;
    }

    public StartedProcess process() {
        return process;
    }

    /** Switches WHOOP on or off, for every process on the same database. */
    public void setWhoop(boolean enabled) {
        String answer = send(HttpRequest.newBuilder(admin("/flags/WHOOP_INTEGRATION"))
                .header("X-API-Key", Deployment.KEY)
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString("{\"enabled\":" + enabled + "}")));
        if (!answer.contains(Boolean.toString(enabled))) {
            throw new BenchFailure("the flag did not change: " + answer);
        }
    }

    /** What the process allocated since its start, in bytes; exact, as it collects garbage first. */
    public long allocated() {
        StartedProcess collection =
                processes.start("jcmd", Map.of(), List.of(jvm.tool("jcmd"), Long.toString(process.pid()), "GC.run"));
        String unused = collection.output(Duration.ofSeconds(30));
        processes.end(collection);
        return send(HttpRequest.newBuilder(admin("/prometheus")))
                .lines()
                .filter(line -> line.startsWith(ALLOCATED) && isOfHeap(line))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static boolean isOfHeap(String line) {
        return line.contains("Eden") || line.contains("Tenured") || line.contains("Old");
    }

    private URI admin(String path) {
        return URI.create("http://localhost:" + adminPort + path);
    }

    private String send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> answer =
                    http.send(request.timeout(Duration.ofSeconds(30)).build(), BodyHandlers.ofString());
            if (answer.statusCode() >= 400) {
                throw new BenchFailure(answer.uri() + " was answered " + answer.statusCode() + ": " + answer.body());
            }
            return answer.body();
        } catch (IOException e) {
            throw new BenchFailure("the admin port does not answer: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchFailure("interrupted", e);
        }
    }

    /** Ends it. */
    public void end() {
        processes.end(process);
    }
}
