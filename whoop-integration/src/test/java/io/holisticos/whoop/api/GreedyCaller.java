package io.holisticos.whoop.api;

import ch.qos.logback.classic.Level;
import io.dropwizard.logging.common.BootstrapLogging;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError.SourceThrottled;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.UserId;
import io.holisticos.whoop.quota.QuotaConfiguration;
import io.holisticos.whoop.quota.QuotaGovernor;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.tomcat.jdbc.pool.DataSource;
import org.jdbi.v3.core.Jdbi;

/**
 * A process of its own that calls WHOOP on several threads as fast as the governor lets it, from the first line it reads
 * for as long as that line says. What it prints last is how often it got through in the first minute, and the troubles.
 */
final class GreedyCaller {

    private static final int THREADS = 3;
    private static final Duration BEFORE_THE_NEXT_TRY = Duration.ofMillis(20);

    private final AtomicInteger callsInFirstMinute = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger unavailable = new AtomicInteger();
    private final Window window;
    private final WhoopApi api;

    private GreedyCaller(WhoopApi api, Instant now) {
        this.api = api;
        this.window = new Window(now.minus(Duration.ofDays(7)), now);
    }

    /** Arguments: database, twin, access token. */
    public static void main(String[] arguments) throws Exception {
        BootstrapLogging.bootstrap(Level.WARN);
        DataSource pool = new DataSource();
        pool.setDriverClassName("org.postgresql.Driver");
        pool.setUrl(arguments[0]);
        pool.setUsername("postgres");
        pool.setMaxActive(THREADS);
        pool.setInitialSize(THREADS);
        Clock clock = Clock.systemUTC();
        QuotaGovernor governor = new QuotaGovernor(Jdbi.create(pool), clock, new QuotaConfiguration());
        governor.status(); // warm
        try (Rig rig = new Rig(URI.create(arguments[1] + "/developer"), arguments[2], governor)) {
            GreedyCaller caller = new GreedyCaller(rig.api, clock.instant());
            System.out.println("ready");
            String line = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
            caller.run(Duration.ofSeconds(Long.parseLong(line)));
            System.out.println("refused " + caller.refused + ", unavailable " + caller.unavailable);
            System.out.println("calls in the first minute: " + caller.callsInFirstMinute);
        }
        pool.close();
    }

    private void run(Duration duration) throws Exception {
        long start = System.nanoTime();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                running.add(threads.submit(() -> callUntil(start, duration)));
            }
            for (Future<?> one : running) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private void callUntil(long start, Duration duration) {
        while (System.nanoTime() - start < duration.toNanos()) {
            try {
                api.cycles(new UserId("demo-anna"), window, null, Deadline.after(Duration.ofSeconds(10)));
                if (System.nanoTime() - start < Duration.ofMinutes(1).toNanos()) {
                    callsInFirstMinute.incrementAndGet();
                }
            } catch (SourceThrottled noPermit) {
                refused.incrementAndGet();
                LockSupport.parkNanos(BEFORE_THE_NEXT_TRY.toNanos());
            } catch (SourceUnavailable busy) {
                unavailable.incrementAndGet();
                LockSupport.parkNanos(BEFORE_THE_NEXT_TRY.toNanos());
            }
        }
    }
}
