package io.holisticos.whoop;

import com.codahale.metrics.CachedGauge;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.jobs.Jobs;
import io.holisticos.whoop.api.WhoopApi;
import io.holisticos.whoop.connect.Arrivals;
import io.holisticos.whoop.sync.Failing;
import io.holisticos.whoop.sync.Synchronizer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jdbi.v3.core.JdbiException;

/** Jobs that fail again and again: what a member's job found in its way, consents whose account cannot be
 * found out, and jobs that broke. */
final class FailingJobs {

    private static final Duration RETRY_AFTER = Duration.ofSeconds(10);
    private static final long COUNT_AGAIN_SECONDS = 15;
    private static final int UNKNOWN = -1;

    private FailingJobs() {}

    /** @throws SourceUnavailable when the database does not answer */
    static List<Failing> of(Synchronizer synchronizer, Arrivals arrivals, Jobs jobs) {
        try {
            Stream<Failing> waiting = arrivals.failing(Failing.TIMES).entrySet().stream()
                    .map(failure -> new Failing(Arrivals.TASK, failure.getKey(), null, failure.getValue()));
            return Stream.of(synchronizer.failing().stream(), waiting, broken(jobs))
                    .flatMap(each -> each)
                    .toList();
        } catch (JdbiException e) {
            throw new SourceUnavailable(WhoopApi.WHOOP, RETRY_AFTER, e);
        }
    }

    /** A member counts once, whatever fails of theirs. */
    private static int count(Synchronizer synchronizer, Arrivals arrivals, Jobs jobs) {
        try {
            int waiting = arrivals.failing(Failing.TIMES).values().stream()
                    .mapToInt(Integer::intValue)
                    .sum();
            return synchronizer.failingMembers()
                    + waiting
                    + broken(jobs).mapToInt(Failing::members).sum();
        } catch (JdbiException | SourceUnavailable databaseIsAway) {
            return UNKNOWN;
        }
    }

    private static Stream<Failing> broken(Jobs jobs) {
        return jobs.failing(Failing.TIMES).entrySet().stream()
                .map(kind -> new Failing(kind.getKey(), null, null, kind.getValue()));
    }

    /** Gauge {@code whoop.jobs.failing}. */
    static void register(MetricRegistry metrics, Synchronizer synchronizer, Arrivals arrivals, Jobs jobs) {
        Gauge<Integer> unused =
                metrics.gauge("whoop.jobs.failing", () -> new CachedGauge<>(COUNT_AGAIN_SECONDS, TimeUnit.SECONDS) {
                    @Override
                    protected Integer loadValue() {
                        return count(synchronizer, arrivals, jobs);
                    }
                });
    }
}
