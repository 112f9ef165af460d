package io.holisticos.whoop;

import com.codahale.metrics.CachedGauge;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.jobs.JobListStore;
import io.holisticos.whoop.api.WhoopApi;
import io.holisticos.whoop.connect.AccountLookup;
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

    private final Synchronizer synchronizer;
    private final AccountLookup arrivals;
    private final JobListStore list;

    /** By a way to all of them that gives up soon: somebody waits for the answer. */
    FailingJobs(Synchronizer synchronizer, AccountLookup arrivals, JobListStore list) {
        this.synchronizer = synchronizer;
        this.arrivals = arrivals;
        this.list = list;
    }

    /** @throws SourceUnavailable when the database does not answer */
    List<Failing> find() {
        try {
            Stream<Failing> waiting = arrivals.failing(Failing.TIMES).entrySet().stream()
                    .map(failure -> new Failing(AccountLookup.TASK, failure.getKey(), null, failure.getValue()));
            return Stream.of(synchronizer.failing().stream(), waiting, broken())
                    .flatMap(each -> each)
                    .toList();
        } catch (JdbiException e) {
            throw new SourceUnavailable(WhoopApi.WHOOP, RETRY_AFTER, e);
        }
    }

    /** A member counts once, whatever fails of theirs. */
    private int count() {
        try {
            int waiting = arrivals.failing(Failing.TIMES).values().stream()
                    .mapToInt(Integer::intValue)
                    .sum();
            return synchronizer.failingMembers()
                    + waiting
                    + broken().mapToInt(Failing::members).sum();
        } catch (JdbiException | SourceUnavailable databaseIsAway) {
            return UNKNOWN;
        }
    }

    private Stream<Failing> broken() {
        return list.failing(Failing.TIMES).entrySet().stream()
                .map(kind -> new Failing(kind.getKey(), null, null, kind.getValue()));
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
                        return count();
                    }
                });
    }
}
