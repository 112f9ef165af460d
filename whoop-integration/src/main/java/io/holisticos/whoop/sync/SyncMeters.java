package io.holisticos.whoop.sync;

import static com.codahale.metrics.MetricRegistry.name;

import com.codahale.metrics.CachedGauge;
import com.codahale.metrics.Counter;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.whoop.sync.RecordEventStore.Counts;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import org.jdbi.v3.core.JdbiException;

/** What operators see of the planner's work, under {@code whoop.sync}. */
final class SyncMeters {

    private static final String PREFIX = "whoop.sync";
    private static final long COUNT_AGAIN_SECONDS = 15;
    private static final int UNKNOWN = -1;

    private final Counter contested;
    private final Counter silences;
    private final Counter absences;
    private final Counter reconciled;
    private final Counter givenUp;
    private final Counter failed;
    private final Timer toldToDone;

    SyncMeters(MetricRegistry metrics) {
        this.contested = metrics.counter(name("whoop", "data", "contested"));
        this.silences = metrics.counter(name(PREFIX, "silence-alarms"));
        this.absences = metrics.counter(name(PREFIX, "absences-confirmed"));
        this.reconciled = metrics.counter(name(PREFIX, "reconciled"));
        this.givenUp = metrics.counter(name(PREFIX, "given-up"));
        this.failed = metrics.counter(name(PREFIX, "failed"));
        this.toldToDone = metrics.timer(name(PREFIX, "told-to-done"));
    }

    /** How many changes there are to be looked at, as gauges. */
    static void count(MetricRegistry metrics, RecordEventStore events) {
        gauge(metrics, "open-changes", events, Counts::open);
        gauge(metrics, "not-yet", events, Counts::waiting);
    }

    /** Records came with the time of change of those held, yet with other content. */
    void contested(int records) {
        contested.inc(records);
    }

    /** WHOOP had fallen silent about a member. */
    void silence() {
        silences.inc();
    }

    /** A record is gone that no event told of. */
    void absence() {
        absences.inc();
    }

    /** A run ended without all that it asked for. */
    void failed() {
        failed.inc();
    }

    /** A list was read that nobody told to be read. */
    void reconciled() {
        reconciled.inc();
    }

    /** Changes are settled: how long that took since WHOOP told of them. */
    void settled(Settlement settlement, Instant now) {
        for (Settlement.Closed closed : settlement.closed()) {
            switch (closed.outcome()) {
                case DONE -> {
                    Duration took = Duration.between(closed.change().firstToldAt(), now);
                    toldToDone.update(Math.max(0, took.toMillis()), TimeUnit.MILLISECONDS);
                }
                case GIVEN_UP -> givenUp.inc();
                case WITH_ITS_NIGHT, DELETED -> {}
            }
        }
    }

    private static void gauge(MetricRegistry metrics, String what, RecordEventStore events, ToIntFunction<Counts> number) {
        Gauge<Integer> unused =
                metrics.gauge(name(PREFIX, what), () -> new CachedGauge<>(COUNT_AGAIN_SECONDS, TimeUnit.SECONDS) {
                    @Override
                    protected Integer loadValue() {
                        try {
                            return number.applyAsInt(events.count());
                        } catch (JdbiException | SourceUnavailable unknown) {
                            return UNKNOWN;
                        }
                    }
                });
    }
}
