package io.holisticos.app.admin.hystrix;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.app.admin.AdminChange;
import io.holisticos.app.admin.AdminProblem;
import io.holisticos.command.Command;
import io.holisticos.command.CommandConfiguration;
import io.holisticos.command.Commands;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The pages of Tenacity 1.2 below {@code /tenacity}: {@code GET propertykeys}, {@code GET configuration/KEY}, {@code
 * GET circuitbreakers}, {@code GET} and {@code PUT circuitbreakers/KEY}.
 */
final class TenacityServlet extends HttpServlet {

    /** The longest state with quotes has 15 characters. */
    private static final int MAX_BODY = 100;

    private final transient Commands commands;
    private final transient ObjectMapper json;
    private final transient Runnable onChange;

    /** @param onChange runs after a state was forced */
    TenacityServlet(Commands commands, ObjectMapper json, Runnable onChange) {
        this.commands = commands;
        this.json = json;
        this.onChange = onChange;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Place place = Place.of(request.getPathInfo());
        Optional<Command> command = commands.find(place.key());
        switch (place.collection()) {
            case "propertykeys" -> {
                if (place.key().isEmpty()) {
                    write(
                            response,
                            commands.all().stream().map(one -> one.key().name()).toList());
                } else {
                    nothingHere(response);
                }
            }
            case "configuration" -> {
                if (command.isPresent()) {
                    write(response, Configuration.of(command.get().configuration()));
                } else {
                    unknown(response, place.key());
                }
            }
            case "circuitbreakers" -> {
                if (place.key().isEmpty()) {
                    write(response, breakers());
                } else if (command.filter(Command::hasExecuted).isPresent()) {
                    write(response, Breaker.of(command.get(), command.get().state()));
                } else if (command.isPresent()) {
                    AdminProblem.write(response, json, 404, "not_found", place.key() + " was not used yet");
                } else {
                    unknown(response, place.key());
                }
            }
            default -> nothingHere(response);
        }
    }

    @Override
    protected void doPut(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Place place = Place.of(request.getPathInfo());
        if (!place.collection().equals("circuitbreakers") || place.key().isEmpty()) {
            nothingHere(response);
            return;
        }
        Optional<Command> command = commands.find(place.key());
        if (command.isEmpty()) {
            unknown(response, place.key());
            return;
        }
        Optional<Command.Force> wanted = wanted(request.getInputStream().readNBytes(MAX_BODY + 1));
        if (wanted.isEmpty()) {
            String words = Arrays.toString(Command.Force.values());
            AdminProblem.write(response, json, 400, "invalid_request", "the body is one of " + words);
            return;
        }
        AdminChange.note(request, "state=" + wanted.get());
        Command.State state = command.get().force(wanted.get());
        onChange.run();
        write(response, Breaker.of(command.get(), state));
    }

    private List<Breaker> breakers() {
        return commands.all().stream()
                .filter(Command::hasExecuted)
                .map(command -> Breaker.of(command, command.state()))
                .toList();
    }

    /** The state as plain text, or as a JSON string. */
    private Optional<Command.Force> wanted(byte[] body) {
        String word = new String(body, StandardCharsets.UTF_8).strip();
        if (word.startsWith("\"")) {
            try {
                word = json.readValue(word, String.class);
            } catch (JsonProcessingException e) {
                return Optional.empty();
            }
        }
        String named = word;
        return Arrays.stream(Command.Force.values())
                .filter(force -> force.name().equals(named))
                .findFirst();
    }

    private void unknown(HttpServletResponse response, String key) throws IOException {
        List<String> known =
                commands.all().stream().map(command -> command.key().name()).toList();
        AdminProblem.write(response, json, 404, "not_found", "no command " + key + "; known are " + known);
    }

    private void nothingHere(HttpServletResponse response) throws IOException {
        AdminProblem.write(
                response,
                json,
                404,
                "not_found",
                "the paths here are propertykeys, configuration/KEY, circuitbreakers, circuitbreakers/KEY and metrics.stream");
    }

