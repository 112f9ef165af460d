package io.holisticos.jobs;

import java.time.Instant;
import java.util.List;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;

/** Reads table {@code scheduled_tasks}, which db-scheduler keeps. */
final class JobListStore {

    private static final String NEXT =
            "select execution_time from scheduled_tasks where not picked order by execution_time limit :most";

    private final Jdbi jdbi;

    JobListStore(DataSource database) {
        this.jdbi = Jdbi.create(database);
    }

    /** When the first jobs are due that nobody works on, soonest first. */
    List<Instant> nextDue(int most) {
        return jdbi.withHandle(handle ->
                handle.createQuery(NEXT).bind("most", most).mapTo(Instant.class).list());
    }
}
