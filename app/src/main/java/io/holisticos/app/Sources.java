package io.holisticos.app;

import io.holisticos.app.flags.Flag;
import io.holisticos.app.flags.Flags;
import io.holisticos.health.BoundedSource;
import io.holisticos.health.DayRange;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthSource;
import io.holisticos.health.Metric;
import io.holisticos.health.SourceAnswer;
import io.holisticos.health.SourceName;
import io.holisticos.health.UserId;
import io.holisticos.unified.Precedence;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;

/** Every source of this product, in the order they are read: the only list of them, and the only reader of their flags. */
final class Sources {

    static final SourceName SAHHA = new SourceName("sahha");
    static final SourceName WHOOP = new SourceName("whoop");

    private final BoundedSource sahha;
    private final BoundedSource whoop;

    private Sources(HealthSource sahha, HealthSource whoop, Executor threads) {
        this.sahha = new BoundedSource(sahha, threads);
        this.whoop = new BoundedSource(whoop, threads);
    }

    /** @param threads read the sources, so that no source can hold a caller */
    static Sources withWhoop(HealthSource sahha, HealthSource whoop, Flags flags, Executor threads) {
        return new Sources(sahha, new Switched(whoop, flags), threads);
    }

    /** Without WHOOP credentials the module is not built; it then answers as if switched off. */
    static Sources withoutWhoop(HealthSource sahha, Executor threads) {
        return new Sources(sahha, new Absent(WHOOP), threads);
    }

    /** WHOOP first for what a strap measures at night, Sahha first for what a phone counts by day. */
    Precedence precedence() {
        List<SourceName> strap = List.of(WHOOP, SAHHA);
        List<SourceName> phone = List.of(SAHHA, WHOOP);
        return new Precedence(
                phone,
                Map.of(
                        Metric.Family.SLEEP, strap,
                        Metric.Family.HEART, strap,
                        Metric.Family.RESPIRATION, strap,
                        Metric.Family.OXYGEN, strap,
                        Metric.Family.TEMPERATURE, strap,
                        Metric.Family.ACTIVITY, phone,
                        Metric.Family.ENERGY, phone));
    }

    List<BoundedSource> inOrder() {
        return List.of(sahha, whoop);
    }

    BoundedSource whoop() {
        return whoop;
    }

    /** WHOOP behind its kill switch. */
    private record Switched(HealthSource source, Flags flags) implements HealthSource {

        @Override
        public SourceName name() {
            return source.name();
        }

        @Override
        public Set<Metric> offers() {
            return source.offers();
        }

        @Override
        public SourceAnswer read(UserId who, DayRange days, Deadline deadline) {
            return flags.isOn(Flag.WHOOP_INTEGRATION, who)
                    ? source.read(who, days, deadline)
                    : new SourceAnswer.Disabled(name());
        }

        @Override
        public Acquaintance acquaintance(UserId who, Deadline deadline) {
            return source.acquaintance(who, deadline);
        }
    }

    private record Absent(SourceName name) implements HealthSource {

        @Override
        public Set<Metric> offers() {
            return Set.of();
        }

        @Override
        public SourceAnswer read(UserId who, DayRange days, Deadline deadline) {
            return new SourceAnswer.Disabled(name);
        }

        @Override
        public Acquaintance acquaintance(UserId who, Deadline deadline) {
            return Acquaintance.UNKNOWN;
        }
    }
}
