package io.holisticos.jobs;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import io.holisticos.database.Database;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Table {@code scheduled_tasks}, which db-scheduler writes. */
public final class JobListStore {

    private static final String NEXT =
            "select execution_time from scheduled_tasks where not picked order by execution_time limit :most";

    private static final String FAILING = """
            select task_name, count(*) as jobs from scheduled_tasks
            where consecutive_failures >= :times group by task_name order by task_name""";

    private static final String RECURRING =
            "select task_name from scheduled_tasks where task_instance = :instance order by task_name";

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

    /** When the next jobs are due that no process works on, soonest first. */
    List<Instant> nextDue(int most) {
        return database.withHandle(handle ->
                handle.createQuery(NEXT).bind("most", most).mapTo(Instant.class).list());
    }
}
