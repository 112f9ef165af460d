package io.holisticos.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.testing.FreePorts;
import io.holisticos.testing.JavaProcess;
import io.holisticos.twins.browser.MemberBrowser;
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
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The service as an operator runs it: a process of its own, told by its environment what to do. */
final class Service implements AutoCloseable {

    static final String KEY = "a-service-key";

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    /** The packaged service, where the build says that it is of this build; it runs after {@code package} only. */
    private static final @Nullable String PACKAGED = System.getProperty("service.jar");

    final int port = FreePorts.next();
    final int adminPort = FreePorts.next();
    private final HttpClient http = HttpClient.newHttpClient();
    private final ObjectMapper json = new ObjectMapper();
    private final Map<String, String> environment = new HashMap<>();
    private final List<String> jvmOptions = new ArrayList<>(List.of("-Xmx256m"));
    private Class<?> main = HealthApplication.class;
    private @Nullable Path version;
    private JavaProcess process;

    /** Told what {@code .env.example} asks for; the twins stand for Sahha and WHOOP. */
    Service(String sahhaDatabaseUrl, String whoopDatabaseUrl) {
        environment.put("DEPLOYMENT", "sandbox");
        environment.putAll(Map.of(
                "PUBLIC_URL",
                url(),
                "PORT",
                Integer.toString(port),
                "ADMIN_PORT",
                Integer.toString(adminPort),
                "BIND_HOST",
                "127.0.0.1",
                "LOG_LEVEL",
                "WARN",
                "LOG_LAYOUT",
                "json-events",
                "SAHHA_DATABASE_URL",
                sahhaDatabaseUrl,
                "WHOOP_DATABASE_URL",
                whoopDatabaseUrl,
                "VAULT_KEY",
                Base64.getEncoder().encodeToString(new byte[32]),
                "SERVICE_KEY",
                KEY));
        environment.put("DRAIN_TIME", "0s"); // nobody sends callers here
        environment.put("WARM_UP", "0s");
    }

    Service withSources(String sahhaUrl, String whoopUrl) {
        return with(Map.of(
                "SAHHA_URL", sahhaUrl,
                "SAHHA_CLIENT_ID", "sandbox-sahha-client",
                "SAHHA_CLIENT_SECRET", "sandbox-sahha-secret",
                "WHOOP_URL", whoopUrl,
                "WHOOP_CLIENT_ID", "sandbox-client",
                "WHOOP_CLIENT_SECRET", "sandbox-client-secret"));
    }

    Service with(Map<String, String> variables) {
        environment.putAll(variables);
        return this;
    }

    /** Variables for what nothing has been said about yet. */
    Service withDefaults(Map<String, String> variables) {
        variables.forEach(environment::putIfAbsent);
        return this;
    }

    /** A value that {@code config.yml} does not read from the environment. */
    Service withSetting(String path, String value) {
        jvmOptions.add("-Ddw." + path + "=" + value);
        return this;
    }

    /** Another main class, with an option that it reads; never the packaged service. */
    Service as(Class<?> other, String option) {
        main = other;
        jvmOptions.add(option);
        return this;
    }

    /** What starts from now on is the version in this folder: its {@code app.jar}, with its {@code config.yml}. */
    Service of(Path folder) {
        version = folder;
        return this;
    }

    /** What it is told by. */
    Map<String, String> environment() {
        return Map.copyOf(environment);
    }

    String url() {
        return "http://localhost:" + port;
    }

    String callback() {
        return url() + "/api/v1/whoop/callback";
    }

    /** Starts the server and waits until it answers. */
    void start() {
        process = run("server", "config.yml");
        await("the service answering on port " + port, () -> {
            if (!process.isAlive()) {
                throw new AssertionError(process.everything());
            }
            return answers();
        });
    }

    /** Runs a command to its end; returns what it printed. */
    String command(String... arguments) {
        return command(0, arguments);
    }

    /** The same, for one that ends with another exit status. */
    String command(int expected, String... arguments) {
        try (JavaProcess command = run(arguments)) {
            int status = command.exitStatus(PATIENCE);
            if (status != expected) {
                throw new AssertionError(
                        String.join(" ", arguments) + " ended with " + status + ": " + command.everything());
            }
            return command.everything();
        }
    }

    JavaProcess process() {
        return process;
    }

    /** From the repository's folder; the packaged jar where the build names it, else the classes it is made of. */
    JavaProcess run(String... arguments) {
        List<String> all = new ArrayList<>(jvmOptions);
        Path folder = Path.of("..");
        if (version != null) {
            folder = version;
            all.addAll(List.of("-jar", "app.jar"));
        } else if (PACKAGED != null && main == HealthApplication.class) {
            all.addAll(List.of("-jar", PACKAGED));
        } else {
            all.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        }
        all.addAll(List.of(arguments));
        return JavaProcess.start(folder.toFile(), environment, all);
    }

    private boolean answers() {
        try {
            return exchange(request(url() + "/health")).statusCode() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    /** With the service key. */
    HttpResponse<String> get(String path) {
        return exchange(request(url() + path).header("X-API-Key", KEY));
    }

    HttpResponse<String> post(String path) {
        return exchange(request(url() + path).header("X-API-Key", KEY).POST(BodyPublishers.noBody()));
    }

    /** The member allows access in a browser, as this WHOOP account; returns the page they end on. */
    HttpResponse<String> connect(String userId, long whoopUserId) {
        String connectUrl = jsonOf(post("/api/v1/unified-health/connect/whoop/" + userId))
                .path("connect_url")
                .asText();
        try {
            return new MemberBrowser().allow(URI.create(connectUrl), whoopUserId);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    HttpResponse<String> getWithoutKey(String path) {
        return exchange(request(url() + path));
    }

    HttpResponse<String> admin(String path) {
        return exchange(request("http://localhost:" + adminPort + path));
    }

    HttpResponse<String> adminPost(String path) {
        return exchange(request("http://localhost:" + adminPort + path)
                .header("X-API-Key", KEY)
                .POST(BodyPublishers.noBody()));
    }

    JsonNode jsonOf(HttpResponse<String> answer) {
        try {
            return json.readTree(answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(answer.body(), e);
        }
    }

    private static HttpRequest.Builder request(String url) {
        return HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(30));
    }

    private HttpResponse<String> exchange(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Looks until it holds, for a bounded time. */
    static void await(String what, BooleanSupplier holds) {
        await(() -> what, holds);
    }

    /** The same with words that are found when they are needed. */
    static void await(Supplier<String> what, BooleanSupplier holds) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError(what.get() + " did not come about within " + PATIENCE);
            }
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }

    @Override
    public void close() {
        if (process != null) {
            process.close();
        }
    }
}
