package io.holisticos.whoop;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.TaskInstanceId;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import io.holisticos.health.UserId;
import io.holisticos.jobs.Jobs;
import io.holisticos.whoop.custody.Reactivation;
import io.holisticos.whoop.custody.Reactivation.ReactivationResult;
import io.holisticos.whoop.sync.SyncJobs;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reactivates connections that something other than WHOOP ended, and reports it to an operator. Needs only WHOOP's database
 * and the vault; makes no calls.
 */
public final class WhoopReactivation {

    private final Reactivation reactivation;
    private final SchedulerClient jobs;
    private final Clock clock;
    private final Consumer<String> lines;

    /** @param lines receives the report, line by line */
    public WhoopReactivation(WhoopModule.Pool pool, Clock clock, Consumer<String> lines) {
        this.reactivation = new Reactivation(pool.jdbi(), pool.vault(), clock);
        this.jobs = Jobs.client(pool.source(), List.of());
        this.clock = clock;
        this.lines = lines;
    }

    /** How the reactivation ended. */
    public enum ReactivationOutcome {
        /** All connections that something other than WHOOP ended are active again. */
        @JsonProperty("done")
        DONE,
        /** All of them are active again but those whose tokens do not open. */
        @JsonProperty("some_unreadable")
        SOME_UNREADABLE,
        /** There is no connection. */
        @JsonProperty("no_connection")
        NO_CONNECTION
    }

    /**
     * What was done.
     *
     * @param before how many connections were in each state
     * @param results what became of those that waited for consent, by the reasons in their history
     * @param after how many are in each state now; null for a dry run
     */
    @JsonPropertyOrder({"outcome", "dry_run", "before", "results", "after"})
    public record Report(
            @JsonProperty("outcome") ReactivationOutcome outcome,
            @JsonProperty("dry_run") boolean dryRun,
            @JsonProperty("before") Map<String, Long> before,
            @JsonProperty("results") Map<String, Map<String, Long>> results,
            @JsonProperty("after") @Nullable Map<String, Long> after) {}

    /**
     * Reactivates the connections of all members, or of one.
     *
     * @param only the one member; null for all
     * @param dryRun whether to report what would be done, and to do nothing
     */
    public Report run(@Nullable UserId only, boolean dryRun) {
        Map<String, Long> before = reactivation.states(only);
        lines.accept("before: " + counted(before));
        if (before.isEmpty()) {
            return new Report(ReactivationOutcome.NO_CONNECTION, dryRun, before, Map.of(), null);
        }
        Map<ReactivationResult, Map<String, Long>> results =
                ReportedWork.reporting(this::progress, lines, () -> reactivation.run(only, dryRun));
        Map<String, Map<String, Long>> byWord = new LinkedHashMap<>();
        for (ReactivationResult result : ReactivationResult.values()) {
            Map<String, Long> reasons = results.getOrDefault(result, Map.of());
            byWord.put(result.name().toLowerCase(Locale.ROOT), reasons);
            lines.accept(wordOf(result, dryRun) + ": " + counted(reasons));
        }
        Map<String, Long> after = dryRun ? null : reactivation.states(only);
        if (after != null) {
            lines.accept("after: " + counted(after));
            if (results.containsKey(ReactivationResult.REACTIVATED)) {
                syncSoon();
            }
        }
        ReactivationOutcome outcome = results.containsKey(ReactivationResult.UNREADABLE)
                ? ReactivationOutcome.SOME_UNREADABLE
                : ReactivationOutcome.DONE;
        return new Report(outcome, dryRun, before, byWord, after);
    }

    private String progress() {
        Reactivation.Progress progress = reactivation.progress();
        return progress.done() + " of " + progress.waiting() + " connections";
    }

    /** The service that runs the jobs looks at once for members who are connected and not kept current. */
    private void syncSoon() {
        try {
            jobs.reschedule(TaskInstanceId.of(SyncJobs.SWEEP_TASK, RecurringTask.INSTANCE), clock.instant());
        } catch (RuntimeException e) { // it runs just now, or never ran: it runs every ten minutes
            lines.accept("their syncs begin within ten minutes");
        }
    }

    private static String wordOf(ReactivationResult result, boolean dryRun) {
        String word = result.name().toLowerCase(Locale.ROOT);
        return dryRun && result == ReactivationResult.REACTIVATED ? "would be " + word : word;
    }

    private static String counted(Map<String, Long> counts) {
        long all = counts.values().stream().mapToLong(Long::longValue).sum();
        return counts.entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(", ", all + (counts.isEmpty() ? "" : " ("), counts.isEmpty() ? "" : ")"));
    }
}
