package io.holisticos.bench.drive;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.bench.process.BenchFailure;
import io.holisticos.bench.process.Processes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** Throughput, by wrk: as many requests as connections are under way all the time. */
public final class Wrk {

    private static final String RESULT = "RESULT ";

    private final Processes processes;
    private final Path script;
    private int runs;

    public Wrk(Processes processes) {
        this.processes = processes;
        this.script = processes.folder().resolve("requests.lua");
        try (InputStream packaged = Objects.requireNonNull(Wrk.class.getResourceAsStream("/requests.lua"))) {
            Files.copy(packaged, script, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new BenchFailure("requests.lua cannot be written: " + e.getMessage(), e);
        }
    }

    /**
     * What came of it.
     *
     * @param perSecond without errors
     * @param errors answers of 400 and above, and connections that failed
     */
    public record Result(double perSecond, long bytesEach, long errors) {}

    /** Sends for that long. */
    public Result run(Load load, int connections, int seconds) {
        String name = "wrk-" + ++runs;
        Path requests = processes.folder().resolve(name + ".requests");
        Path order = processes.folder().resolve(name + ".order");
        try {
            Files.write(requests, load.requests().stream().map(Request::line).toList());
            Files.writeString(
                    order,
                    Arrays.stream(load.order())
                            .mapToObj(i -> Integer.toString(i + 1))
                            .collect(Collectors.joining("\n")));
            var wrk = processes.start(
                    name,
                    Map.of(),
                    List.of(
                            "wrk",
                            "-t1",
                            "-c" + connections,
                            "-d" + seconds + "s",
                            "--timeout",
                            "10s",
                            "-s",
                            script.toString(),
                            "http://localhost:" + load.port(),
                            "--",
                            requests.toString(),
                            order.toString()));
            String output = wrk.output(Duration.ofSeconds(seconds + 60L));
            processes.end(wrk);
            Files.delete(requests);
            Files.delete(order);
            return result(output);
        } catch (IOException e) {
            throw new BenchFailure("wrk cannot be driven: " + e.getMessage(), e);
        }
    }

    private static Result result(String output) throws IOException {
        String line = output.lines()
                .filter(text -> text.startsWith(RESULT))
                .findFirst()
                .orElseThrow(() -> new BenchFailure("wrk printed no result:\n" + output));
        JsonNode said = new ObjectMapper().readTree(line.substring(RESULT.length()));
        long requests = said.path("requests").asLong();
        long errors = said.path("errors").asLong();
        return new Result(
                Math.max(0, requests - errors) / (said.path("microseconds").asLong() / 1e6),
                requests == 0 ? 0 : said.path("bytes").asLong() / requests,
                errors);
    }
}
