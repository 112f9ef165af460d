package io.holisticos.whoop;

import static io.holisticos.whoop.api.WhoopApi.WHOOP;

import io.holisticos.health.Absence;
import io.holisticos.health.Measurement;
import io.holisticos.health.Metric;
import io.holisticos.whoop.api.Cycle;
import io.holisticos.whoop.api.Recovery;
import io.holisticos.whoop.api.ScoreState;
import io.holisticos.whoop.api.Sleep;
import io.holisticos.whoop.data.CycleRecords;
import io.holisticos.whoop.data.WhoopDay;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Why metrics of a day have no value, as far as WHOOP itself says it: their score is pending or never comes, their record is on
 * its way, or their value is of several days together and cannot be that of one.
 */
final class AbsentMetrics {

    private static final Set<Metric> OF_RECOVERY = Metric.providedBy(WHOOP, "recovery");
    private static final Set<Metric> OF_SLEEP = Metric.providedBy(WHOOP, "sleep");
    private static final Set<Metric> OF_CYCLE = Metric.providedBy(WHOOP, "cycle");

    private final Map<Metric, Absence> reasons = new HashMap<>();
    private final LocalDate date;
    private final ReadDays read;

    private AbsentMetrics(LocalDate date, ReadDays read) {
        this.date = date;
        this.read = read;
    }

    static Map<Metric, Absence> of(WhoopDay day, List<Measurement> ofSeveralDays, ReadDays read) {
        AbsentMetrics absent = new AbsentMetrics(day.date(), read);
        CycleRecords primary = day.primary();
        Cycle cycle = primary == null ? null : primary.cycle();
        absent.addCycle(cycle);
        absent.addNight(primary == null ? null : primary.sleep(), cycle);
        absent.addRecovery(primary, cycle);
        ofSeveralDays.forEach(measurement -> absent.reasons.put(measurement.metric(), Absence.IMPLAUSIBLE));
        return absent.reasons;
    }

    private void addCycle(@Nullable Cycle cycle) {
        if (cycle == null) {
            if (read.isAwaited(date)) {
                add(OF_CYCLE, Absence.PENDING);
            }
        } else if (cycle.score() == null) {
            add(OF_CYCLE, cycle.scoreState());
            if (cycle.stepCount() != null) { // steps are counted without a score
                reasons.remove(Metric.STEPS);
            }
        }
    }

    private void addNight(@Nullable Sleep sleep, @Nullable Cycle cycle) {
        if (sleep == null) {
            if (read.isNightAwaited(date, cycle)) {
                add(OF_SLEEP, Absence.PENDING);
            }
        } else if (sleep.score() == null) {
            add(OF_SLEEP, sleep.scoreState());
        }
    }

    private void addRecovery(@Nullable CycleRecords primary, @Nullable Cycle cycle) {
        Recovery recovery = primary == null ? null : primary.recovery();
        if (recovery != null) {
            if (recovery.score() == null) {
                add(OF_RECOVERY, recovery.scoreState());
            }
        } else if (primary == null || primary.sleep() == null
                ? read.isNightAwaited(date, cycle)
                : read.isRecoveryAwaited(date, cycle)) {
            add(OF_RECOVERY, Absence.PENDING);
        }
    }

    private void add(Set<Metric> metrics, ScoreState state) {
        switch (state.kind()) {
            case PENDING_SCORE -> add(metrics, Absence.PENDING);
            case UNSCORABLE -> add(metrics, Absence.UNSCORABLE);
            case SCORED, UNKNOWN -> {}
        }
    }

    private void add(Set<Metric> metrics, Absence reason) {
        metrics.forEach(metric -> reasons.put(metric, reason));
    }
}
