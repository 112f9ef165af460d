package io.holisticos.whoop.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.kagkarlsson.scheduler.task.TaskInstanceId;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import io.holisticos.jobs.Jobs;
import io.holisticos.testing.TestDatabase;
import io.holisticos.twins.TwinClock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Function job_wake_up and view job_timetable against db-scheduler itself, which owns the table. */
class JobWakeUpTest {

    private static final Instant START = Instant.parse("2026-11-22T10:00:00Z");
    private static final TestDatabase DATABASE = TestDatabase.migratedBy("whoop-db/changelog.yaml");
    private static final Jdbi JDBI = DATABASE.jdbi();

    private final TwinClock clock = TwinClock.fixed(START);
    private final List<String> ran = new ArrayList<>();
    private final OneTimeTask<Void> task =
            Tasks.oneTime("of-a-test", Void.class).execute((instance, context) -> ran.add(instance.getId()));
    private final Jobs jobs = Jobs.byHand(DATABASE.dataSource(), clock, List.of(task), List.of());

    @BeforeEach
    void forget() {
        JDBI.useHandle(handle -> handle.execute("truncate scheduled_tasks"));
    }

    @Test
    void aJobThatWasAddedIsRunByTheSchedulerAtItsMoment() {
        assertThat(wake("anna", START.plusSeconds(5), START.plusSeconds(5))).isTrue();

        jobs.runDue();
        assertThat(ran).isEmpty();
        clock.advance(Duration.ofSeconds(5));
        jobs.runDue();

        assertThat(ran).containsExactly("anna");
        assertThat(timetable("anna")).as("a one-time job goes when it is done").isNull();
    }

    @Test
    void aJobThatTheSchedulerAddedIsMovedToAnEarlierMomentAndRunThen() {
        schedule("anna", START.plus(Duration.ofHours(1)));

        assertThat(wake("anna", START.plusSeconds(5), null)).isTrue();

        assertThat(jobs.client().getScheduledExecution(TaskInstanceId.of("of-a-test", "anna")))
                .hasValueSatisfying(
                        execution -> assertThat(execution.getExecutionTime()).isEqualTo(START.plusSeconds(5)));
        clock.advance(Duration.ofSeconds(5));
        jobs.runDue();
        assertThat(ran).containsExactly("anna");
    }

    @Test
    void aJobIsNeverMovedToALaterMoment() {
        schedule("anna", START.plusSeconds(5));

        assertThat(wake("anna", START.plusSeconds(9), START)).isTrue();
        assertThat(wake("anna", null, START)).isTrue();

        assertThat(timetable("anna")).isEqualTo(START.plusSeconds(5));
    }

    @Test
    void aJobThatIsNotOnTheListIsOnlyAddedWhenAMomentIsNamed() {
        assertThat(wake("anna", START, null)).isFalse();
        assertThat(timetable("anna")).isNull();

        assertThat(wake("anna", null, START)).isTrue();
        assertThat(timetable("anna")).isEqualTo(START);
    }

    @Test
    void aJobThatIsBeingWorkedOnIsLeftAlone() {
        schedule("anna", START.plusSeconds(60));
        JDBI.useHandle(handle -> handle.execute("update scheduled_tasks set picked = true"));

        assertThat(wake("anna", START, START)).isFalse();

        assertThat(timetable("anna")).isEqualTo(START.plusSeconds(60));
    }

    @Test
    void aJobThatIsBeingWokenIsNotTakenBeforeTheTransactionEnds() {
        schedule("anna", START);
        try (Handle transaction = JDBI.open()) {
            transaction.begin();
            wake(transaction, "anna", START, null);

            jobs.runDue();
            assertThat(ran).isEmpty();
            transaction.commit();
        }

        jobs.runDue();
        assertThat(ran).containsExactly("anna");
    }

    @Test
    void manyAtOnceAddOneJobForTheEarliestMoment() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Boolean>> calls = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                Instant due = START.plusSeconds(64 - i);
                calls.add(() -> wake("anna", due, due));
            }
            for (Future<Boolean> call : threads.invokeAll(calls)) {
                assertThat(call.get()).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }

        assertThat(timetable("anna")).isEqualTo(START.plusSeconds(1));
    }

    private void schedule(String instance, Instant at) {
        jobs.client().scheduleIfNotExists(task.instance(instance), at);
    }

    private static boolean wake(String instance, @Nullable Instant due, @Nullable Instant firstDue) {
        return JDBI.withHandle(handle -> wake(handle, instance, due, firstDue));
    }

    private static boolean wake(Handle handle, String instance, @Nullable Instant due, @Nullable Instant firstDue) {
        return handle.createQuery("select job_wake_up('of-a-test', :instance, cast(:due as timestamptz),"
                        + " cast(:firstDue as timestamptz))")
                .bind("instance", instance)
                .bind("due", due == null ? null : due.atOffset(ZoneOffset.UTC))
                .bind("firstDue", firstDue == null ? null : firstDue.atOffset(ZoneOffset.UTC))
                .mapTo(Boolean.class)
                .one();
    }

    private static @Nullable Instant timetable(String instance) {
        return JDBI.withHandle(
                handle -> handle.createQuery("select execution_time from job_timetable where task_instance = :instance")
                        .bind("instance", instance)
                        .mapTo(Instant.class)
                        .findOne()
                        .orElse(null));
    }
}
