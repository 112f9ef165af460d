package io.holisticos.jobs;

import com.github.kagkarlsson.scheduler.PollingStrategyConfig;
import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.jdbc.PostgreSqlJdbcCustomization;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.testhelper.ManualScheduler;
import com.github.kagkarlsson.scheduler.testhelper.SettableClock;
import com.github.kagkarlsson.scheduler.testhelper.TestHelper;
import io.dropwizard.lifecycle.Managed;
import io.holisticos.database.Database;
import io.holisticos.health.SourceName;
import io.holisticos.health.WhatFailed;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** The jobs of one database, in its table {@code scheduled_tasks}. Started and stopped with the application. */
public final class Jobs implements Managed {

    private static final Duration STOP_WAITS = Duration.ofSeconds(3);

    /** How often the recurring jobs are put on the list again while the database is away or not migrated yet. */
    private static final Duration LIST_AGAIN = Duration.ofMillis(500);

    /** Rows can vanish, by a restore or by hand. A check costs a statement for each recurring job. */
    private static final Duration CHECK_LIST = Duration.ofMinutes(1);

    /** More jobs are fetched when fewer than this share of the threads have one left, and never more than there are threads. */
    private static final double FETCH_BELOW = 0.5;

    private static final SourceName JOBS = new SourceName("jobs");

    private static final Logger log = LoggerFactory.getLogger(Jobs.class);

    private static final PollingStrategyConfig ONE_BY_ONE =
            new PollingStrategyConfig(PollingStrategyConfig.Type.LOCK_AND_FETCH, FETCH_BELOW, 1.0);

    private final Scheduler scheduler;
    private final String process;
    private final JobListStore list;
    private final Clock clock;
    private final List<RecurringTask<?>> recurring;
    private final ScheduledExecutorService lister = Executors.newSingleThreadScheduledExecutor(Jobs::daemon);
    private volatile Runnable whenListed = () -> {};
    private volatile boolean listed;
    private volatile boolean saidWhyNot;

    /** @param process what column {@code picked_by} calls this process; empty for one whose jobs are not handed back */
    private Jobs(
            Scheduler scheduler, String process, DataSource database, Clock clock, List<RecurringTask<?>> recurring) {
        this.scheduler = scheduler;
        this.process = process;
        this.list = new JobListStore(new Database(Jdbi.create(database), JOBS));
        this.clock = clock;
        this.recurring = List.copyOf(recurring);
    }

    /**
     * How a replica makes its jobs.
     *
     * @param replica its name, which column {@code picked_by} of a job says while it runs there, with the number of its process
     */
    public static Maker of(String replica) {
        return (database, configuration, clock, onDemand, recurring) ->
                in(replica, database, configuration, clock, onDemand, recurring);
    }

    private static Jobs in(
            String replica,
            DataSource database,
            JobsConfiguration configuration,
            Clock clock,
            List<Task<?>> onDemand,
            List<RecurringTask<?>> recurring) {
        if (configuration.isByHand()) {
            return byHand(database, clock, onDemand, recurring);
        }
        String process = processOf(replica);
        Scheduler scheduler = Scheduler.create(database, all(onDemand, recurring))
                .threads(configuration.threads)
                .clock(clock::instant)
                .pollingInterval(configuration.pollingInterval.toJavaDuration())
                .heartbeatInterval(configuration.heartbeat.toJavaDuration())
                .missedHeartbeatsLimit(JobsConfiguration.HEARTBEATS_MISSED)
                .schedulerName(new SchedulerName.Fixed(process)) // column picked_by
                .shutdownMaxWait(STOP_WAITS)
                .jdbcCustomization(new PostgreSqlJdbcCustomization(false, false)) // asked, it may be away
                .pollUsingLockAndFetch(FETCH_BELOW, 1.0)
                .addSchedulerListener(new JobFailures())
                .enableImmediateExecution()
                .build();
        return new Jobs(scheduler, process, database, clock, recurring);
    }

    /** Makes the jobs of a module: those {@link Jobs#of} a replica, or {@link #byHand} in a simulation. */
    @FunctionalInterface
    public interface Maker {
        /**
         * Makes them; they are not started.
         *
         * @param clock decides what is due, and dates heartbeats
         * @param onDemand every kind of job that is added when needed
         * @param recurring jobs that run by the clock
         */
        Jobs make(
                DataSource database,
                JobsConfiguration configuration,
                Clock clock,
                List<Task<?>> onDemand,
                List<RecurringTask<?>> recurring);
    }

