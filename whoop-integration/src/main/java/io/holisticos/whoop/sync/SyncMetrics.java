package io.holisticos.whoop.sync;

import static com.codahale.metrics.MetricRegistry.name;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;
import io.holisticos.vitals.SlowGauge;
import io.holisticos.whoop.sync.RecordEventStore.Counts;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The metrics of syncing, under {@code whoop.sync}. */
final class SyncMetrics {

    private static final String PREFIX = "whoop.sync";
    private static final Duration COUNT_AGAIN = Duration.ofSeconds(15);
    private static final Duration LOOK_AT_MEMBERS_AGAIN = Duration.ofMinutes(1);
    private static final int UNKNOWN = -1;

    private final Counter contested;
    private final Counter silences;
    private final Counter absences;
    private final Counter reconciled;
    private final Counter givenUp;
    private final Counter failed;
    private final Timer receivedToDone;

    SyncMetrics(MetricRegistry metrics) {
        this.contested = metrics.counter(name("whoop", "data", "contested"));
        this.silences = metrics.counter(name(PREFIX, "silence-alarms"));
        this.absences = metrics.counter(name(PREFIX, "absences-confirmed"));
        this.reconciled = metrics.counter(name(PREFIX, "reconciled"));
        this.givenUp = metrics.counter(name(PREFIX, "given-up"));
        this.failed = metrics.counter(name(PREFIX, "failed"));
        this.receivedToDone = metrics.timer(name(PREFIX, "told-to-done"));
    }

    /** Registers how many events are pending and for how long, and how fresh members are, as gauges. */
    static void count(MetricRegistry metrics, SyncTables tables, Clock clock) {
        SlowGauge<Counts> counts =
                new SlowGauge<>(COUNT_AGAIN, () -> tables.events().count());
        gauge(metrics, "whoop.sync.open-changes", () -> counts.getValue().map(Counts::open));
        gauge(metrics, "whoop.sync.not-yet", () -> counts.getValue().map(Counts::waiting));
        gauge(
                metrics,
                "whoop.sync.oldest-open-seconds",
                () -> counts.getValue().map(now -> now.ageAt(clock.instant())));
        SlowGauge<MembersByFreshness> fresh =
                new SlowGauge<>(LOOK_AT_MEMBERS_AGAIN, () -> tables.members().byFreshness(clock.instant()));
        MembersByFreshness.AGES.forEach(age -> metrics.gauge(
                name("whoop.freshness", age),
                () -> () -> fresh.getValue().map(all -> all.of(age)).orElse(Double.NaN)));
    }

    /** Records came with the time of change of the stored ones, and other content. */
    void contested(int records) {
        contested.inc(records);
    }

    /** WHOOP sent no more events of a member. */
    void silence() {
        silences.inc();
    }

    /** A record is gone, and there was no event of it. */
    void absence() {
        absences.inc();
    }

    /** A run failed. */
    void failed() {
        failed.inc();
    }

    /** A list was read by reconciliation. */
    void reconciled() {
        reconciled.inc();
    }

    /** Events are settled; says how long that took since they came. */
    void settled(Settlement settlement, Instant now) {
        for (Settlement.Closed closed : settlement.closed()) {
            switch (closed.outcome()) {
                case DONE -> {
                    Duration took = Duration.between(closed.event().firstReceivedAt(), now);
                    receivedToDone.update(Math.max(0, took.toMillis()), TimeUnit.MILLISECONDS);
                }
                case GIVEN_UP -> givenUp.inc();
                case WITH_ITS_NIGHT, DELETED -> {}
            }
        }
    }

    private static void gauge(MetricRegistry metrics, String name, Supplier<Optional<? extends Number>> number) {
        Gauge<Number> gauge = () -> number.get().<Number>map(known -> known).orElse(UNKNOWN);
        metrics.gauge(name, () -> gauge);
    }
}
