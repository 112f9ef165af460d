package io.holisticos.whoop.quota;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import io.holisticos.vitals.SlowGauge;
import java.time.Duration;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** The quota as gauges {@code whoop.quota.…}, read at most every five seconds; not a number while the database is away. */
public final class QuotaGauges {

    private static final Duration A_READING_IS_GOOD_FOR = Duration.ofSeconds(5);

    private final Gauge<Optional<QuotaReport>> report;

    private QuotaGauges(QuotaGovernor quota) {
        this.report = new SlowGauge<>(A_READING_IS_GOOD_FOR, quota::report);
    }

    /** Registers them all. */
    public static void register(MetricRegistry metrics, QuotaGovernor quota) {
        QuotaGauges gauges = new QuotaGauges(quota);
        gauges.add(metrics, "minute.used", report -> report.minute().used());
        gauges.add(metrics, "minute.most", report -> report.minute().most());
        gauges.add(metrics, "day.used", report -> report.day().used());
        gauges.add(metrics, "day.most", report -> report.day().most());
        gauges.add(
                metrics,
                "minute.used_by_others",
                report -> report.usedByOthers().minute());
        gauges.add(
                metrics, "day.used_by_others", report -> report.usedByOthers().day());
        gauges.add(metrics, "headers_ignored", QuotaReport::headersIgnored);
        gauges.add(metrics, "members", QuotaReport::members);
        gauges.add(metrics, "members_that_fit", QuotaReport::membersThatFit);
        gauges.add(
                metrics, "members_that_still_fit", report -> Math.max(0, report.membersThatFit() - report.members()));
        gauges.add(metrics, "blocked", report -> report.blockedUntil() == null ? 0 : 1);
        gauges.add(metrics, "day_lasts", report -> report.dayEndsAt() == null ? 1 : 0);
        gauges.add(metrics, "admits_new_members", report -> report.admitsNewMembers() ? 1 : 0);
        for (Lane lane : Lane.values()) {
            String name = "lane." + lane.word() + '.';
            gauges.add(metrics, name + "used", report -> report.lane(lane).used());
            gauges.add(metrics, name + "borrowed", report -> report.lane(lane).borrowed());
            gauges.add(
                    metrics, name + "used_in_day", report -> report.lane(lane).usedInDay());
            gauges.add(metrics, name + "waiting", report -> report.lane(lane).waiting());
        }
    }

    private void add(MetricRegistry metrics, String name, ToDoubleFunction<QuotaReport> figure) {
        Gauge<Double> gauge = () -> report.getValue().map(figure::applyAsDouble).orElse(Double.NaN);
        metrics.gauge(MetricRegistry.name("whoop.quota", name), () -> gauge);
    }
}