    /** Jobs without threads: they run in the thread that calls {@link #runDue}. Everything else is as in production. */
    public static Jobs byHand(
            DataSource database, Clock clock, List<Task<?>> onDemand, List<RecurringTask<?>> recurring) {
        TestHelper.ManualSchedulerBuilder byHand = TestHelper.createManualScheduler(database, all(onDemand, recurring));
        byHand.threads(1); // it takes as many jobs at once as it has threads by its settings
        Scheduler scheduler = byHand.clock(new Following(clock))
                .pollingStrategy(ONE_BY_ONE)
                .addSchedulerListener(new JobFailures())
                .build();
        return new Jobs(scheduler, "", database, clock, recurring);
    }

    /** Different for each replica, also for several of one name on one host. */
    private static String processOf(String replica) {
        return replica + ':' + ProcessHandle.current().pid();
    }

    private static List<Task<?>> all(List<Task<?>> onDemand, List<RecurringTask<?>> recurring) {
        List<Task<?>> all = new ArrayList<>(onDemand);
        all.addAll(recurring);
        return all;
    }

    /**
     * Runs the due jobs in this thread, but not those that become due by them; for jobs {@link #byHand}. Other such jobs of
     * the same database may do the same in other threads: each job runs once.
     */
    public void runDue() {
        if (!(scheduler instanceof ManualScheduler byHand)) {
            throw new IllegalStateException("these jobs have threads of their own");
        }
        byHand.runAnyDueExecutions();
    }

    /** When the next jobs are due that no process works on, soonest first. */
    public List<Instant> nextDue(int most) {
        return list.nextDue(most);
    }

    /** Adds jobs; safe from any thread and before {@link #start}. */
    public SchedulerClient client() {
        return scheduler;
    }

    /**
     * Adds jobs by another pool of the same database. A process that runs jobs finds them at its next poll.
     */
    public static SchedulerClient client(DataSource database, List<Task<?>> onDemand) {
        return SchedulerClient.Builder.create(database, onDemand).build();
    }

    /** Polls for due jobs now, in case another pool or process has added some. */
    public void lookSoon() {
        if (isRunning()) {
            scheduler.triggerCheckForDueExecutions();
        }
    }

    /** The names of the recurring jobs. */
    public List<String> recurring() {
        return recurring.stream().map(Task::getName).toList();
    }

    /** Whether the recurring jobs are on the list. Until then this is tried again and again. */
    public boolean areListed() {
        return listed;
    }

    /** Sets what is done once the recurring jobs are on the list for the first time; to be called before {@link #start}. */
    public void whenListed(Runnable work) {
        whenListed = work;
    }

    /** Whether this process runs jobs. */
    public boolean isRunning() {
        return scheduler.getSchedulerState().isStarted()
                && !scheduler.getSchedulerState().isShuttingDown();
    }

    /**
     * Begins to run jobs. The recurring jobs are put on the list as soon as the database can be reached and is migrated. The
     * start of the service does not wait for that.
     */
    @Override
    public void start() {
        scheduler.start();
        if (scheduler instanceof ManualScheduler) {
            list();
        } else {
            lister.execute(this::listAgainAndAgain);
        }
    }

    @Override
    public void stop() {
        lister.shutdownNow();
        scheduler.stop();
        if (!process.isEmpty()) {
            handBack();
        }
    }

    /** What was taken and not begun, or not ended in time, need not wait until this process is missed. */
    private void handBack() {
        try {
            int count = list.handBack(process);
            if (count > 0) {
                log.info("event=jobs_handed_back count={}", count);
            }
        } catch (RuntimeException e) { // others take them over in time
            log.debug("event=jobs_not_handed_back", e);
        }
    }

    private void listAgainAndAgain() {
        Duration pause = list() ? CHECK_LIST : LIST_AGAIN;
        try {
            ScheduledFuture<?> unused =
                    lister.schedule(this::listAgainAndAgain, pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) { // stopping
            log.debug("event=jobs_not_looked_at", e);
        }
    }

    /** Puts the recurring jobs on the list that are not there. Returns whether all are. */
    private boolean list() {
        try {
            recurring.forEach(task -> task.onStartup(scheduler, clock::instant));
            if (!listed) {
                listed = true;
                log.info("event=jobs_listed count={}", recurring.size());
                whenListed.run();
            }
            saidWhyNot = false;
            return true;
        } catch (RuntimeException e) {
            boolean early = WhatFailed.isNotMigrated(e);
            if (!saidWhyNot) {
                log.atLevel(early ? Level.DEBUG : Level.WARN)
                        .log(
                                "event=jobs_not_listed retry_in_ms={} cause=\"{}\"",
                                LIST_AGAIN.toMillis(),
                                WhatFailed.inWords(e));
            }
            saidWhyNot |= !early;
            return false;
        }
    }

    /** A clock for db-scheduler that reads ours. */
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
        Thread thread = new Thread(work, "jobs-list");
        thread.setDaemon(true);
        return thread;
    }
}
