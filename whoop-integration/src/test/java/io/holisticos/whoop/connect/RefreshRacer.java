package io.holisticos.whoop.connect;

import io.holisticos.health.Deadline;
import io.holisticos.twins.whoop.WhoopApp;
import io.holisticos.whoop.connect.ConnectWorld.Worker;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jdbi.v3.core.Jdbi;

/** A process of its own that waits for a line and then wants Anna's access token. Its last line is that token. */
final class RefreshRacer {

    private RefreshRacer() {}

    /** Arguments: database, twin, time. */
    public static void main(String[] arguments) throws Exception {
        Clock clock = Clock.fixed(Instant.parse(arguments[2]), ZoneOffset.UTC);
        ExecutorService executor = Executors.newCachedThreadPool();
        Worker worker = ConnectWorld.worker(
                Jdbi.create(arguments[0], "postgres", ""),
                ConnectWorld.configuration(WhoopApp.sandbox(), arguments[1]),
                ConnectWorld.client(executor),
                arguments[1],
                clock);
        worker.connections().find(ConnectWorld.ANNA); // warm
        System.out.println("ready");
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
        String token = worker.connections()
                .current(ConnectWorld.ANNA, Deadline.after(Duration.ofSeconds(20)))
                .pair()
                .accessToken();
        System.out.println("token " + token);
        worker.connections().stop();
        executor.shutdownNow();
    }
}
