package io.holisticos.jobs;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;

/** Reads table {@code scheduled_tasks}, which db-scheduler keeps. */
final class JobListStore {

    private static final String NEXT =
            "select execution_time from scheduled_tasks where not picked order by execution_time limit :most";

    private static final String FAILING = """
            select task_name, count(*) as jobs from scheduled_tasks
            where consecutive_failures >= :times group by task_name order by task_name""";

    private final Jdbi jdbi;

    JobListStore(DataSource database) {
        this.jdbi = Jdbi.create(database);
    }

    /** How many jobs of each kind have failed so often in a row. */
    Map<String, Integer> failing(int times) {
        Map<String, Integer> failing = new LinkedHashMap<>();
        jdbi.useHandle(handle -> handle.createQuery(FAILING)
                .bind("times", times)
                .map((row, context) -> failing.put(row.getString("task_name"), row.getInt("jobs")))
                .list());
        return failing;
    }

    /** When the first jobs are due that nobody works on, soonest first. */
    List<Instant> nextDue(int most) {
        return jdbi.withHandle(handle ->
                handle.createQuery(NEXT).bind("most", most).mapTo(Instant.class).list());
    }
}
