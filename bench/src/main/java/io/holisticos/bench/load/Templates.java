package io.holisticos.bench.load;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.bench.drive.PlainConnection;
import io.holisticos.bench.drive.Request;
import io.holisticos.bench.process.BenchFailure;
import io.holisticos.bench.process.Checkout;
import io.holisticos.bench.process.FreePort;
import io.holisticos.bench.process.Processes;
import io.holisticos.bench.process.Progress;
import io.holisticos.bench.process.StartedProcess;
import java.io.IOException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Some members whose rows came the real way: from the twins, over HTTP, through the service, into its tables. All others are
 * copies of them.
 */
final class Templates {

    /** What the twins know of the past. */
    static final int DAYS = 60;

    static final String KEY = "sandbox-key";

    private static final int PEOPLE = 16;
    private static final Duration START = Duration.ofMinutes(3);
    private static final Duration COMPLETE = Duration.ofMinutes(1);

    private final Processes processes;
    private final Checkout checkout;
    private final Cluster cluster;

    Templates(Processes processes, Checkout checkout, Cluster cluster) {
        this.processes = processes;
        this.checkout = checkout;
        this.cluster = cluster;
    }

    /** Seeds them, and returns the ids of those who have days of both sources. */
    List<String> seed() {
        int port = FreePort.next();
        StartedProcess sandbox = processes.start(
                "sandbox",
                Map.of(),
                List.of(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-jar",
                        checkout.sandbox().toString(),
                        "--database-url",
                        cluster.url("postgres"),
                        "--users",
                        Integer.toString(PEOPLE),
                        "--no-open",
                        "--port",
                        Integer.toString(port),
                        "--admin-port",
                        Integer.toString(FreePort.next()),
                        "--whoop-port",
                        Integer.toString(FreePort.next()),
                        "--sahha-port",
                        Integer.toString(FreePort.next())));
        sandbox.awaitOutput("Sandbox ready", START);
        Progress.say("The sandbox has " + PEOPLE + " members of the twins; reading their days through the service");
        List<String> found = new ArrayList<>();
        try (PlainConnection connection = new PlainConnection(port)) {
            for (int i = 1; i <= PEOPLE; i++) {
                String who = "demo-%04d".formatted(i);
                if (isOfBoth(connection, port, who)) {
                    found.add(who);
                }
            }
        } catch (IOException e) {
            throw new BenchFailure("the sandbox does not answer: " + e.getMessage(), e);
        }
        processes.end(sandbox);
        if (found.size() < PEOPLE / 3) {
            throw new BenchFailure("only " + found.size() + " of " + PEOPLE + " members have days of both sources");
        }
        return found;
    }

    /** Reads all days until nothing more comes from Sahha. */
    private static boolean isOfBoth(PlainConnection connection, int port, String who) throws IOException {
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        String days = "/api/v1/unified-health/days/" + who + "?from=" + today.minusDays(DAYS - 1L) + "&to=" + today;
        long end = System.nanoTime() + COMPLETE.toNanos();
        while (System.nanoTime() < end) {
            JsonNode answer = ask(connection, port, days);
            if (answer.size() == 0
                    || answer.get(answer.size() - 1).path("data_sources").size() < 2) {
                return false;
            }
            if (isWhole(answer)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isWhole(JsonNode days) {
        for (JsonNode day : days) {
            for (JsonNode source : day.path("sources")) {
                if (!source.path("status").asText().equals("ok")) {
                    return false;
                }
            }
        }
        return days.size() == DAYS;
    }

    private static JsonNode ask(PlainConnection connection, int port, String path) throws IOException {
        PlainConnection.Answer answer =
                connection.exchange(Request.get(path, Map.of("X-API-Key", KEY)).bytes(port));
        if (answer.status() == 404) {
            return new ObjectMapper().createObjectNode();
        }
        if (answer.status() != 200) {
            throw new BenchFailure(path + " was answered " + answer.status() + ": " + PlainConnection.text(answer));
        }
        return new ObjectMapper().readTree(answer.body());
    }
}
