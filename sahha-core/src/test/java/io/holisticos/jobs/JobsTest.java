package io.holisticos.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

class JobsTest {

    @Test
    void areMadeWhileTheirDatabaseIsAway() {
        PGSimpleDataSource nowhere = new PGSimpleDataSource();
        nowhere.setUrl("jdbc:postgresql://127.0.0.1:1/nowhere");

        Jobs jobs = Jobs.in(nowhere, new JobsConfiguration(), Clock.systemUTC(), List.of(), List.of());

        assertThat(jobs.isRunning()).isFalse();
    }
}
