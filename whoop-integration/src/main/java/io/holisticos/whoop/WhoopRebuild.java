package io.holisticos.whoop;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.health.UserId;
import io.holisticos.whoop.api.RecordReader;
import io.holisticos.whoop.data.Rebuild;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Derives rows again from the archived payloads, and reports to the operator. It needs WHOOP's database and the vault, and calls
 * nobody. One object is for one run.
 */
public final class WhoopRebuild {

    private static final Duration REPORT_EVERY = Duration.ofSeconds(2);

    private final Rebuild rebuild;
    private final Consumer<String> lines;

    /** @param lines receives the progress, line by line */
    public WhoopRebuild(WhoopModule.Pool pool, ObjectMapper mapper, Consumer<String> lines) {
        this.rebuild = new Rebuild(pool.jdbi(), pool.vault(), new RecordReader(mapper));
        this.lines = lines;
    }

    /** How the run ended. */
    public enum Outcome {
        /** Every row with an archived payload equals what the payload says. */
        DONE,
        /** The same, but for rows whose payload cannot be read. */
        SOME_UNREADABLE,
        /** There is no row to derive. */
        NOTHING_HELD,
        /** It was stopped by {@link #stop}. The next run passes quickly over what is done. */
        STOPPED
    }

    /** @param only the member whose rows are derived; null for all members */
    public Outcome run(@Nullable UserId only) {
        long begun = System.nanoTime();
        List<Rebuild.Count> counts = reporting(begun, () -> rebuild.run(only));
        counts.forEach(count -> lines.accept(line(count)));
        long rows = counts.stream().mapToLong(Rebuild.Count::rows).sum();
        double seconds = secondsSince(begun);
        lines.accept(text("total: %d records in %.1f s, %.0f records/s", rows, seconds, rows / seconds));
        if (rebuild.isStopped()) {
            return Outcome.STOPPED;
        }
        if (rows == 0) {
            return Outcome.NOTHING_HELD;
        }
        return counts.stream().anyMatch(count -> count.unreadable() > 0) ? Outcome.SOME_UNREADABLE : Outcome.DONE;
    }

    /** Ends the run within a second or so. It may be called from any thread. */
    public void stop() {
        rebuild.stop();
    }

    private List<Rebuild.Count> reporting(long begun, Supplier<List<Rebuild.Count>> work) {
        ScheduledExecutorService reporter = Executors.newSingleThreadScheduledExecutor();
        try {
            ScheduledFuture<?> unused = reporter.scheduleAtFixedRate(
                    () -> lines.accept(line(rebuild.progress(), secondsSince(begun))),
                    REPORT_EVERY.toMillis(),
                    REPORT_EVERY.toMillis(),
                    TimeUnit.MILLISECONDS);
            return work.get();
        } finally {
            reporter.shutdownNow();
        }
    }

    private static String line(Rebuild.Progress progress, double seconds) {
        long expected = Math.max(1, progress.expected());
        long percent =
                Math.min(99, progress.done() * 100 / expected); // of an estimate: only the total says that all is done
        return text(
                "%d %%, %d of about %d records, %.0f records/s, at %s",
                percent, progress.done(), expected, progress.done() / seconds, progress.kind());
    }

    private static String line(Rebuild.Count count) {
        return text(
                "%s: %d held, %d changed, %d without payload, %d unreadable",
                count.kind(), count.held(), count.changed(), count.withoutPayload(), count.unreadable());
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private static double secondsSince(long begun) {
        return Math.max(1, System.nanoTime() - begun) / 1e9;
    }
}
