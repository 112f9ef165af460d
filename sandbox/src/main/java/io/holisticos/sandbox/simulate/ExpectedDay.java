package io.holisticos.sandbox.simulate;

import static java.util.Map.entry;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the API must answer for one day of a member whose only source is WHOOP. It follows from WHOOP's records and the
 * documented rules, without any of the product's code.
 *
 * @param scores by name
 * @param metrics by name
 * @param implausible names of scores and metrics that WHOOP has a value for which cannot be that of the day
 * @param details WHOOP's own records by their key in the answer; null when the answer must have none
 * @param otherCycles the same of each further cycle of the day
 * @param offset the day's UTC offset; null when no cycle says it
 */
record ExpectedDay(
        Map<String, BigDecimal> scores,
        Map<String, BigDecimal> metrics,
        Set<String> implausible,
        List<JsonNode> workouts,
        @Nullable Map<String, List<JsonNode>> details,
        List<Map<String, List<JsonNode>>> otherCycles,
        @Nullable ZoneOffset offset) {

    private static final BigDecimal KILOJOULE_PER_KCAL = new BigDecimal("4.184");
    private static final BigDecimal MILLIS_PER_MINUTE = new BigDecimal(60_000);

    /** The plausible values of a day, by the documented rules (docs/decisions/0016-implausible-values.md). */
    private record Range(int min, int max) {
        boolean contains(BigDecimal value) {
            return value.compareTo(BigDecimal.valueOf(min)) >= 0 && value.compareTo(BigDecimal.valueOf(max)) <= 0;
        }
    }

    private static final Range NIGHT_MINUTES = new Range(0, 1440);
    private static final Range PERCENT = new Range(0, 100);
    private static final Map<String, Range> RANGES = Map.ofEntries(
            entry("heart_rate.resting", new Range(20, 200)),
            entry("heart_rate.average", new Range(20, 220)),
            entry("heart_rate.max", new Range(20, 250)),
            entry("hrv.rmssd.sleep", new Range(1, 500)),
            entry("spo2.sleep", new Range(50, 100)),
            entry("skin_temperature.sleep", new Range(20, 42)),
            entry("respiratory_rate.sleep", new Range(4, 60)),
            entry("energy.total", new Range(0, 20_000)),
            entry("steps", new Range(0, 400_000)),
            entry("sleep.duration", NIGHT_MINUTES),
            entry("sleep.in_bed", new Range(1, 1440)),
            entry("sleep.need", new Range(1, 1440)),
            entry("sleep.awake", NIGHT_MINUTES),
            entry("sleep.light", NIGHT_MINUTES),
            entry("sleep.deep", NIGHT_MINUTES),
            entry("sleep.rem", NIGHT_MINUTES),
            entry("sleep.interruptions", new Range(0, 1440)),
            entry("sleep.efficiency", PERCENT),
            entry("sleep.consistency", PERCENT),
            entry("whoop_recovery", PERCENT),
            entry("whoop_sleep_performance", PERCENT),
            entry("whoop_strain", new Range(0, 21)));

    /** Of these nobody alive has 0, however little it may be. */
    private static final Set<String> NEVER_ZERO = Set.of("energy.total", "whoop_recovery", "whoop_sleep_performance");

    private static final BigDecimal TOLERANCE_MINUTES = BigDecimal.valueOf(30);

    /**
     * One day.
     *
     * @param cycles all cycles of the day, of which one stands for it
     * @param readUntil when WHOOP's records were read the last time
     */
    static ExpectedDay of(List<ExpectedCycle> cycles, List<JsonNode> workouts, Instant readUntil) {
        ExpectedCycle primary = cycles.stream().max(ExpectedCycle.WEIGHT).orElse(null);
        ExpectedDay day = new ExpectedDay(
                new LinkedHashMap<>(),
                new LinkedHashMap<>(),
                new TreeSet<>(),
                workouts,
                primary == null ? null : primary.details(),
                cycles.stream()
                        .filter(cycle -> cycle != primary)
                        .sorted(Comparator.comparing(ExpectedCycle::ended).thenComparing(ExpectedCycle::id))
                        .map(ExpectedCycle::details)
                        .toList(),
                primary == null ? null : primary.dayOffset());
        if (primary != null) {
            day.addRecovery(primary.recovery().path("score"));
            day.addCycle(primary.cycle());
            if (primary.isOfSeveralDays(readUntil)) {
                day.dropWhatCycleCounted();
            }
            day.addSleep(primary.sleep().path("score"));
            day.dropImplausible();
        }
        return day;
    }

    /** What a cycle of several days counted is of all of them; its strain stands as WHOOP's own score. */
    private void dropWhatCycleCounted() {
        for (String name : List.of("heart_rate.average", "heart_rate.max", "energy.total", "steps")) {
            if (metrics.remove(name) != null) {
                implausible.add(name);
            }
        }
    }

    private void dropImplausible() {
        BigDecimal inBed = metrics.get("sleep.in_bed");
        BigDecimal asleep = metrics.get("sleep.duration");
        drop(scores);
        drop(metrics);
        dropWith(
                "sleep.in_bed",
                inBed,
                "sleep.duration",
                "sleep.awake",
                "sleep.light",
                "sleep.deep",
                "sleep.rem",
                "sleep.interruptions",
                "sleep.efficiency");
        dropWith("sleep.duration", asleep, "sleep.light", "sleep.deep", "sleep.rem", "sleep.efficiency");
        dropIfShorter("sleep.duration", "sleep.light", "sleep.deep", "sleep.rem");
        dropIfShorter("sleep.in_bed", "sleep.awake");
        dropIfShorter("sleep.in_bed", "sleep.duration");
    }

    private void drop(Map<String, BigDecimal> values) {
        values.forEach((name, value) -> {
            if (isImplausible(name, value)) {
                implausible.add(name);
            }
        });
        values.keySet().removeAll(implausible);
    }

    private static boolean isImplausible(String name, BigDecimal value) {
        Range range = RANGES.get(name);
        if (range == null) {
            throw new IllegalStateException("there is no plausible range for " + name);
        }
        return !range.contains(value) || value.signum() == 0 && NEVER_ZERO.contains(name);
    }

    /** What is no longer than a whole that cannot be true falls with it. */
    private void dropWith(String whole, @Nullable BigDecimal value, String... parts) {
        if (value != null && implausible.contains(whole)) {
            for (String part : parts) {
                BigDecimal length = metrics.get(part);
                if (length != null && length.compareTo(value.max(BigDecimal.ZERO)) <= 0) {
                    metrics.remove(part);
                    implausible.add(part);
                }
            }
        }
    }

    private void dropIfShorter(String whole, String... parts) {
        BigDecimal sum = Stream.of(parts)
                .map(part -> metrics.getOrDefault(part, BigDecimal.ZERO))
                .reduce(BigDecimal.ZERO, BigDecimal::add);
        BigDecimal shortest = sum.subtract(TOLERANCE_MINUTES);
        BigDecimal value = metrics.get(whole);
        if (value != null && value.compareTo(shortest) < 0) {
            metrics.remove(whole);
            implausible.add(whole);
        }
    }

    static BigDecimal kcal(JsonNode kilojoule) {
        return kilojoule.decimalValue().divide(KILOJOULE_PER_KCAL, 3, RoundingMode.HALF_UP);
    }

    private void addRecovery(JsonNode score) {
        score("whoop_recovery", score.path("recovery_score"));
        metric("heart_rate.resting", score.path("resting_heart_rate"));
        metric("hrv.rmssd.sleep", score.path("hrv_rmssd_milli"));
        metric("spo2.sleep", score.path("spo2_percentage"));
        metric("skin_temperature.sleep", score.path("skin_temp_celsius"));
    }

    private void addCycle(JsonNode cycle) {
        JsonNode score = cycle.path("score");
        score("whoop_strain", score.path("strain"));
        metric("heart_rate.average", score.path("average_heart_rate"));
        metric("heart_rate.max", score.path("max_heart_rate"));
        if (score.path("kilojoule").isNumber()) {
            metrics.put("energy.total", kcal(score.path("kilojoule")));
        }
        metric("steps", cycle.path("step_count"));
    }

    private void addSleep(JsonNode score) {
        score("whoop_sleep_performance", score.path("sleep_performance_percentage"));
        metric("sleep.efficiency", score.path("sleep_efficiency_percentage"));
        metric("sleep.consistency", score.path("sleep_consistency_percentage"));
        metric("respiratory_rate.sleep", score.path("respiratory_rate"));
        JsonNode stages = score.path("stage_summary");
        if (stages.isObject()) {
            long inBed = milli(stages, "total_in_bed_time_milli");
            long awake = milli(stages, "total_awake_time_milli");
            minutes("sleep.duration", inBed - awake - milli(stages, "total_no_data_time_milli"));
            minutes("sleep.in_bed", inBed);
            minutes("sleep.awake", awake);
            minutes("sleep.light", milli(stages, "total_light_sleep_time_milli"));
            minutes("sleep.deep", milli(stages, "total_slow_wave_sleep_time_milli"));
            minutes("sleep.rem", milli(stages, "total_rem_sleep_time_milli"));
            metric("sleep.interruptions", stages.path("disturbance_count"));
        }
        JsonNode need = score.path("sleep_needed");
        if (need.isObject()) {
            minutes(
                    "sleep.need",
                    milli(need, "baseline_milli")
                            + milli(need, "need_from_sleep_debt_milli")
                            + milli(need, "need_from_recent_strain_milli")
                            + milli(need, "need_from_recent_nap_milli"));
        }
    }

    private void score(String name, JsonNode value) {
        if (value.isNumber()) {
            scores.put(name, value.decimalValue());
        }
    }

    private void metric(String name, JsonNode value) {
        if (value.isNumber()) {
            metrics.put(name, value.decimalValue());
        }
    }

    private void minutes(String name, long millis) {
        metrics.put(name, BigDecimal.valueOf(millis).divide(MILLIS_PER_MINUTE, 3, RoundingMode.HALF_UP));
    }

    private static long milli(JsonNode parent, String name) {
        return parent.path(name).asLong();
    }
}
