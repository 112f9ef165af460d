package io.holisticos.app.probes;

import com.codahale.metrics.Gauge;
import io.dropwizard.core.setup.Environment;
import io.holisticos.health.WhatFailed;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.component.LifeCycle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the hot paths of a process that has just started, before readiness sends it callers: the first ones would wait for
 * classes to be loaded and code to be compiled. Trouble while warming up is for the log only. Thread-safe.
 */
public final class WarmUp {

    /** What the names of all threads of a warm-up begin with. */
    public static final String THREADS = "warm-up-";

    private static final Logger log = LoggerFactory.getLogger(WarmUp.class);

    /** How long the end of the service waits for what the warm-up has open. */
    private static final Duration CLOSING = Duration.ofSeconds(1);

    private static final int OPENING_TRIES = 4;
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(100);

    private final Duration atMost;
    private final HotPaths.Opening paths;
    private final LongSupplier nanoTime;
    private volatile boolean over;
    private volatile long begunAt;
    private volatile @Nullable Thread runner;

    WarmUp(Duration atMost, HotPaths.Opening paths, LongSupplier nanoTime) {
        this.atMost = atMost;
        this.nanoTime = nanoTime;
        this.paths = paths;
        this.over = atMost.isZero();
    }

    /**
     * Begins once the server has opened its ports, ends at once when it stops, and registers the gauge {@code warm_up.running}
     * (0 or 1).
     *
     * @param atMost zero for none
     * @param paths opened when it begins
     */
    public static WarmUp in(Environment environment, Duration atMost, HotPaths.Opening paths) {
        WarmUp warmUp = new WarmUp(atMost, paths, System::nanoTime);
        environment.metrics().register("warm_up.running", (Gauge<Integer>) () -> warmUp.isOver() ? 0 : 1);
        environment.lifecycle().addServerLifecycleListener(server -> warmUp.begin());
        environment.lifecycle().addEventListener(new LifeCycle.Listener() {
            @Override
            public void lifeCycleStopping(LifeCycle stopping) {
                if (stopping instanceof Server) {
                    warmUp.end();
                }
            }
        });
        return warmUp;
    }

    /** After the longest time in any case, whatever is still under way. */
    boolean isOver() {
        return over || (runner != null && nanoTime.getAsLong() - begunAt >= atMost.toNanos());
    }

    void begin() {
        if (!over) {
            Thread thread = new Thread(this::run, THREADS + "rounds");
            thread.setDaemon(true);
            begunAt = nanoTime.getAsLong();
            runner = thread;
            thread.start();
        }
    }

    /** Ends it, wherever it is. */
    void end() {
        over = true;
        Thread thread = runner;
        if (thread != null) {
            thread.interrupt();
            try {
                thread.join(CLOSING.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void run() {
        ExecutorService callers = Executors.newFixedThreadPool(WarmUpRounds.CALLERS, callerThreads());
        try (HotPaths opened = openedAtLast()) {
            tell(new WarmUpRounds(opened.all(), callers, nanoTime).run(left()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the service ends
        } catch (Exception e) { // whoever calls first will wait, which is no reason not to serve
            log.warn("event=warm_up_failed took_ms={} cause=\"{}\"", millis(), WhatFailed.inWords(e));
        } finally {
            callers.shutdownNow();
            over = true;
        }
    }

    /** The first statements of a cold process may come too late for the limits that warm ones keep: the next try finds more compiled. */
    private HotPaths openedAtLast() throws Exception {
        for (int tries = 1; ; tries++) {
            try {
                return paths.open();
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                if (over || tries == OPENING_TRIES || left().compareTo(BETWEEN_TRIES) <= 0) {
                    throw e;
                }
                Thread.sleep(BETWEEN_TRIES.toMillis());
            }
        }
    }

    private Duration left() {
        return atMost.minusNanos(nanoTime.getAsLong() - begunAt);
    }

    private void tell(WarmUpRounds.Result result) {
        if (result.leftOut().isEmpty()) {
            log.info("event=warm_up rounds={} took_ms={} steady={}", result.rounds(), millis(), result.warm());
        } else {
            log.warn(
                    "event=warm_up rounds={} took_ms={} steady={} left_out=\"{}\"",
                    result.rounds(),
                    millis(),
                    result.warm(),
                    result.leftOut().entrySet().stream()
                            .map(path -> path.getKey() + ": " + WhatFailed.inWords(path.getValue()))
                            .collect(Collectors.joining(", ")));
        }
    }

    private long millis() {
        return Duration.ofNanos(nanoTime.getAsLong() - begunAt).toMillis();
    }

    private static ThreadFactory callerThreads() {
        AtomicInteger count = new AtomicInteger();
        return work -> {
            Thread thread = new Thread(work, THREADS + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
