package io.holisticos.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import io.dropwizard.util.Duration;
import io.holisticos.database.Database;
import io.holisticos.health.SourceName;
import io.holisticos.testing.LogLines;
import io.holisticos.testing.TestDatabase;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.LoggerFactory;

class JobsTest {

    /** As in db-scheduler's own postgresql_tables.sql. */
    private static final String TABLE = """
            create table scheduled_tasks (
                task_name text not null, task_instance text not null, task_data bytea,
                execution_time timestamp with time zone not null, picked boolean not null, picked_by text,
                last_success timestamp with time zone, last_failure timestamp with time zone, consecutive_failures int,
                last_heartbeat timestamp with time zone, version bigint not null, priority smallint,
                primary key (task_name, task_instance))""";

    private static final java.time.Duration PATIENCE = java.time.Duration.ofSeconds(20);

    private final TestDatabase database = TestDatabase.empty();
    private final Jdbi jdbi = database.jdbi();
    private final Clock clock = Clock.systemUTC();
    private final AtomicInteger runs = new AtomicInteger();
    private final AtomicInteger listed = new AtomicInteger();
    private final Logger logger = (Logger) LoggerFactory.getLogger(Jobs.class);
    private final LogLines logged = LogLines.of(Jobs.class);
    private Jobs jobs;

    @AfterEach
    void stop() {
        logged.close();
        logger.setLevel(null);
        if (jobs != null) {
            jobs.stop();
        }
    }

    @Test
    void jobsAreCountedByWhetherTheyAreDueRunningOrDead() {
        jdbi.useHandle(handle -> handle.execute(TABLE));
        Instant now = Instant.parse("2026-11-22T12:00:00Z");
        row("later", now.plusSeconds(1), null);
        row("due", now.minusSeconds(30), null);
        row("due-for-long", now.minusSeconds(90), null);
        row("running", now.minusSeconds(5), now.minusSeconds(1));
        row("dead", now.minusSeconds(300), now.minusSeconds(200));

        JobListStore list = new JobListStore(new Database(jdbi, new SourceName("jobs")));

        assertThat(list.counts(now, now.minusSeconds(12))).isEqualTo(new JobListStore.JobCounts(2, 1, 1, 90));
    }

    private void row(String instance, Instant due, @Nullable Instant heartbeat) {
        jdbi.useHandle(handle -> handle.createUpdate("""
                        insert into scheduled_tasks (task_name, task_instance, execution_time, picked, last_heartbeat, version)
                        values ('some', :instance, :due, :picked, :heartbeat, 1)""")
                .bind("instance", instance)
                .bind("due", due.atOffset(ZoneOffset.UTC))
                .bind("picked", heartbeat != null)
                .bindByType(
                        "heartbeat",
                        heartbeat == null ? null : heartbeat.atOffset(ZoneOffset.UTC),
                        OffsetDateTime.class)
                .execute());
    }

    @Test
    void areMadeWhileTheirDatabaseIsAway() {
        PGSimpleDataSource nowhere = new PGSimpleDataSource();
        nowhere.setUrl("jdbc:postgresql://127.0.0.1:1/nowhere");

        Jobs away = Jobs.of("a-replica").make(nowhere, new JobsConfiguration(), clock, List.of(), List.of());

        assertThat(away.isRunning()).isFalse();
    }

    @Test
    void whatRecursIsPutOnTheListOfADatabaseThatIsMigratedAfterTheStart() {
        logger.setLevel(Level.DEBUG);
        start(List.of(), List.of(recurring("by-the-clock")));
        await(() -> !logged.lines().isEmpty());
        assertThat(jobs.isRunning()).isTrue();
        assertThat(jobs.areListed()).isFalse();

        jdbi.useHandle(handle -> handle.execute(TABLE));

        await(() -> runs.get() > 0);
        assertThat(jobs.areListed()).isTrue();
        assertThat(new JobListStore(new Database(jdbi, new SourceName("jobs"))).recurring())
                .containsExactlyElementsOf(jobs.recurring());
        assertThat(listed).hasValue(1);
        assertThat(logged.lines())
                .as("no warning: health check migrations says it")
                .allSatisfy(event -> assertThat(event.getLevel()).isNotEqualTo(Level.WARN))
                .extracting(event -> event.getFormattedMessage().split(" ")[0])
                .contains("event=jobs_not_listed", "event=jobs_listed");
    }

