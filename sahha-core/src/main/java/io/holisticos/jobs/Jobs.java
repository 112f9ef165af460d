package io.holisticos.jobs;

import com.github.kagkarlsson.scheduler.PollingStrategyConfig;
import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.jdbc.PostgreSqlJdbcCustomization;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.testhelper.ManualScheduler;
import com.github.kagkarlsson.scheduler.testhelper.SettableClock;
import com.github.kagkarlsson.scheduler.testhelper.TestHelper;
import io.dropwizard.lifecycle.Managed;
import io.holisticos.health.WhatFailed;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The jobs of one database, in its table {@code scheduled_tasks}. Started and stopped with the application. */
public final class Jobs implements Managed {

    private static final Duration STOP_WAITS = Duration.ofSeconds(3);

    /** A database that is away at start is looked for this often. */
    private static final Duration START_AGAIN = Duration.ofMillis(500);

    /** More jobs are fetched when so many of the threads' worth are left, and never more than there are threads for. */
    private static final double FETCH_BELOW = 0.5;

    private static final Logger log = LoggerFactory.getLogger(Jobs.class);

    private static final PollingStrategyConfig ONE_BY_ONE =
            new PollingStrategyConfig(PollingStrategyConfig.Type.LOCK_AND_FETCH, FETCH_BELOW, 1.0);

    private final Scheduler scheduler;
    private final JobListStore list;
    private final Clock clock;
    private final ScheduledExecutorService starter = Executors.newSingleThreadScheduledExecutor(Jobs::daemon);

    private Jobs(Scheduler scheduler, DataSource database, Clock clock) {
        this.scheduler = scheduler;
        this.list = new JobListStore(database);
        this.clock = clock;
    }

    /**
     * @param clock decides what is due; heartbeats follow it too
     * @param onDemand every kind of job that is put on the list when needed
     * @param recurring jobs that are on the list from the start
     */
    public static Jobs in(
            DataSource database,
            JobsConfiguration configuration,
            Clock clock,
            List<Task<?>> onDemand,
            List<RecurringTask<?>> recurring) {
        if (configuration.isByHand()) {
            return byHand(database, clock, onDemand, recurring);
        }
        Scheduler scheduler = Scheduler.create(database, onDemand)
                .startTasks(recurring)
                .threads(configuration.threads)
                .clock(clock::instant)
                .pollingInterval(configuration.pollingInterval.toJavaDuration())
                .heartbeatInterval(configuration.heartbeat.toJavaDuration())
                .shutdownMaxWait(STOP_WAITS)
                .jdbcCustomization(new PostgreSqlJdbcCustomization(false, false)) // asked, it may be away
                .pollUsingLockAndFetch(FETCH_BELOW, 1.0)
                .addSchedulerListener(new JobFailures())
                .enableImmediateExecution()
                .build();
        return new Jobs(scheduler, database, clock);
    }

    /** How a module comes to its jobs: {@link Jobs#in}, but where a simulation runs them {@link #byHand}. */
    @FunctionalInterface
    public interface Maker {
        /** As {@link Jobs#in}. */
        Jobs make(
                DataSource database,
                JobsConfiguration configuration,
                Clock clock,
                List<Task<?>> onDemand,
                List<RecurringTask<?>> recurring);
    }

    /** Jobs that no thread takes: they run in the caller's, by {@link #runDue}. Everything else is as in production. */
    public static Jobs byHand(
            DataSource database, Clock clock, List<Task<?>> onDemand, List<RecurringTask<?>> recurring) {
        TestHelper.ManualSchedulerBuilder byHand = TestHelper.createManualScheduler(database, onDemand);
        byHand.threads(1); // it takes as many jobs at once as it believes to have threads
        Scheduler scheduler = byHand.clock(new Following(clock))
                .pollingStrategy(ONE_BY_ONE)
                .addSchedulerListener(new JobFailures())
                .startTasks(recurring)
                .build();
        return new Jobs(scheduler, database, clock);
    }

    /**
     * Runs in this thread what is due, and leaves what becomes due by it; for jobs {@link #byHand}. In another thread,
     * another such list of the same database may do the same: each job runs once.
     */
    public void runDue() {
        if (!(scheduler instanceof ManualScheduler byHand)) {
            throw new IllegalStateException("these jobs have threads of their own");
        }
        byHand.runAnyDueExecutions();
    }

    /** When the next jobs that nobody works on are due, soonest first. */
    public List<Instant> nextDue(int most) {
        return list.nextDue(most);
    }

    /** By kind, how many jobs have failed so many times in a row or more; kinds without any are left out. */
    public Map<String, Integer> failing(int times) {
        return list.failing(times);
    }

    /** Puts work on the list; safe from any thread and before {@link #start}. */
    public SchedulerClient client() {
        return scheduler;
    }

    /**
     * Puts work on the list by another way into the same database than the jobs' own. Whoever works looks at the list
     * each polling interval.
     */
    public static SchedulerClient client(DataSource database, List<Task<?>> onDemand) {
        return SchedulerClient.Builder.create(database, onDemand).build();
    }

    /** Whether this process takes jobs. */
    public boolean isRunning() {
        return scheduler.getSchedulerState().isStarted()
                && !scheduler.getSchedulerState().isShuttingDown();
    }

    /** Begins to take jobs, at the latest when the database can be reached: the start of the service does not wait. */
    @Override
    public void start() {
        try {
            scheduler.start();
            starter.shutdown();
        } catch (RuntimeException e) {
            log.warn(
                    "event=jobs_not_started retry_in_ms={} cause=\"{}\"",
                    START_AGAIN.toMillis(),
                    WhatFailed.inWords(e));
            ScheduledFuture<?> unused = starter.schedule(this::start, START_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void stop() {
        starter.shutdownNow();
        scheduler.stop();
    }

    /** A clock that is not set but read. */
    private static final class Following extends SettableClock {
        private final Clock clock;

        Following(Clock clock) {
            this.clock = clock;
        }

        @Override
        public Instant now() {
            return clock.instant();
        }
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "jobs-start");
        thread.setDaemon(true);
        return thread;
    }
}
