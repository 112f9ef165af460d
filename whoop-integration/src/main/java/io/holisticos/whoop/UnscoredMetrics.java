package io.holisticos.whoop;

import static io.holisticos.whoop.api.WhoopApi.WHOOP;

import io.holisticos.health.Absence;
import io.holisticos.health.Metric;
import io.holisticos.whoop.api.Cycle;
import io.holisticos.whoop.api.Recovery;
import io.holisticos.whoop.api.ScoreState;
import io.holisticos.whoop.api.Sleep;
import io.holisticos.whoop.data.CycleRecords;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Why the metrics of a day have no value although WHOOP has a record: its score is pending, or never comes. */
final class UnscoredMetrics {

    private static final Set<Metric> OF_RECOVERY = Metric.providedBy(WHOOP, "recovery");
    private static final Set<Metric> OF_SLEEP = Metric.providedBy(WHOOP, "sleep");
    private static final Set<Metric> OF_CYCLE = Metric.providedBy(WHOOP, "cycle");

    private final Map<Metric, Absence> reasons = new HashMap<>();

    private UnscoredMetrics() {}

    /** @param primary the cycle that stands for the day, if there is one */
    static Map<Metric, Absence> of(@Nullable CycleRecords primary) {
        UnscoredMetrics unscored = new UnscoredMetrics();
        if (primary != null) {
            unscored.add(primary.cycle());
            unscored.add(primary.sleep());
            unscored.add(primary);
        }
        return unscored.reasons;
    }

    private void add(@Nullable Cycle cycle) {
        if (cycle != null && cycle.score() == null) {
            add(OF_CYCLE, cycle.scoreState());
            if (cycle.stepCount() != null) { // steps are counted without a score
                reasons.remove(Metric.STEPS);
            }
        }
    }

    private void add(@Nullable Sleep sleep) {
        if (sleep != null && sleep.score() == null) {
            add(OF_SLEEP, sleep.scoreState());
        }
    }

    /** A recovery can come hours after waking, so of a cycle that still runs it may be on its way. */
    private void add(CycleRecords records) {
        Recovery recovery = records.recovery();
        Cycle cycle = records.cycle();
        if (recovery != null && recovery.score() == null) {
            add(OF_RECOVERY, recovery.scoreState());
        } else if (recovery == null && records.sleep() != null && (cycle == null || cycle.end() == null)) {
            OF_RECOVERY.forEach(metric -> reasons.put(metric, Absence.PENDING));
        }
    }

    private void add(Set<Metric> metrics, ScoreState state) {
        switch (state.kind()) {
            case PENDING_SCORE -> metrics.forEach(metric -> reasons.put(metric, Absence.PENDING));
            case UNSCORABLE -> metrics.forEach(metric -> reasons.put(metric, Absence.UNSCORABLE));
            case SCORED, UNKNOWN -> {}
        }
    }
}
