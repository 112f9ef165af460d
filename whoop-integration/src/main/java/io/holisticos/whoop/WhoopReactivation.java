package io.holisticos.whoop;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.TaskInstanceId;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import io.holisticos.health.UserId;
import io.holisticos.jobs.Jobs;
import io.holisticos.whoop.custody.Reactivation;
import io.holisticos.whoop.custody.Reactivation.ReactivationResult;
import io.holisticos.whoop.sync.SyncJobs;
import java.time.Clock;
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
        DONE,
        /** All of them are active again but those whose tokens do not open. */
        SOME_UNREADABLE,
        /** There is no connection. */
        NO_CONNECTION
    }

    /**
     * Reactivates the connections of all members, or of one.
     *
     * @param only the one member; null for all
     * @param dryRun whether to report what would be done, and to do nothing
     */
    public ReactivationOutcome run(@Nullable UserId only, boolean dryRun) {
        Map<String, Long> before = reactivation.states(only);
        lines.accept("before: " + counted(before));
        if (before.isEmpty()) {
            return ReactivationOutcome.NO_CONNECTION;
        }
        Map<ReactivationResult, Map<String, Long>> results = reactivation.run(only, dryRun);
        for (ReactivationResult result : ReactivationResult.values()) {
            Map<String, Long> reasons = results.getOrDefault(result, Map.of());
            lines.accept(wordOf(result, dryRun) + ": " + counted(reasons));
        }
        if (!dryRun) {
            lines.accept("after: " + counted(reactivation.states(only)));
            if (results.containsKey(ReactivationResult.REACTIVATED)) {
                syncSoon();
            }
        }
        return results.containsKey(ReactivationResult.UNREADABLE)
                ? ReactivationOutcome.SOME_UNREADABLE
                : ReactivationOutcome.DONE;
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
