package io.holisticos.whoop;

import com.codahale.metrics.CachedGauge;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.jobs.JobListStore;
import io.holisticos.whoop.api.WhoopApi;
import io.holisticos.whoop.sync.Failing;
import io.holisticos.whoop.sync.Synchronizer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jdbi.v3.core.JdbiException;

/** Jobs that fail again and again: what a member's job found in its way, and jobs that broke. */
final class FailingJobs {

    private static final Duration RETRY_AFTER = Duration.ofSeconds(10);
    private static final long COUNT_AGAIN_SECONDS = 15;
    private static final int UNKNOWN = -1;

    private final Synchronizer synchronizer;
    private final JobListStore list;

    /** By a way to both that gives up soon: somebody waits for the answer. */
    FailingJobs(Synchronizer synchronizer, JobListStore list) {
        this.synchronizer = synchronizer;
        this.list = list;
    }

    /** @throws SourceUnavailable when the database does not answer */
    List<Failing> find() {
        try {
            Stream<Failing> broken = list.failing(Failing.TIMES).entrySet().stream()
                    .map(kind -> new Failing(kind.getKey(), null, null, kind.getValue()));
            return Stream.concat(synchronizer.failing().stream(), broken).toList();
        } catch (JdbiException e) {
            throw new SourceUnavailable(WhoopApi.WHOOP, RETRY_AFTER, e);
        }
    }

    /**
     * Of these jobs that recur, those that are not on the list.
     *
     * @throws SourceUnavailable when the database does not answer
     */
    List<String> unlisted(List<String> recurring) {
        try {
            List<String> listed = list.recurring();
            return recurring.stream().filter(name -> !listed.contains(name)).toList();
        } catch (JdbiException e) {
            throw new SourceUnavailable(WhoopApi.WHOOP, RETRY_AFTER, e);
        }
    }

    /** Gauge {@code whoop.jobs.failing}. */
    void register(MetricRegistry metrics) {
        Gauge<Integer> unused =
                metrics.gauge("whoop.jobs.failing", () -> new CachedGauge<>(COUNT_AGAIN_SECONDS, TimeUnit.SECONDS) {
                    @Override
                    protected Integer loadValue() {
                        try {
                            return find().stream().mapToInt(Failing::members).sum();
                        } catch (SourceUnavailable databaseIsAway) {
                            return UNKNOWN;
                        }
                    }
                });
    }
}
