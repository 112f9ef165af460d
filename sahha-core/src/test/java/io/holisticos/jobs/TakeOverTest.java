package io.holisticos.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.kagkarlsson.scheduler.task.Execution;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.ExecutionOperations;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import io.holisticos.testing.LogLines;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TakeOverTest {

    private static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");
    private static final Instant BEAT = NOW.minusSeconds(13);

    private final TakeOver<Void> takeOver = new TakeOver<>(Clock.fixed(NOW, ZoneOffset.UTC));
    private final LogLines logged = LogLines.of(TakeOver.class);
    private final List<Instant> goesOnAt = new ArrayList<>();

    @AfterEach
    void leave() {
        logged.close();
    }

    @Test
    void oneLookDoesNotSayThatAProcessIsGone() {
        look("some-member", BEAT);
        look("other-member", BEAT);

        assertThat(goesOnAt).isEmpty();
        assertThat(logged.lines()).isEmpty();
    }

    @Test
    void theSameSilenceAtASecondLookDoesAndIsSaidWithoutTheMember() {
        look("some-member", BEAT);
        look("some-member", BEAT);

        assertThat(goesOnAt).containsExactly(NOW);
        assertThat(logged.messages()).containsExactly("event=job_dead task=whoop-member");
    }

    @Test
    void whoWasHeldUpAndBeatInBetweenKeepsTheJob() {
        look("some-member", BEAT);
        look("some-member", BEAT.plusSeconds(12));

        assertThat(goesOnAt).isEmpty();
    }

    private void look(String member, Instant heartbeat) {
        Execution silent = new Execution(
                NOW, new TaskInstance<>("whoop-member", member), true, "another", null, null, 0, heartbeat, 1L);
        takeOver.deadExecution(ExecutionComplete.failure(silent, NOW, NOW, null), new Noting(silent));
    }

    private final class Noting extends ExecutionOperations<Void> {
        Noting(Execution execution) {
            super(null, null, execution);
        }

        @Override
        public void reschedule(ExecutionComplete complete, Instant at) {
            goesOnAt.add(at);
        }
    }
}
