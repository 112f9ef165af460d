package io.holisticos.unified;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import io.holisticos.health.Metric;
import io.holisticos.health.SourceDetails;
import io.holisticos.health.SourceName;
import io.holisticos.health.TimedAnswer;
import io.holisticos.health.Workout;
import io.holisticos.unified.MergedDay.Candidate;
import io.holisticos.unified.MergedDay.MergedMetric;
import io.holisticos.unified.MergedDay.MergedWorkout;
import io.holisticos.unified.MergedDay.NamedScore;
import io.swagger.v3.oas.annotations.media.Schema;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One day as JSON. Absent values are left out; numbers are written exactly as the source gave them.
 *
 * @param generatedAt left out of what {@link AnswerWriter} writes, like the durations: whoever gives the answer adds it
 * @param processingStats null where there are none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({
    "user_id",
    "period",
    "date",
    "utc_offset",
    "generated_at",
    "merge_version",
    "data_sources",
    "enhanced_with_whoop",
    "scores",
    "metrics",
    "workouts",
    "details",
    "sources",
    "completeness",
    "revision",
    "processing_stats"
})
record DayAnswer(
        @JsonProperty("user_id") String userId,
        @JsonProperty("period") String period,
        @JsonProperty("date") LocalDate date,
        @JsonProperty("utc_offset") String utcOffset,

        @JsonProperty("generated_at") @JsonSerialize(using = GappedJson.OfTime.class)
        Instant generatedAt,

        @JsonProperty("merge_version") int mergeVersion,
        @JsonProperty("data_sources") List<String> dataSources,
        @JsonProperty("enhanced_with_whoop") boolean enhancedWithWhoop,
        @JsonProperty("scores") Map<String, ScoreBody> scores,
        @JsonProperty("metrics") Map<String, MetricBody> metrics,
        @JsonProperty("workouts") List<WorkoutBody> workouts,
        @JsonProperty("details") @JsonAnyGetter Map<String, SourceDetails> details,
        @JsonProperty("sources") List<SourceBody> sources,
        @JsonProperty("completeness") Completeness completeness,
        @JsonProperty("revision") String revision,

        @JsonProperty("processing_stats") @JsonSerialize(using = GappedJson.OfDurations.class) @Nullable
        Map<String, Long> processingStats) {

    /**
     * The single day of a report, with durations.
     *
     * @param period as the caller wrote it
     * @param whoop the source of {@code enhanced_with_whoop}
     */
    static DayAnswer overview(UnifiedReport report, String period, SourceName whoop) {
        MergedDay day = report.days().get(0);
        return of(report, day, period, whoop, day.details(), Map.of());
    }

    /** A day of a report of many, without durations: those belong to no single day. */
    static DayAnswer oneOfMany(UnifiedReport report, MergedDay day, SourceName whoop) {
        return of(report, day, day.date().toString(), whoop, day.details(), null);
    }

    /** The same without the records of the sources themselves. */
    static DayAnswer onlyMerged(UnifiedReport report, MergedDay day, SourceName whoop) {
        return of(report, day, day.date().toString(), whoop, Map.of(), null);
    }

    /** The merged metrics of a day by key, in their order. */
    static Map<String, MetricBody> metrics(MergedDay day) {
        Map<String, MetricBody> metrics = new LinkedHashMap<>();
        day.metrics().forEach(metric -> metrics.put(metric.metric().key(), MetricBody.of(metric)));
        return metrics;
    }

    /** Health values stay out of logs. */
    @Override
    public String toString() {
        return "DayAnswer[" + date + " from " + dataSources + "]";
    }

    private static DayAnswer of(
            UnifiedReport report,
            MergedDay day,
            String period,
            SourceName whoop,
            Map<SourceName, SourceDetails> ownRecords,
            @Nullable Map<String, Long> stats) {
        Map<String, ScoreBody> scores = new LinkedHashMap<>();
        day.scores().forEach(score -> scores.put(score.name(), ScoreBody.of(score)));
        Map<String, SourceDetails> details = new LinkedHashMap<>();
        ownRecords.forEach((source, own) -> details.put(source.value(), own));
        return new DayAnswer(
                report.who().value(),
                period,
                day.date(),
                textOf(day.offset() == null ? report.offset() : day.offset()),
                report.generatedAt(),
                DayMerge.VERSION,
                day.sources().stream().map(SourceName::value).toList(),
                day.sources().contains(whoop),
                scores,
                metrics(day),
                day.workouts().stream().map(WorkoutBody::of).toList(),
                details,
                report.answers().stream()
                        .map(answer -> SourceBody.of(answer, day.date()))
                        .toList(),
                day.completeness(),
                AnswerRevision.of(report, day),
                stats);
    }

    /** UTC is written as a number like any other offset, not as {@code Z}. */
    static String textOf(ZoneOffset offset) {
        return offset.equals(ZoneOffset.UTC) ? "+00:00" : offset.getId();
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonPropertyOrder({"value", "scale", "state", "source"})
    record ScoreBody(
            @JsonProperty("value") BigDecimal value,
            @JsonProperty("scale") String scale,
            @JsonProperty("state") @Nullable String state,
            @JsonProperty("source") String source) {

        static ScoreBody of(NamedScore named) {
            return new ScoreBody(
                    named.score().value(),
                    named.score().scale().text(),
                    named.score().state(),
                    named.source().value());
        }

        @Override
        public String toString() {
            return "ScoreBody[" + source + "]";
        }
    }

    /** @param others empty when no other source measured it */
    @JsonPropertyOrder({"value", "unit", "source", "verdict", "others"})
    record MetricBody(
            @JsonProperty("value") BigDecimal value,
            @JsonProperty("unit") String unit,
            @JsonProperty("source") String source,
            @JsonProperty("verdict") Verdict verdict,
            @JsonProperty("others") List<OtherBody> others) {

        static MetricBody of(MergedMetric merged) {
            return new MetricBody(
                    merged.shown().value(),
                    merged.metric().unit(),
                    merged.shown().source().value(),
                    merged.verdict(),
                    merged.others().stream()
                            .map(other -> OtherBody.of(merged.metric(), other))
                            .toList());
        }

        @Override
        public String toString() {
            return "MetricBody[" + source + "]";
        }
    }

    /**
     * A value that is not shown.
     *
     * @param metric under which its source has it, when that is another one: an echo of another period
     * @param echo true when another source measured it and this one only handed it on; absent otherwise
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonPropertyOrder({"source", "value", "metric", "echo"})
    record OtherBody(
            @JsonProperty("source") String source,
            @JsonProperty("value") BigDecimal value,
            @JsonProperty("metric") @Nullable String metric,
            @JsonProperty("echo") @Nullable Boolean echo) {

        static OtherBody of(Metric shown, Candidate candidate) {
            Metric own = candidate.measurement().metric();
            return new OtherBody(
                    candidate.source().value(),
                    candidate.value(),
                    own.equals(shown) ? null : own.key(),
                    candidate.isEcho() ? Boolean.TRUE : null);
        }

        @Override
        public String toString() {
            return "OtherBody[" + source + "]";
        }
    }

    /** @param members all the workouts that are this activity, this one first; left out when only this one is */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonPropertyOrder({
        "id",
        "source",
        "sport",
        "start",
        "end",
        "state",
        "strain",
        "energy_kcal",
        "distance_meter",
        "average_heart_rate",
        "max_heart_rate",
        "members"
    })
    record WorkoutBody(
            @JsonProperty("id") String id,
            @JsonProperty("source") String source,
            @JsonProperty("sport") String sport,
            @JsonProperty("start") OffsetDateTime start,
            @JsonProperty("end") OffsetDateTime end,
            @JsonProperty("state") @Nullable String state,
            @JsonProperty("strain") @Nullable BigDecimal strain,
            @JsonProperty("energy_kcal") @Nullable BigDecimal energyKcal,
            @JsonProperty("distance_meter") @Nullable BigDecimal distanceMeter,
            @JsonProperty("average_heart_rate") @Nullable Integer averageHeartRate,
            @JsonProperty("max_heart_rate") @Nullable Integer maxHeartRate,

            @Schema(
                    description = "All workouts by which sources saw this activity, this one first; left out when only"
                            + " one did. Only the workouts of the list itself count in a sum")
            @JsonProperty("members")
            @Nullable
            List<MemberBody> members) {

        static WorkoutBody of(MergedWorkout merged) {
            Workout workout = merged.representative();
            return new WorkoutBody(
                    workout.id(),
                    workout.source().value(),
                    workout.sport(),
                    workout.start(),
                    workout.end(),
                    workout.state(),
                    workout.strain(),
                    workout.energyKcal(),
                    workout.distanceMeter(),
                    workout.averageHeartRate(),
                    workout.maxHeartRate(),
                    merged.members().size() == 1
                            ? null
                            : merged.members().stream().map(MemberBody::of).toList());
        }

        @Override
        public String toString() {
            return "WorkoutBody[" + source + " " + id + "]";
        }
    }

    /** One of the workouts by which an activity was seen. */
    @JsonPropertyOrder({"source", "id", "sport", "start", "end"})
    record MemberBody(
            @JsonProperty("source") String source,
            @JsonProperty("id") String id,
            @JsonProperty("sport") String sport,
            @JsonProperty("start") OffsetDateTime start,
            @JsonProperty("end") OffsetDateTime end) {

        static MemberBody of(Workout workout) {
            return new MemberBody(
                    workout.source().value(), workout.id(), workout.sport(), workout.start(), workout.end());
        }
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonPropertyOrder({"name", "status", "as_of", "coverage"})
    record SourceBody(
            @JsonProperty("name") String name,
            @JsonProperty("status") String status,
            @JsonProperty("as_of") @Nullable Instant asOf,
            @JsonProperty("coverage") @Nullable String coverage) {

        static SourceBody of(TimedAnswer timed, LocalDate date) {
            SourcesAnswer.Body whole = SourcesAnswer.Body.of(timed, date);
            return new SourceBody(whole.name(), whole.status(), whole.asOf(), whole.coverage());
        }
    }
}
