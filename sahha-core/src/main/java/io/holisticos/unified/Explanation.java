package io.holisticos.unified;

import io.holisticos.health.Absence;
import io.holisticos.health.Lineage;
import io.holisticos.health.Metric;
import io.holisticos.health.SourceName;
import io.holisticos.unified.MergedDay.Candidate;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why a day has this value of a metric, or none.
 *
 * @param shown null when no value passed the gates
 * @param verdict null together with {@code shown}
 * @param rule which order put its source first, such as {@code member by_metric}; null together with {@code shown}
 * @param missing why there is no value; null when there is one
 * @param considered every value that was looked at, and every record that has none yet: the one shown first, then best first
 * @param wouldHaveWon what another order of sources would have shown
 */
record Explanation(
        LocalDate date,
        Metric metric,
        @Nullable Candidate shown,
        @Nullable Verdict verdict,
        @Nullable String rule,
        @Nullable Absence missing,
        List<Considered> considered,
        List<OtherOrder> wouldHaveWon) {

    Explanation {
        considered = List.copyOf(considered);
        wouldHaveWon = List.copyOf(wouldHaveWon);
    }

    /**
     * One value.
     *
     * @param metric under which its source has it; not the metric asked for when it is an echo of another period
     * @param value as the source has it, also when it is implausible; null when it is not scored
     * @param echoOf the source that it repeats
     * @param lostBecause null for the value that is shown
     */
    record Considered(
            SourceName source,
            Metric metric,
            @Nullable BigDecimal value,
            Lineage lineage,
            @Nullable SourceName echoOf,
            List<Gate> gates,
            @Nullable String lostBecause) {

        Considered {
            gates = List.copyOf(gates);
        }

        /** Health values stay out of logs. */
        @Override
        public String toString() {
            return "Considered[" + source + " " + metric + "]";
        }
    }

    /**
     * A condition that a value must meet to be shown.
     *
     * @param gate {@code scored}, {@code complete}, {@code plausible} or {@code not_echo}
     * @param why null when it passed
     */
    record Gate(String gate, boolean passed, @Nullable String why) {}

    /** The value that this order of sources would have shown. */
    record OtherOrder(List<SourceName> order, SourceName source, BigDecimal value) {

        OtherOrder {
            order = List.copyOf(order);
        }

        /** Health values stay out of logs. */
        @Override
        public String toString() {
            return "OtherOrder" + order;
        }
    }

    /** Health values stay out of logs. */
    @Override
    public String toString() {
        return "Explanation[" + date + " " + metric + "]";
    }
}
