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

    /** So many days after a day can show that its values are echoes: the relay may have a night on the day after. */
    static final int LOOK_AHEAD_DAYS = 1;

    /** Days after a date on which the other source may have its night, the likeliest first. */
    private static final int[] NEARBY = {0, -1, LOOK_AHEAD_DAYS};

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

    /** The value that an echo repeats: the origin's, of this metric and day. */
    record Echo(SourceName origin, Metric metric, LocalDate date) {}

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
            if (relayed != null) {
                new RelayedDay(relayed, rule, days).addEchoesTo(echoes);
            }
        }
        return echoes;
    }

    /**
     * A relay's day beside the origin's. The two may cut their days differently, as for who sleeps by day or crosses the date
     * line: so a night of one date can be the relay's of the date before or after.
     */
    private static final class RelayedDay {

        private final SourceDay relayed;
        private final RelayRule rule;
        private final Days days;

        /** The origin's day of the same date; null when it has none. */
        private final @Nullable SourceDay own;

        /** The origin's day that has the relay's night; null when none near has it. */
        private final @Nullable SourceDay ofNight;

        /** Whether the relay handed on the night that the origin has on this date. */
        private final boolean handsOn;

        RelayedDay(SourceDay relayed, RelayRule rule, Days days) {
            this.relayed = relayed;
            this.rule = rule;
            this.days = days;
            this.own = days.of(rule.origin(), relayed.date());
            this.ofNight = nearby(rule.origin(), relayed.mainSleep());
            this.handsOn = own != null && nearby(rule.relay(), own.mainSleep()) != null;
        }

        void addEchoesTo(Map<Metric, Echo> echoes) {
            for (Measurement measurement : relayed.measurements()) {
                SourceDay repeated = repeatedBy(measurement);
                if (repeated != null) {
                    Metric metric = rule.atOrigin(measurement.metric());
                    echoes.putIfAbsent(measurement.metric(), new Echo(rule.origin(), metric, repeated.date()));
                }
            }
        }

        /** The source's day, of this date or the nearest beside it, that has the night. */
        private @Nullable SourceDay nearby(SourceName source, @Nullable SleepInterval night) {
            if (night == null) {
                return null;
            }
            for (int after : NEARBY) {
                SourceDay day = days.of(source, relayed.date().plusDays(after));
                if (day != null && isSameNight(day.mainSleep(), night)) {
                    return day;
                }
            }
            return null;
        }

        /** The origin's day whose value this is; null when it is the relay's own. */
        private @Nullable SourceDay repeatedBy(Measurement measurement) {
            if (own != null && isOfDate(measurement, own)) {
                return own;
            }
            return ofNight != null && isOfNight(measurement, ofNight) ? ofNight : null;
        }

        private boolean isOfDate(Measurement measurement, SourceDay own) {
            Metric metric = measurement.metric();
            return isEqual(measurement, own)
                    && (handsOn
                            || rule.origin().equals(relayed.relayed().get(metric))
                            || equalDays(metric) >= EQUAL_DAYS);
        }

        private boolean isOfNight(Measurement measurement, SourceDay ofNight) {
            Metric metric = rule.atOrigin(measurement.metric());
            if (isTimeOfTheNight(metric)) {
                return ofNight.find(metric)
                        .filter(original -> isWithinAMinute(measurement.value(), original.value()))
                        .isPresent();
            }
            return metric.definition().isOfNight(rule.origin()) && isEqual(measurement, ofNight);
        }

        /** On how many of the day and the days of the look back both sources have the metric, with equal values. */
        private int equalDays(Metric metric) {
            int equal = 0;
            for (int back = 0; back <= LOOK_BACK_DAYS; back++) {
                LocalDate date = relayed.date().minusDays(back);
                SourceDay theirs = days.of(rule.relay(), date);
                SourceDay ours = days.of(rule.origin(), date);
                if (theirs != null
                        && ours != null
                        && theirs.find(metric)
                                .filter(measurement -> isEqual(measurement, ours))
                                .isPresent()) {
                    equal++;
                }
            }
            return equal;
        }

        private boolean isEqual(Measurement measurement, SourceDay own) {
            return own.find(rule.atOrigin(measurement.metric()))
                    .filter(original -> EchoRule.isEqual(measurement.value(), original.value()))
                    .isPresent();
        }
    }

    private static boolean isTimeOfTheNight(Metric metric) {
        return metric.family() == Family.SLEEP
                && metric.unit().equals("minute")
                && metric.definition().period().equals("sleep");
    }

    private static boolean isSameNight(@Nullable SleepInterval one, SleepInterval other) {
        return one != null && isSameMoment(one.start(), other.start()) && isSameMoment(one.end(), other.end());
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
}
