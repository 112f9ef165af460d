package io.holisticos.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import com.github.kagkarlsson.scheduler.task.Execution;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import io.holisticos.testing.LogLines;
import java.sql.SQLException;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JobFailuresTest {

    private static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");
    private static final Execution OF_A_MEMBER = new Execution(NOW, new TaskInstance<>("whoop-member", "some-member"));

    private final LogLines logged = LogLines.of(JobFailures.class);
    private final JobFailures failures = new JobFailures();

    @AfterEach
    void leave() {
        logged.close();
    }

    @Test
    void aFailureIsNamedByItsTaskAndNeverByItsMember() {
        failures.onExecutionComplete(
                ExecutionComplete.failure(OF_A_MEMBER, NOW, NOW, new IllegalStateException("of some-member")));

        assertThat(logged.messages())
                .containsExactly("event=job_failed task=whoop-member cause=\"IllegalStateException\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"42P01", "42703"})
    void whatFailsForTheLackOfATableOrColumnIsNoWarning(String state) {
        failures.onExecutionComplete(ExecutionComplete.failure(
                OF_A_MEMBER, NOW, NOW, new IllegalStateException(new SQLException("it is not there", state))));

        assertThat(logged.lines()).extracting(ILoggingEvent::getLevel).doesNotContain(Level.WARN);
    }

    @Test
    void whatWentWellIsNotSaid() {
        failures.onExecutionComplete(ExecutionComplete.success(OF_A_MEMBER, NOW, NOW));

        assertThat(logged.lines()).isEmpty();
    }
}
