package io.holisticos.unified;

import io.holisticos.health.Measurement;
import io.holisticos.health.Metric;
import io.holisticos.health.Metric.Family;
import io.holisticos.health.SleepInterval;
import io.holisticos.health.SourceDay;
import io.holisticos.health.SourceName;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds values that came to one source of ours from another one. Such an echo must not count as a second opinion. It is the
 * relay's value that is the echo, and only while the origin's own is there. A value that differs is never an echo. Pure.
 */
final class EchoRule {

    /** On this many days before a day, equal values can show that they are echoes. */
    static final int LOOK_BACK_DAYS = 4;

    /** A relay names a night's start and end to the minute, or rounds them. */
    private static final Duration SAME_MOMENT = Duration.ofMinutes(2);

    /** A relay counts a night's parts in whole minutes. */
    private static final BigDecimal SAME_MINUTES = BigDecimal.ONE;

    /** Converted values have at most so many decimals. */
    private static final int CONVERTED_DECIMALS = 3;

    /** Of the day and the days of the look back, on so many must a value be equal to be an echo without other signs. */
    private static final int EQUAL_DAYS = 4;

    private final List<RelayRule> relays;

    /** What a source says of a day; null when it says nothing. */
    interface Days {
        @Nullable
        SourceDay of(SourceName source, LocalDate date);
    }

    /** The value that an echo repeats: the origin's, of this metric. */
    record Echo(SourceName origin, Metric metric) {}

    /** @throws IllegalArgumentException when an origin relays others itself: then the first of the chain could not be found */
    EchoRule(List<RelayRule> relays) {
        Set<SourceName> relaying = relays.stream().map(RelayRule::relay).collect(Collectors.toSet());
        relays.forEach(rule -> {
            if (relaying.contains(rule.origin())) {
                throw new IllegalArgumentException(rule.origin() + " cannot be both an origin and a relay");
            }
        });
        this.relays = List.copyOf(relays);
    }

    List<RelayRule> relays() {
        return relays;
    }

    /** The metrics of a source's day that are echoes. */
    Map<Metric, Echo> of(SourceName source, LocalDate date, Days days) {
        Map<Metric, Echo> echoes = new TreeMap<>();
        for (RelayRule rule : relays) {
            SourceDay relayed = rule.relay().equals(source) ? days.of(source, date) : null;
            SourceDay own = relayed == null ? null : days.of(rule.origin(), date);
            if (relayed != null && own != null) {
                for (Measurement measurement : relayed.measurements()) {
                    Metric metric = rule.atOrigin(measurement.metric());
                    if (isEcho(measurement, relayed, own, rule, days)) {
                        echoes.putIfAbsent(measurement.metric(), new Echo(rule.origin(), metric));
                    }
                }
            }
        }
        return echoes;
    }

    private static boolean isEcho(
            Measurement measurement, SourceDay relayed, SourceDay own, RelayRule rule, Days days) {
        Metric metric = measurement.metric();
        Optional<Measurement> original = own.find(rule.atOrigin(metric));
        if (original.isEmpty()) {
            return false;
        }
        boolean sameNight = isSameNight(relayed.mainSleep(), own.mainSleep());
        if (sameNight && isTimeOfTheNight(metric)) {
            return isWithinAMinute(measurement.value(), original.get().value());
        }
        return isEqual(measurement.value(), original.get().value())
                && (sameNight
                        || rule.origin().equals(relayed.relayed().get(metric))
                        || equalDays(metric, relayed.date(), rule, days) >= EQUAL_DAYS);
    }

    private static boolean isTimeOfTheNight(Metric metric) {
        return metric.family() == Family.SLEEP
                && metric.unit().equals("minute")
                && metric.definition().period().equals("sleep");
    }

    private static boolean isSameNight(@Nullable SleepInterval one, @Nullable SleepInterval other) {
        return one != null
                && other != null
                && isSameMoment(one.start(), other.start())
                && isSameMoment(one.end(), other.end());
    }

    private static boolean isSameMoment(Instant one, Instant other) {
        return Duration.between(one, other).abs().compareTo(SAME_MOMENT) <= 0;
    }

    private static boolean isWithinAMinute(BigDecimal one, BigDecimal other) {
        return one.subtract(other).abs().compareTo(SAME_MINUTES) <= 0;
    }

    /**
     * The relay's value is the origin's, with as many decimals as the relay has. On its way a value can lose digits, but gains
     * none: where the relay has more of them, both are the same number, but for what the origin's conversion left out.
     */
    private static boolean isEqual(BigDecimal relayed, BigDecimal own) {
        int kept = Math.max(relayed.scale(), 0);
        if (kept <= own.scale()) {
            return own.setScale(kept, RoundingMode.HALF_UP).compareTo(relayed) == 0;
        }
        return relayed.compareTo(own) == 0
                || own.scale() <= CONVERTED_DECIMALS
                        && relayed.setScale(CONVERTED_DECIMALS, RoundingMode.HALF_UP)
                                        .compareTo(own)
                                == 0;
    }

    /** On how many of the day and the days of the look back both sources have the metric, with equal values. */
    private static int equalDays(Metric metric, LocalDate date, RelayRule rule, Days days) {
        int equal = 0;
        for (int back = 0; back <= LOOK_BACK_DAYS; back++) {
            SourceDay relayed = days.of(rule.relay(), date.minusDays(back));
            SourceDay own = days.of(rule.origin(), date.minusDays(back));
            if (relayed != null && own != null && isEqual(metric, relayed, own, rule)) {
                equal++;
            }
        }
        return equal;
    }

    private static boolean isEqual(Metric metric, SourceDay relayed, SourceDay own, RelayRule rule) {
        Optional<Measurement> one = relayed.find(metric);
        Optional<Measurement> other = own.find(rule.atOrigin(metric));
        return one.isPresent()
                && other.isPresent()
                && isEqual(one.get().value(), other.get().value());
    }
}
