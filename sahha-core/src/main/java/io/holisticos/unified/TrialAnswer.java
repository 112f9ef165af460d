package io.holisticos.unified;

import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toMap;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.holisticos.health.Metric;
import io.holisticos.health.Workout;
import io.holisticos.unified.Completeness.Missing;
import io.holisticos.unified.DayAnswer.SourceBody;
import io.holisticos.unified.MergedDay.Candidate;
import io.holisticos.unified.MergedDay.MergedMetric;
import io.holisticos.unified.MergedDay.MergedWorkout;
import io.holisticos.unified.PreferencesFlow.Trial;
import io.swagger.v3.oas.annotations.media.Schema;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What other preferences would change, as JSON. */
@JsonPropertyOrder({"user_id", "dry_run", "from", "to", "merge_version", "preferences", "days", "sources"})
record TrialAnswer(
        @JsonProperty("user_id") String userId,
        @JsonProperty("dry_run") boolean dryRun,
        @JsonProperty("from") LocalDate from,
        @JsonProperty("to") LocalDate to,
        @JsonProperty("merge_version") int mergeVersion,
        @JsonProperty("preferences") PreferencesAnswer preferences,
        @JsonProperty("days") List<DayBody> days,
        @JsonProperty("sources") List<SourceBody> sources) {

    /** Only days of which anything would change; what a source could not say now is not among them. */
    static TrialAnswer of(Trial trial) {
        List<DayBody> days = new ArrayList<>();
        for (int i = 0; i < trial.before().size(); i++) {
            DayBody day = DayBody.of(trial.before().get(i), trial.after().get(i));
            if (!day.isEmpty()) {
                days.add(day);
            }
        }
        return new TrialAnswer(
                trial.report().who().value(),
                true,
                trial.range().from(),
                trial.range().to(),
                DayMerge.VERSION,
                PreferencesAnswer.of(trial.wanted()),
                days,
                trial.report().answers().stream()
                        .map(answer -> SourceBody.of(answer, trial.range().to()))
                        .toList());
    }

    /** Health values stay out of logs. */
    @Override
    public String toString() {
        return "TrialAnswer[" + from + " to " + to + "]";
    }

    private static List<ChangeBody> changedMetrics(MergedDay before, MergedDay after) {
        Map<Metric, MergedMetric> then =
                after.metrics().stream().collect(toMap(MergedMetric::metric, Function.identity()));
        List<ChangeBody> changes = new ArrayList<>();
        for (MergedMetric now : before.metrics()) {
            MergedMetric other = then.get(now.metric());
            if (other != null && !other.shown().equals(now.shown())) {
                changes.add(ChangeBody.of(now, other));
            }
        }
        return changes;
    }

    /**
     * Activities whose representative would be another one. Where they lie on other days then, they go from one day and come to
     * another.
     */
    private static List<WorkoutChangeBody> changedWorkouts(MergedDay before, MergedDay after) {
        List<WorkoutBody> gone = shownWorkouts(before);
        List<WorkoutBody> come = shownWorkouts(after);
        List<WorkoutBody> same = gone.stream().filter(come::contains).toList();
        gone.removeAll(same);
        come.removeAll(same);
        List<WorkoutChangeBody> changes = new ArrayList<>();
        for (MergedWorkout then : after.workouts()) {
            WorkoutBody shown = WorkoutBody.of(then.representative());
            if (come.contains(shown)) {
                Optional<WorkoutBody> former = then.members().stream()
                        .map(WorkoutBody::of)
                        .filter(gone::remove)
                        .findFirst();
                changes.add(new WorkoutChangeBody(former.orElse(null), shown));
            }
        }
        gone.forEach(former -> changes.add(new WorkoutChangeBody(former, null)));
        return changes;
    }

    private static List<WorkoutBody> shownWorkouts(MergedDay day) {
        return day.workouts().stream()
                .map(workout -> WorkoutBody.of(workout.representative()))
                .collect(toCollection(ArrayList::new));
    }

    /** Metrics that are missing either way, for another reason. */
    private static List<ReasonChangeBody> changedReasons(MergedDay before, MergedDay after) {
        Map<String, String> then =
                after.completeness().missing().stream().collect(toMap(Missing::metric, Missing::reason));
        return before.completeness().missing().stream()
                .filter(now -> !now.reason().equals(then.getOrDefault(now.metric(), now.reason())))
                .map(now -> new ReasonChangeBody(now.metric(), now.reason(), then.getOrDefault(now.metric(), "")))
                .toList();
    }

    /**
     * What would change of a day.
     *
     * @param changes of values
     * @param workouts left out when none would change
     * @param missing left out when no reason would change
     */
    @JsonPropertyOrder({"date", "changes", "workouts", "missing"})
    record DayBody(
            @JsonProperty("date") LocalDate date,
            @JsonProperty("changes") List<ChangeBody> changes,

            @JsonInclude(JsonInclude.Include.NON_EMPTY)
            @Schema(
                    description =
                            "Activities that another source's workout would stand for; left out when there are none")
            @JsonProperty("workouts")
            List<WorkoutChangeBody> workouts,

            @JsonInclude(JsonInclude.Include.NON_EMPTY)
            @Schema(description = "Metrics that would be missing for another reason; left out when there are none")
            @JsonProperty("missing")
            List<ReasonChangeBody> missing) {

        static DayBody of(MergedDay before, MergedDay after) {
            return new DayBody(
                    before.date(),
                    changedMetrics(before, after),
                    changedWorkouts(before, after),
                    changedReasons(before, after));
        }

        @JsonIgnore
        boolean isEmpty() {
            return changes.isEmpty() && workouts.isEmpty() && missing.isEmpty();
        }

        @Override
        public String toString() {
            return "DayBody[" + date + "]";
        }
    }

    @JsonPropertyOrder({"metric", "unit", "before", "after"})
    record ChangeBody(
            @JsonProperty("metric") String metric,
            @JsonProperty("unit") String unit,
            @JsonProperty("before") ShownBody before,
            @JsonProperty("after") ShownBody after) {

        static ChangeBody of(MergedMetric before, MergedMetric after) {
            return new ChangeBody(
                    before.metric().key(),
                    before.metric().unit(),
                    ShownBody.of(before.shown()),
                    ShownBody.of(after.shown()));
        }

        @Override
        public String toString() {
            return "ChangeBody[" + metric + "]";
        }
    }

    /**
     * An activity that would be shown as another source saw it.
     *
     * @param before null when it would come from another day
     * @param after null when it would go to another day
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonPropertyOrder({"before", "after"})
    record WorkoutChangeBody(
            @JsonProperty("before") @Nullable WorkoutBody before,
            @JsonProperty("after") @Nullable WorkoutBody after) {}

    @Schema(name = "WorkoutReference")
    @JsonPropertyOrder({"source", "id"})
    record WorkoutBody(
            @JsonProperty("source") String source,
            @JsonProperty("id") String id) {

        static WorkoutBody of(Workout workout) {
            return new WorkoutBody(workout.source().value(), workout.id());
        }
    }

    @JsonPropertyOrder({"metric", "before", "after"})
    record ReasonChangeBody(
            @JsonProperty("metric") String metric,
            @JsonProperty("before") String before,
            @JsonProperty("after") String after) {}

    @JsonPropertyOrder({"source", "value"})
    record ShownBody(
            @JsonProperty("source") String source,
            @JsonProperty("value") BigDecimal value) {

        static ShownBody of(Candidate shown) {
            return new ShownBody(shown.source().value(), shown.value());
        }

        @Override
        public String toString() {
            return "ShownBody[" + source + "]";
        }
    }
}
