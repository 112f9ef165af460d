package io.holisticos.whoop;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Work that takes long, and says on the way how far it is. */
final class ReportedWork {

    private static final Duration REPORT_EVERY = Duration.ofSeconds(2);

    private ReportedWork() {}

    /**
     * Does the work.
     *
     * @param progress says how far it is, from another thread
     */
    static <T> T reporting(Supplier<String> progress, Consumer<String> lines, Supplier<T> work) {
        ScheduledExecutorService reporter = Executors.newSingleThreadScheduledExecutor();
        try {
            ScheduledFuture<?> unused = reporter.scheduleAtFixedRate(
                    () -> lines.accept(progress.get()),
                    REPORT_EVERY.toMillis(),
                    REPORT_EVERY.toMillis(),
                    TimeUnit.MILLISECONDS);
            return work.get();
        } finally {
            reporter.shutdownNow();
        }
    }
}
