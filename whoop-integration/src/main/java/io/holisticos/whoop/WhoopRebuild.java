package io.holisticos.whoop;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.health.UserId;
import io.holisticos.whoop.api.RecordReader;
import io.holisticos.whoop.data.Rebuild;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Derives rows again from the archived payloads, and reports to the operator. It needs WHOOP's database and the vault, and calls
 * nobody. One object is for one run.
 */
public final class WhoopRebuild {

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
        @JsonProperty("done")
        DONE,
        /** The same, but for rows whose payload cannot be read. */
        @JsonProperty("some_unreadable")
        SOME_UNREADABLE,
        /** There is no row to derive. */
        @JsonProperty("nothing_held")
        NOTHING_HELD,
        /** It was stopped by {@link #stop}. The next run passes quickly over what is done. */
        @JsonProperty("stopped")
        STOPPED
    }

    /** How the run ended, and what it found of each kind of record. */
    @JsonPropertyOrder({"outcome", "records", "seconds", "kinds"})
    public record Report(
            @JsonProperty("outcome") Outcome outcome,
            @JsonProperty("records") long records,
            @JsonProperty("seconds") double seconds,
            @JsonProperty("kinds") List<Kind> kinds) {

        public Report {
            kinds = List.copyOf(kinds);
        }
    }

    /** The rows of one kind: how many were derived, written, or left as they were. */
    @JsonPropertyOrder({"kind", "held", "changed", "without_payload", "unreadable"})
    public record Kind(
            @JsonProperty("kind") String kind,
            @JsonProperty("held") long held,
            @JsonProperty("changed") long changed,
            @JsonProperty("without_payload") long withoutPayload,
            @JsonProperty("unreadable") long unreadable) {}

    /** @param only the member whose rows are derived; null for all members */
    public Report run(@Nullable UserId only) {
        long begun = System.nanoTime();
        List<Rebuild.Count> counts = ReportedWork.reporting(
                () -> line(rebuild.progress(), secondsSince(begun)), lines, () -> rebuild.run(only));
        counts.forEach(count -> lines.accept(line(count)));
        long rows = counts.stream().mapToLong(Rebuild.Count::rows).sum();
        double seconds = secondsSince(begun);
        lines.accept(text("total: %d records in %.1f s, %.0f records/s", rows, seconds, rows / seconds));
        return new Report(
                outcome(counts, rows),
                rows,
                seconds,
                counts.stream().map(WhoopRebuild::kind).toList());
    }

    private Outcome outcome(List<Rebuild.Count> counts, long rows) {
        if (rebuild.isStopped()) {
            return Outcome.STOPPED;
        }
        if (rows == 0) {
            return Outcome.NOTHING_HELD;
        }
        return counts.stream().anyMatch(count -> count.unreadable() > 0) ? Outcome.SOME_UNREADABLE : Outcome.DONE;
    }

    private static Kind kind(Rebuild.Count count) {
        return new Kind(count.kind(), count.held(), count.changed(), count.withoutPayload(), count.unreadable());
    }

    /** Ends the run within a second or so. It may be called from any thread. */
    public void stop() {
        rebuild.stop();
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
