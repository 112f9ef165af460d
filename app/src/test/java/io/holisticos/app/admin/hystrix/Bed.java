package io.holisticos.app.admin.hystrix;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.core.Application;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.testing.ConfigOverride;
import io.dropwizard.testing.DropwizardTestSupport;
import io.holisticos.command.Command;
import io.holisticos.command.CommandConfiguration;
import io.holisticos.command.CommandConfiguration.Isolation;
import io.holisticos.command.CommandKey;
import io.holisticos.command.Commands;
import io.holisticos.command.CommandsConfiguration;
import io.holisticos.health.Deadline;
import io.holisticos.health.SourceName;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A server with an admin port that has nothing but commands to show. */
final class Bed implements AutoCloseable {

    /** Of {@link #big}: more than what lies between two ends of a connection takes long to fill. */
    static final int BIG_MESSAGE = 1_000_000;

    private final DropwizardTestSupport<Configuration> support = new DropwizardTestSupport<>(
            Shown.class,
            null,
            ConfigOverride.config("logging.level", "WARN"),
            ConfigOverride.config("server.applicationConnectors[0].port", "0"),
            ConfigOverride.config("server.adminConnectors[0].port", "0"));
    private final HttpClient http = HttpClient.newHttpClient();
    private final ObjectMapper json = new ObjectMapper();

    static Bed open() throws Exception {
        Bed bed = new Bed();
        bed.support.before();
        return bed;
    }

    /** By Hystrix's defaults. */
    static CommandConfiguration configuration(Isolation isolation) {
        return new CommandConfiguration(
                isolation,
                Duration.ofSeconds(1),
                new CommandConfiguration.Semaphores(10, 10),
                new CommandConfiguration.Pool(10, 10, -1, 5, Duration.ofMinutes(1)),
                new CommandConfiguration.Breaker(20, 50, Duration.ofSeconds(5), Duration.ofSeconds(10), null));
    }

    Command add(String key, Isolation isolation) {
        return commands()
                .add(
                        new SourceName(key.startsWith("WHOOP_") ? "whoop" : "sahha"),
                        new CommandKey(key),
                        configuration(isolation));
    }

    static void execute(Command command) {
        command.run(Deadline.after(Duration.ofSeconds(10)), () -> "done");
    }

    Commands commands() {
        return shown().commands;
    }

    /** Ticks only when told to. */
    EventStream big() {
        return shown().big;
    }

    URI uri(String path) {
        return URI.create("http://localhost:" + support.getAdminPort() + path);
    }

    /** Others may just be leaving: a place is free a tick after its client is gone. */
    Events stream(String path) throws Exception {
        for (int attempt = 0; attempt < 400; attempt++) {
            Events stream = Events.open(http, uri(path));
            if (stream.status() != 503) {
                return stream;
            }
            stream.close();
            TimeUnit.MILLISECONDS.sleep(50);
        }
        throw new AssertionError("no place became free");
    }

    HttpResponse<String> send(String method, String path, String body) {
        try {
            return http.send(
                    HttpRequest.newBuilder(uri(path))
                            .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                            .timeout(Duration.ofSeconds(20))
                            .build(),
                    BodyHandlers.ofString());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    JsonNode get(String path) throws IOException {
        return json.readTree(send("GET", path, "").body());
    }

    @Override
    public void close() {
        big().close();
        support.after();
    }

    private Shown shown() {
        return support.getApplication();
    }

    /** Made by the test support. */
    public static final class Shown extends Application<Configuration> {

        private final EventStream big =
                new EventStream(5, () -> ("data: " + "x".repeat(BIG_MESSAGE) + "\n\n").getBytes());
        private volatile Commands commands;

        @Override
        public void run(Configuration configuration, Environment environment) {
            Commands shown = new Commands(
                    new CommandsConfiguration(), environment.metrics(), Clock.systemUTC(), System::nanoTime);
            HystrixSurfaces.open(environment, shown, new HystrixConfiguration(), Set.of());
            var servlet = environment.admin().addServlet("big", new EventStreamServlet(big, Runnable::run));
            servlet.setAsyncSupported(true);
            servlet.addMapping("/big.stream");
            commands = shown;
        }
    }
}
