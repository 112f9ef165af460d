package io.holisticos.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import io.dropwizard.util.Duration;
import io.holisticos.database.Database;
import io.holisticos.health.SourceName;
import io.holisticos.testing.TestDatabase;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jdbi.v3.core.Jdbi;
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
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private Jobs jobs;

    @AfterEach
    void stop() {
        logger.detachAppender(logged);
        logger.setLevel(null);
        if (jobs != null) {
            jobs.stop();
        }
    }

    @Test
    void areMadeWhileTheirDatabaseIsAway() {
        PGSimpleDataSource nowhere = new PGSimpleDataSource();
        nowhere.setUrl("jdbc:postgresql://127.0.0.1:1/nowhere");

        Jobs away = Jobs.in(nowhere, new JobsConfiguration(), clock, List.of(), List.of());

        assertThat(away.isRunning()).isFalse();
    }

    @Test
    void whatRecursIsPutOnTheListOfADatabaseThatIsMigratedAfterTheStart() {
        listen();
        start(List.of(), List.of(recurring("by-the-clock")));
        await(() -> !logged.list.isEmpty());
        assertThat(jobs.isRunning()).isTrue();
        assertThat(jobs.areListed()).isFalse();

        jdbi.useHandle(handle -> handle.execute(TABLE));

        await(() -> runs.get() > 0);
        assertThat(jobs.areListed()).isTrue();
        assertThat(new JobListStore(new Database(jdbi, new SourceName("jobs"))).recurring())
                .containsExactlyElementsOf(jobs.recurring());
        assertThat(listed).hasValue(1);
        assertThat(logged.list)
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
    void jobsOfADeadProcessGoOnWithinHalfAMinuteAsShipped() {
        assertThat(new JobsConfiguration().takenOverWithin()).isLessThanOrEqualTo(java.time.Duration.ofSeconds(30));
        assertThat(new JobsConfiguration().heartbeat.toJavaDuration().multipliedBy(JobsConfiguration.HEARTBEATS_MISSED))
                .isGreaterThan(java.time.Duration.ofSeconds(10));
        assertThat(JobsConfiguration.of(1, Duration.seconds(1), Duration.seconds(15))
                        .isTakenOverSoon())
                .isFalse();
    }

    private void start(List<Task<?>> onDemand, List<RecurringTask<?>> recurring) {
        jobs = Jobs.in(
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

    private void listen() {
        logged.start();
        logger.setLevel(Level.DEBUG);
        logger.addAppender(logged);
    }

    private static void await(BooleanSupplier holds) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!holds.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            LockSupport.parkNanos(java.time.Duration.ofMillis(10).toNanos());
        }
    }
}
