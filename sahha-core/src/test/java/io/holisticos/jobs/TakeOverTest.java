package io.holisticos.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.github.kagkarlsson.scheduler.task.Execution;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.ExecutionOperations;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class TakeOverTest {

    private static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");
    private static final Instant BEAT = NOW.minusSeconds(13);

    private final TakeOver<Void> takeOver = new TakeOver<>(Clock.fixed(NOW, ZoneOffset.UTC));
    private final Logger logger = (Logger) LoggerFactory.getLogger(TakeOver.class);
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private final List<Instant> goesOnAt = new ArrayList<>();

    @BeforeEach
    void listen() {
        logged.start();
        logger.addAppender(logged);
    }

    @AfterEach
    void leave() {
        logger.detachAppender(logged);
    }

    @Test
    void oneLookDoesNotSayThatAProcessIsGone() {
        look("some-member", BEAT);
        look("other-member", BEAT);

        assertThat(goesOnAt).isEmpty();
        assertThat(logged.list).isEmpty();
    }

    @Test
    void theSameSilenceAtASecondLookDoesAndIsSaidWithoutTheMember() {
        look("some-member", BEAT);
        look("some-member", BEAT);

        assertThat(goesOnAt).containsExactly(NOW);
        assertThat(logged.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly("event=job_dead task=whoop-member");
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
