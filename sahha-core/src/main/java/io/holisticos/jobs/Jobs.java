package io.holisticos.jobs;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import io.dropwizard.lifecycle.Managed;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;

/** The jobs of one database, in its table {@code scheduled_tasks}. Started and stopped with the application. */
public final class Jobs implements Managed {

    private static final Duration STOP_WAITS = Duration.ofSeconds(3);

    private final Scheduler scheduler;

    private Jobs(Scheduler scheduler) {
        this.scheduler = scheduler;
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
        return new Jobs(Scheduler.create(database, onDemand)
                .startTasks(recurring)
                .threads(configuration.threads)
                .clock(clock::instant)
                .pollingInterval(configuration.pollingInterval.toJavaDuration())
                .heartbeatInterval(configuration.heartbeat.toJavaDuration())
                .shutdownMaxWait(STOP_WAITS)
                .enableImmediateExecution()
                .build());
    }

    /** Puts work on the list; safe from any thread and before {@link #start}. */
    public SchedulerClient client() {
        return scheduler;
    }

    /** Jobs stay on the list but none is begun, until {@link #resume}. */
    public void pause() {
        scheduler.pause();
    }

    public void resume() {
        scheduler.resume();
    }

    @Override
    public void start() {
        scheduler.start();
    }

    @Override
    public void stop() {
        scheduler.stop();
    }
}
