package io.holisticos.jobs;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import io.holisticos.jobs.JobListStore.JobCounts;
import io.holisticos.vitals.SlowGauge;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.ToLongFunction;

/** The list of jobs as gauges {@code jobs.…}; -1 while the database is away. */
public final class JobGauges {

    private static final Duration COUNT_AGAIN = Duration.ofSeconds(15);
    private static final long UNKNOWN = -1;

    private JobGauges() {}

    /** @param list with short time limits: somebody waits for the answer */
    public static void register(
            MetricRegistry metrics, JobListStore list, JobsConfiguration configuration, Clock clock) {
        SlowGauge<JobCounts> counts = new SlowGauge<>(COUNT_AGAIN, () -> {
            Instant now = clock.instant();
            return list.counts(now, now.minus(configuration.deadAfter()));
        });
        gauge(metrics, "jobs.due", counts, JobCounts::due);
        gauge(metrics, "jobs.running", counts, JobCounts::running);
        gauge(metrics, "jobs.dead", counts, JobCounts::dead);
        gauge(metrics, "jobs.late_seconds", counts, JobCounts::lateSeconds);
    }

    private static void gauge(
            MetricRegistry metrics, String name, SlowGauge<JobCounts> counts, ToLongFunction<JobCounts> number) {
        Gauge<Long> gauge = () -> counts.getValue().map(number::applyAsLong).orElse(UNKNOWN);
        metrics.gauge(name, () -> gauge);
    }
}
