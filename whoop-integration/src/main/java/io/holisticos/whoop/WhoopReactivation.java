package io.holisticos.whoop;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.TaskInstanceId;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import io.holisticos.health.UserId;
import io.holisticos.jobs.Jobs;
import io.holisticos.whoop.connect.Reactivation;
import io.holisticos.whoop.connect.Reactivation.Fate;
import io.holisticos.whoop.sync.SyncJobs;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The door to bringing back connections that anything but WHOOP ended, and what an operator reads of it. Needs WHOOP's
 * database and the vault only: nobody is called.
 */
public final class WhoopReactivation {

    private final Reactivation reactivation;
    private final SchedulerClient jobs;
    private final Clock clock;
    private final Consumer<String> lines;

    /** @param lines is told what was done, line by line */
    public WhoopReactivation(WhoopModule.Pool pool, Clock clock, Consumer<String> lines) {
        this.reactivation = new Reactivation(pool.jdbi(), pool.vault(), clock);
        this.jobs = Jobs.client(pool.source(), List.of());
        this.clock = clock;
        this.lines = lines;
    }

    /** How it ended. */
    public enum Outcome {
        /** All that anything but WHOOP ended are back. */
        DONE,
        /** All but those whose tokens do not open. */
        SOME_UNREADABLE,
        /** There is no connection to look at. */
        NO_CONNECTION
    }

    /**
     * @param only nobody else's connection; null for everybody's
     * @param dryRun says what would be done, and does nothing
     */
    public Outcome run(@Nullable UserId only, boolean dryRun) {
        Map<String, Long> before = reactivation.states(only);
        lines.accept("before: " + counted(before));
        if (before.isEmpty()) {
            return Outcome.NO_CONNECTION;
        }
        Map<Fate, Map<String, Long>> fates = reactivation.run(only, dryRun);
        for (Fate fate : Fate.values()) {
            Map<String, Long> reasons = fates.getOrDefault(fate, Map.of());
            lines.accept(wordOf(fate, dryRun) + ": " + counted(reasons));
        }
        if (!dryRun) {
            lines.accept("after: " + counted(reactivation.states(only)));
            if (fates.containsKey(Fate.REACTIVATED)) {
                syncSoon();
            }
        }
        return fates.containsKey(Fate.UNREADABLE) ? Outcome.SOME_UNREADABLE : Outcome.DONE;
    }

    /** Who runs the jobs looks at once for members who are connected and not kept current. */
    private void syncSoon() {
        try {
            jobs.reschedule(TaskInstanceId.of(SyncJobs.SWEEP_TASK, RecurringTask.INSTANCE), clock.instant());
        } catch (RuntimeException e) { // at work already, or the service never ran: it comes by every ten minutes
            lines.accept("their syncs begin within ten minutes");
        }
    }

    private static String wordOf(Fate fate, boolean dryRun) {
        String word = fate.name().toLowerCase(Locale.ROOT);
        return dryRun && fate == Fate.REACTIVATED ? "would be " + word : word;
    }

    private static String counted(Map<String, Long> counts) {
        long all = counts.values().stream().mapToLong(Long::longValue).sum();
        return counts.entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(", ", all + (counts.isEmpty() ? "" : " ("), counts.isEmpty() ? "" : ")"));
    }
}
