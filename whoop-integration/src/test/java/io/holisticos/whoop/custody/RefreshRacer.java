package io.holisticos.whoop.custody;

import ch.qos.logback.classic.Level;
import io.dropwizard.logging.common.BootstrapLogging;
import io.holisticos.health.Deadline;
import io.holisticos.twins.TwinClock;
import io.holisticos.twins.whoop.WhoopApp;
import io.holisticos.whoop.custody.CustodySetup.Worker;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jdbi.v3.core.Jdbi;

/**
 * A process of its own. Each line it reads is a time at which it wants Anna's access token; it prints that token, and that
 * WHOOP let it read with it.
 */
final class RefreshRacer {

    private RefreshRacer() {}

    /** Arguments: database, twin, time. */
    public static void main(String[] arguments) throws Exception {
        BootstrapLogging.bootstrap(Level.WARN);
        TwinClock clock = TwinClock.fixed(Instant.parse(arguments[2]));
        ExecutorService executor = Executors.newCachedThreadPool();
        Worker worker = CustodySetup.worker(
                Jdbi.create(arguments[0], "postgres", ""),
                CustodySetup.application(WhoopApp.sandbox(), arguments[1]),
                CustodySetup.terms(),
                CustodySetup.client(executor),
                arguments[1],
                clock);
        worker.connections().find(CustodySetup.ANNA); // warm
        System.out.println("ready");
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            clock.advance(Duration.between(clock.instant(), Instant.parse(line)));
            String token = worker.connections()
                    .current(CustodySetup.ANNA, Deadline.after(Duration.ofSeconds(20)))
                    .pair()
                    .accessToken();
            System.out.println(line + " token " + token);
            if (worker.api()
                    .profile(CustodySetup.ANNA, Deadline.after(Duration.ofSeconds(20)))
                    .isPresent()) {
                System.out.println(line + " profile read");
            }
        }
        worker.connections().stop();
        executor.shutdownNow();
    }
}
