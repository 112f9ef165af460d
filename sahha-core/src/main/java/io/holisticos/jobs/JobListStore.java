package io.holisticos.jobs;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import io.holisticos.database.Database;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Table {@code scheduled_tasks}, which db-scheduler writes. */
public final class JobListStore {

    private static final String NEXT =
            "select execution_time from scheduled_tasks where not picked order by execution_time limit :most";

    /** The first condition is that of the index. */
    private static final String FAILING = """
            select task_name, count(*) as jobs from scheduled_tasks
            where consecutive_failures > 0 and consecutive_failures >= :times group by task_name order by task_name""";

    private static final String RECURRING =
            "select task_name from scheduled_tasks where task_instance = :instance order by task_name";

    /** Another version, so that a process that still works on one of them after all notes nothing. */
    private static final String HAND_BACK = """
            update scheduled_tasks set picked = false, picked_by = null, last_heartbeat = null, version = version + 1
            where picked and picked_by = :process""";

    /** Each part reads the rows that it counts, by an index, and no more than so many. */
    private static final String COUNTS = """
            select
                (select count(*) from (select from scheduled_tasks
                    where execution_time <= :now and not picked limit :most) due) as due,
                (select count(*) from (select from scheduled_tasks
                    where last_heartbeat >= :dead and picked limit :most) running) as running,
                (select count(*) from (select from scheduled_tasks
                    where last_heartbeat < :dead and picked limit :most) dead) as dead,
                (select execution_time from scheduled_tasks where execution_time <= :now and not picked
                    order by execution_time limit 1) as oldest""";

    /** More jobs than these are counted as these. */
    private static final int MOST_COUNTED = 10_000;

    private final Database database;

    public JobListStore(Database database) {
        this.database = database;
    }

    /** The names of the recurring jobs on the list. */
    public List<String> recurring() {
        return database.withHandle(handle -> handle.createQuery(RECURRING)
                .bind("instance", RecurringTask.INSTANCE)
                .mapTo(String.class)
                .list());
    }

    /** How many jobs of each kind have failed so many times in a row or more; kinds without such jobs are left out. */
    public Map<String, Integer> failing(int times) {
        Map<String, Integer> failing = new LinkedHashMap<>();
        database.useHandle(handle -> handle.createQuery(FAILING)
                .bind("times", times)
                .map((row, context) -> failing.put(row.getString("task_name"), row.getInt("jobs")))
                .list());
        return failing;
    }

    /** Leaves the jobs that a process has taken, and not done, to the others; returns how many. */
    int handBack(String process) {
        return database.withHandle(handle ->
                handle.createUpdate(HAND_BACK).bind("process", process).execute());
    }

    /**
     * How many jobs of all processes are due, are worked on, or are of a process that died.
     *
     * @param dead processes that sent no heartbeat since then are dead
     */
    JobCounts counts(Instant now, Instant dead) {
        return database.withHandle(handle -> handle.createQuery(COUNTS)
                .bind("now", now.atOffset(ZoneOffset.UTC))
                .bind("dead", dead.atOffset(ZoneOffset.UTC))
                .bind("most", MOST_COUNTED)
                .map((row, context) -> {
                    OffsetDateTime oldest = row.getObject("oldest", OffsetDateTime.class);
                    return new JobCounts(
                            row.getInt("due"),
                            row.getInt("running"),
                            row.getInt("dead"),
                            oldest == null
                                    ? 0
                                    : Duration.between(oldest.toInstant(), now).toSeconds());
                })
                .one());
    }

    /** @param lateSeconds how long the job that has waited longest is due */
    record JobCounts(int due, int running, int dead, long lateSeconds) {}

    /** When the next jobs are due that no process works on, soonest first. */
    List<Instant> nextDue(int most) {
        return database.withHandle(handle ->
                handle.createQuery(NEXT).bind("most", most).mapTo(Instant.class).list());
    }
}
