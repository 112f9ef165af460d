package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.core.setup.Environment;
import io.holisticos.testing.FreePorts;
import io.holisticos.testing.TestDatabase;
import io.holisticos.twins.TwinClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The whole service on its own ports and two real databases; its variables say who stands for Sahha and WHOOP. */
final class RunningApp implements AutoCloseable {

    static final String KEY = "test-service";
    static final String SAHHA_WEBHOOK_SECRET = "test-sahha-webhook-secret";
    static final Path SHIPPED = Path.of("../config.yml");

    /** Sunday, 22 November 2026, before noon UTC. */
    static final Instant START = Instant.parse("2026-11-22T11:30:00Z");

    static final Duration PATIENCE = Duration.ofSeconds(30);

    final TwinClock clock = TwinClock.startingAt(START, 1);
    final TestDatabase sahhaDatabase = TestDatabase.migratedBy(Migrations.SAHHA_CHANGELOG);
    final TestDatabase whoopDatabase = TestDatabase.migratedBy(Migrations.WHOOP_CHANGELOG);

    private final HttpClient http = HttpClient.newHttpClient();
    private final ObjectMapper json = new ObjectMapper();
    private final Map<String, String> variables = new HashMap<>();
    private final int port = FreePorts.next();
    private final int adminPort = FreePorts.next();
    private final Consumer<Environment> more;
    private final Path configuration;
    private final List<Sources.Entry> further = new ArrayList<>();
    private HealthApplication app;

    /** Not started yet: whoever stands for WHOOP wants to know the address first. */
    RunningApp(Consumer<Environment> more, Path configuration) {
        this.more = more;
        this.configuration = configuration;
        variables.put("DEPLOYMENT", "sandbox");
        variables.putAll(Map.of(
                "PUBLIC_URL", url(),
                "PORT", Integer.toString(port),
                "ADMIN_PORT", Integer.toString(adminPort),
                "LOG_LEVEL", "INFO",
                "LOG_LAYOUT", "json-events", // as in production: the scan of all output reads it
                "SAHHA_DATABASE_URL", sahhaDatabase.url(),
                "WHOOP_DATABASE_URL", whoopDatabase.url(),
                "VAULT_KEY", Base64.getEncoder().encodeToString(new byte[32]),
                "SERVICE_KEY", KEY,
                "SAHHA_WEBHOOK_SECRET", SAHHA_WEBHOOK_SECRET));
        variables.put("DRAIN_TIME", "0s"); // nobody sends callers here
        variables.put("WARM_UP", "0s");
        for (String limit : List.of("LIMIT_SERVICE", "LIMIT_MEMBER", "LIMIT_ADDRESS")) {
            variables.put(limit, "1000000"); // one caller plays all
        }
    }

    /** The addresses and applications that stand for Sahha and WHOOP. */
    RunningApp withSources(String sahhaUrl, String whoopUrl) {
        return with(Map.of(
                "SAHHA_URL", sahhaUrl,
                "SAHHA_CLIENT_ID", "sandbox-sahha-client",
                "SAHHA_CLIENT_SECRET", "sandbox-sahha-secret",
                "WHOOP_URL", whoopUrl,
                "WHOOP_CLIENT_ID", "sandbox-client",
                "WHOOP_CLIENT_SECRET", "sandbox-client-secret"));
    }

    /** Other variables for {@code config.yml}, which stay until others take their place. */
    RunningApp with(Map<String, String> others) {
        variables.putAll(others);
        return this;
    }

    /** One more source than the product has; replicas do without it. */
    RunningApp withSource(Sources.Entry source) {
        further.add(source);
        return this;
    }

    RunningApp start() throws Exception {
        app = new HealthApplication(clock, variables::get, (environment, pages) -> more.accept(environment), further);
        serve(app);
        return this;
    }

    /** A start that fails is the test's failure, not the JVM's end. */
    private void serve(HealthApplication replica) {
        replica.endOf("server", configuration.toString()).ifPresent(e -> {
            throw new IllegalStateException("the service did not start", e);
        });
    }

    void restart() throws Exception {
        app.stop();
        start();
    }

    /** A second replica on the same databases; whoever starts it stops it. */
    House.Replica replica() throws Exception {
        return replica(Map.of());
    }

    /** The same with other variables of its own. */
    House.Replica replica(Map<String, String> others) throws Exception {
        Map<String, String> own = new HashMap<>(variables);
        own.putAll(others);
        House.Replica replica =
                new House.Replica(new HealthApplication(clock, own::get), FreePorts.next(), FreePorts.next());
        own.put("PORT", Integer.toString(replica.port()));
        own.put("ADMIN_PORT", Integer.toString(replica.adminPort()));
        serve(replica.app());
        return replica;
    }

    /** Runs a command with the variables and the clock of this service. */
    CommandRun command(String... arguments) {
        return commandWith(Map.of(), arguments);
    }

    /** The same with other variables of its own. */
    CommandRun commandWith(Map<String, String> others, String... arguments) {
        Map<String, String> own = new HashMap<>(variables);
        own.putAll(others);
        String[] named = Stream.of(arguments)
                .map(argument -> argument.equals("config.yml") ? configuration.toString() : argument)
                .toArray(String[]::new);
        return CommandRun.of(new HealthApplication(clock, own::get), named);
    }

    String url() {
        return "http://localhost:" + port;
    }

    String callback() {
        return url() + "/api/v1/whoop/callback";
    }

    URI uri(String path) {
        return URI.create(url() + path);
    }

    URI adminUri(String path) {
        return URI.create("http://localhost:" + adminPort + path);
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(uri(path)).timeout(PATIENCE);
    }

    /** With the service key. */
    HttpResponse<String> get(String path) {
        return exchange(request(path).header("X-API-Key", KEY).GET());
    }

    /** With the service key, JSON. */
    HttpResponse<String> send(String method, String path, String body) {
        return exchange(request(path)
                .header("X-API-Key", KEY)
                .header("Content-Type", "application/json")
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body)));
    }

    HttpResponse<String> admin(String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(adminUri(path))
                .timeout(PATIENCE)
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return exchange(request);
    }

    HttpResponse<String> exchange(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** What it looks at for this may take longer than the answer waits: then it is unready for a moment, above all at the first look. */
    void awaitReady() {
        await(() -> exchange(request("/health/ready").GET()).statusCode() == 200);
    }

    JsonNode jsonOf(HttpResponse<String> answer) {
        try {
            return json.readTree(answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(answer.body(), e);
        }
    }

    /** Looks until it holds, for a bounded time. */
    static void await(BooleanSupplier holds) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("did not come about within " + PATIENCE);
            }
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    /**
     * A promise about time is broken when it is broken three times in a row, or once by far: other work on the machine makes any of
     * them late.
     *
     * @param tries each begins anew and says how long it took
     */
    static void assertKept(Duration promised, Supplier<Duration> tries) {
        List<Duration> took = new ArrayList<>();
        do {
            took.add(tries.get());
        } while (took.size() < 3 && took.get(took.size() - 1).compareTo(promised) >= 0);
        assertThat(took)
                .anyMatch(time -> time.compareTo(promised) < 0)
                .allMatch(time -> time.compareTo(promised.multipliedBy(5)) < 0);
    }

    @Override
    public void close() throws Exception {
        if (app != null) {
            app.stop();
        }
    }
}
