package io.holisticos.whoop;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.jobs.JobListStore;
import io.holisticos.vitals.SlowGauge;
import io.holisticos.whoop.connect.AccountLookup;
import io.holisticos.whoop.sync.RepeatedFailure;
import io.holisticos.whoop.sync.SyncRequests;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Jobs that fail again and again: reads of members, consents whose account cannot be found out, and jobs that broke. */
final class FailingJobs {

    private static final Duration COUNT_AGAIN = Duration.ofSeconds(15);
    private static final int UNKNOWN = -1;

    private final SyncRequests requests;
    private final AccountLookup arrivals;
    private final JobListStore list;

    /** All of them with short time limits: somebody waits for the answer. */
    FailingJobs(SyncRequests requests, AccountLookup arrivals, JobListStore list) {
        this.requests = requests;
        this.arrivals = arrivals;
        this.list = list;
    }

    /** @throws SourceUnavailable when the database does not answer */
    List<RepeatedFailure> find() {
        Stream<RepeatedFailure> waiting = arrivals.failing(RepeatedFailure.TIMES).entrySet().stream()
                .map(failure -> new RepeatedFailure(AccountLookup.TASK, failure.getKey(), null, failure.getValue()));
        return Stream.of(requests.failing().stream(), waiting, broken())
                .flatMap(each -> each)
                .toList();
    }

    /** A member counts once, however many of their reads fail. */
    private int count() {
        int waiting = arrivals.failing(RepeatedFailure.TIMES).values().stream()
                .mapToInt(Integer::intValue)
                .sum();
        return requests.failingMembers()
                + waiting
                + broken().mapToInt(RepeatedFailure::members).sum();
    }

    private Stream<RepeatedFailure> broken() {
        return list.failing(RepeatedFailure.TIMES).entrySet().stream()
                .map(kind -> new RepeatedFailure(kind.getKey(), null, null, kind.getValue()));
    }

    /**
     * Of these jobs that recur, those that are not on the list.
     *
     * @throws SourceUnavailable when the database does not answer
     */
    List<String> unlisted(List<String> recurring) {
        List<String> listed = list.recurring();
        return recurring.stream().filter(name -> !listed.contains(name)).toList();
    }

    /** Gauge {@code whoop.jobs.failing}. */
    void register(MetricRegistry metrics) {
        SlowGauge<Integer> counted = new SlowGauge<>(COUNT_AGAIN, this::count);
        Gauge<Integer> unused = metrics.gauge(
                "whoop.jobs.failing", () -> () -> counted.getValue().orElse(UNKNOWN));
    }
}