    private void write(HttpServletResponse response, Object body) throws IOException {
        response.setContentType("application/json");
        json.writeValue(response.getOutputStream(), body);
    }

    /** {@code /collection} or {@code /collection/key}. A missing part is empty. */
    private record Place(String collection, String key) {

        static Place of(@Nullable String pathInfo) {
            String path = pathInfo == null ? "" : pathInfo.substring(Math.min(1, pathInfo.length()));
            int slash = path.indexOf('/');
            return slash < 0 ? new Place(path, "") : new Place(path.substring(0, slash), path.substring(slash + 1));
        }
    }

    private record Breaker(
            @JsonProperty("id") String id,
            @JsonProperty("state") State state) {

        /** Tenacity's names of the states. It has none for half open, and calls that open. */
        enum State {
            OPEN,
            CLOSED,
            FORCED_OPEN,
            FORCED_CLOSED
        }

        static Breaker of(Command command, Command.State state) {
            return new Breaker(
                    command.key().name(),
                    switch (state) {
                        case OPEN, HALF_OPEN -> State.OPEN;
                        case CLOSED -> State.CLOSED;
                        case FORCED_OPEN -> State.FORCED_OPEN;
                        case FORCED_CLOSED -> State.FORCED_CLOSED;
                    });
        }
    }

    /** Under the names of Tenacity's YAML and JSON. */
    private record Configuration(
            @JsonProperty("threadpool") Pool threadpool,
            @JsonProperty("circuitBreaker") Circuit circuitBreaker,
            @JsonProperty("semaphore") Semaphores semaphore,

            @JsonProperty("executionIsolationThreadTimeoutInMillis")
            long timeoutMillis,

            @JsonProperty("executionIsolationStrategy") CommandConfiguration.Isolation isolation) {

        static Configuration of(CommandConfiguration inForce) {
            CommandConfiguration.Pool pool = inForce.pool();
            CommandConfiguration.Breaker breaker = inForce.breaker();
            long windowMillis = breaker.window().toMillis();
            return new Configuration(
                    new Pool(
                            pool.core(),
                            pool.keepAlive().toMinutes(),
                            pool.queue(),
                            pool.rejectionThreshold(),
                            windowMillis,
                            CommandConfiguration.ROLLING_BUCKETS),
                    new Circuit(
                            breaker.requestVolume(),
                            breaker.sleep().toMillis(),
                            breaker.errorPercentage(),
                            windowMillis,
                            CommandConfiguration.ROLLING_BUCKETS),
                    new Semaphores(
                            inForce.semaphores().execution(),
                            inForce.semaphores().fallback()),
                    inForce.timeout().toMillis(),
                    inForce.isolation());
        }

        private record Pool(
                @JsonProperty("threadPoolCoreSize") int core,
                @JsonProperty("keepAliveTimeMinutes") long keepAliveMinutes,
                @JsonProperty("maxQueueSize") int queue,
                @JsonProperty("queueSizeRejectionThreshold") int rejectionThreshold,

                @JsonProperty("metricsRollingStatisticalWindowInMilliseconds")
                long windowMillis,

                @JsonProperty("metricsRollingStatisticalWindowBuckets")
                int buckets) {}

        private record Circuit(
                @JsonProperty("requestVolumeThreshold") int requestVolume,
                @JsonProperty("sleepWindowInMillis") long sleepMillis,
                @JsonProperty("errorThresholdPercentage") int errorPercentage,

                @JsonProperty("metricsRollingStatisticalWindowInMilliseconds")
                long windowMillis,

                @JsonProperty("metricsRollingStatisticalWindowBuckets")
                int buckets) {}

        private record Semaphores(
                @JsonProperty("maxConcurrentRequests") int execution,

                @JsonProperty("fallbackMaxConcurrentRequests")
                int fallback) {}
    }
}
