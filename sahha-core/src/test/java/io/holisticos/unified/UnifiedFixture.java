package io.holisticos.unified;

import io.holisticos.health.DayRange;
import io.holisticos.health.Measurement;
import io.holisticos.health.Metric;
import io.holisticos.health.Metric.Family;
import io.holisticos.health.Observation;
import io.holisticos.health.Preferences;
import io.holisticos.health.Score;
import io.holisticos.health.SourceAnswer;
import io.holisticos.health.SourceAnswer.DataStatus;
import io.holisticos.health.SourceAnswer.Measured;
import io.holisticos.health.SourceDay;
import io.holisticos.health.SourceDetails;
import io.holisticos.health.SourceName;
import io.holisticos.health.Workout;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the tests of this package start from. */
final class UnifiedFixture {

    static final SourceName SAHHA = new SourceName("sahha");
    static final SourceName WHOOP = new SourceName("whoop");
    static final LocalDate DAY = LocalDate.parse("2026-11-22");

    /** As the application gives it: the band for the body, the phone for movement. */
    static final Precedence PRECEDENCE = precedence();

    /** WHOOP's data can come with Sahha's. */
    static final EchoRule ECHOES = new EchoRule(
            List.of(new RelayRule(SAHHA, WHOOP, Map.of(Metric.HRV_RMSSD, Metric.HRV_RMSSD_SLEEP), Set.of())));

    private UnifiedFixture() {}

    private static Precedence precedence() {
        Map<Family, List<SourceName>> byFamily = new EnumMap<>(Family.class);
        Arrays.stream(Family.values()).forEach(family -> byFamily.put(family, List.of(WHOOP, SAHHA)));
        byFamily.put(Family.ACTIVITY, List.of(SAHHA, WHOOP));
        byFamily.put(Family.ENERGY, List.of(SAHHA, WHOOP));
        return Precedence.ofDefault(new Preferences(List.of(SAHHA, WHOOP), byFamily, Map.of()));
    }

    static Measured measured(SourceName from, SourceDay... days) {
        return measured(from, DataStatus.CURRENT, "2026-11-22T09:00:00Z", ZoneOffset.ofHours(1), days);
    }

    static Measured measured(SourceName from, DataStatus standing, SourceDay... days) {
        return measured(from, standing, "2026-11-22T09:00:00Z", ZoneOffset.ofHours(1), days);
    }

    static Measured measured(
            SourceName from, DataStatus standing, String newest, ZoneOffset offset, SourceDay... days) {
        return new Measured(
                from,
                standing,
                Instant.parse("2026-11-22T09:05:00Z"),
                from.equals(WHOOP) ? Instant.parse("2026-10-01T12:00:00Z") : null,
                from.equals(WHOOP) ? "complete" : null,
                new Observation(Instant.parse(newest), offset),
                List.of(days),
                null,
                0);
    }

    /** The same, which time alone does not change before this moment. */
    static Measured goodUntil(Instant until, Measured answer) {
        return new Measured(
                answer.from(),
                answer.dataStatus(),
                answer.asOf(),
                answer.since(),
                answer.coverage(),
                answer.newest(),
                answer.days(),
                answer.partlyRead(),
                answer.revision(),
                answer.stale(),
                until);
    }

    /** The same of a source that does not count the changes of its data. */
    static Measured notCounting(Measured answer) {
        return new Measured(
                answer.from(),
                answer.dataStatus(),
                answer.asOf(),
                answer.since(),
                answer.coverage(),
                answer.newest(),
                answer.days());
    }

    static SourceDay day(LocalDate date, Measurement... measurements) {
        return new SourceDay(date, List.of(), List.of(measurements), List.of(), null);
    }

    static Measurement value(Metric metric, String value) {
        return new Measurement(metric, new BigDecimal(value));
    }

    static Score score(String name, String value) {
        return new Score(name, new BigDecimal(value), Score.Scale.FRACTION, "high");
    }

    static Workout workout(SourceName source, String id, String start) {
        OffsetDateTime from = OffsetDateTime.parse(start);
        return new Workout(
                id,
                source,
                "running",
                from,
                from.plusMinutes(30),
                "SCORED",
                new BigDecimal("9.25"),
                new BigDecimal("312.046"),
                null,
                141,
                170);
    }

    record Details(String cycle) implements SourceDetails {}

    static DayMerge merge(OfferedMetrics offered) {
        return new DayMerge(PRECEDENCE, offered, ECHOES);
    }

    static MergedDay mergeOne(SourceAnswer... answers) {
        return merge(new OfferedMetrics(Map.of()))
                .apply(DayRange.of(DAY), List.of(answers), Preferences.NONE)
                .get(0);
    }
}