    @Test
    void aJobOfAProcessThatDiedIsDoneByAnother() {
        jdbi.useHandle(handle -> handle.execute(TABLE));
        Task<Void> task = Tasks.custom("left-behind", Void.class)
                .onDeadExecution(new TakeOver<>(clock))
                .execute((instance, context) -> {
                    runs.incrementAndGet();
                    return (complete, operations) -> operations.remove();
                });
        Instant longAgo = clock.instant().minusSeconds(60);
        jdbi.useHandle(handle -> handle.execute(
                "insert into scheduled_tasks (task_name, task_instance, execution_time, picked, picked_by, last_heartbeat,"
                        + " consecutive_failures, version) values ('left-behind', 'one', ?, true, 'the dead', ?, 0, 1)",
                longAgo.atOffset(ZoneOffset.UTC),
                longAgo.atOffset(ZoneOffset.UTC)));

        start(List.of(task), List.of());

        await(() -> runs.get() == 1);
    }

    @Test
    void aJobIsPickedByTheReplicaOfThatName() {
        jdbi.useHandle(handle -> handle.execute(TABLE));
        AtomicReference<String> pickedBy = new AtomicReference<>();
        start(List.of(), List.of(Tasks.recurring("who", FixedDelay.ofHours(1)).execute((instance, context) -> {
            pickedBy.set(context.getExecution().pickedBy);
            runs.incrementAndGet();
        })));

        await(() -> runs.get() == 1);

        assertThat(pickedBy.get())
                .isEqualTo("a-replica:" + ProcessHandle.current().pid());
    }

    @Test
    void whatAProcessThatEndsHasTakenAndNotDoneIsForOthersAtOnce() {
        jdbi.useHandle(handle -> handle.execute(TABLE));
        start(List.of(), List.of());
        await(() -> listed.get() == 1);
        for (String process : List.of("a-replica:" + ProcessHandle.current().pid(), "another:1")) {
            jdbi.useHandle(handle -> handle.execute(
                    "insert into scheduled_tasks (task_name, task_instance, execution_time, picked, picked_by,"
                            + " last_heartbeat, consecutive_failures, version) values ('taken', ?, ?, true, ?, ?, 0, 1)",
                    process,
                    clock.instant().atOffset(ZoneOffset.UTC),
                    process,
                    clock.instant().atOffset(ZoneOffset.UTC)));
        }

        jobs.stop();

        assertThat(jdbi.<List<String>, RuntimeException>withHandle(
                        handle -> handle.createQuery("select picked_by from scheduled_tasks where picked")
                                .mapTo(String.class)
                                .list()))
                .containsExactly("another:1");
    }

    @Test
    void jobsOfADeadProcessGoOnWithinHalfAMinuteAsShipped() {
        assertThat(new JobsConfiguration().takenOverWithin()).isLessThanOrEqualTo(java.time.Duration.ofSeconds(30));
        assertThat(new JobsConfiguration().heartbeat.toJavaDuration().multipliedBy(JobsConfiguration.HEARTBEATS_MISSED))
                .isGreaterThan(java.time.Duration.ofSeconds(10));
        assertThat(JobsConfiguration.of(1, Duration.seconds(1), Duration.seconds(15))
                        .isTakenOverSoon())
                .isFalse();
    }

    private void start(List<Task<?>> onDemand, List<RecurringTask<?>> recurring) {
        jobs = Jobs.of("a-replica")
                .make(
                        database.dataSource(),
                        JobsConfiguration.of(2, Duration.milliseconds(50), Duration.milliseconds(100)),
                        clock,
                        onDemand,
                        recurring);
        jobs.whenListed(listed::incrementAndGet);
        jobs.start();
    }

    private RecurringTask<Void> recurring(String name) {
        return Tasks.recurring(name, FixedDelay.ofHours(1)).execute((instance, context) -> runs.incrementAndGet());
    }

    private static void await(BooleanSupplier holds) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!holds.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            LockSupport.parkNanos(java.time.Duration.ofMillis(10).toNanos());
        }
    }
}
