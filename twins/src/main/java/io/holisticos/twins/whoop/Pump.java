package io.holisticos.twins.whoop;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a task every quarter of a second, and at once when woken, until stopped. */
final class Pump {
    private static final Logger log = LoggerFactory.getLogger(Pump.class);
    private static final long REST_MILLIS = 250;

    private final Runnable task;
    private final Semaphore wake = new Semaphore(0);
    private final Thread thread = new Thread(this::run, "whoop-pump");
    private volatile boolean stopped;

    Pump(Runnable task) {
        this.task = task;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    void wake() {
        wake.release();
    }

    void stop() {
        stopped = true;
        thread.interrupt();
    }

    private void run() {
        while (!stopped) {
            try {
                if (wake.tryAcquire(REST_MILLIS, TimeUnit.MILLISECONDS)) {
                    wake.drainPermits();
                }
                task.run();
            } catch (InterruptedException e) {
                return; // only stop() interrupts
            } catch (RuntimeException e) {
                if (!stopped) {
                    log.error("event=whoop_pump_failed", e);
                }
            }
        }
    }
}
