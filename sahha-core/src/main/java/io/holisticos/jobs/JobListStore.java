package io.holisticos.jobs;

import java.time.Instant;
import java.util.Optional;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;

/** Reads table {@code scheduled_tasks}; db-scheduler alone writes it. */
final class JobListStore {

    private static final String NEXT = "select min(execution_time) from scheduled_tasks where not picked";

    private final Jdbi jdbi;

    JobListStore(DataSource database) {
        this.jdbi = Jdbi.create(database);
    }

    /** When the first job is due that nobody works on; empty when there is none. */
    Optional<Instant> nextDue() {
        return jdbi.withHandle(
                handle -> handle.createQuery(NEXT).mapTo(Instant.class).findOne());
    }
}
