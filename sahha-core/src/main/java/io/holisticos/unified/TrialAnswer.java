package io.holisticos.unified;

import static java.util.stream.Collectors.toMap;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.holisticos.health.Metric;
import io.holisticos.unified.DayAnswer.SourceBody;
import io.holisticos.unified.MergedDay.Candidate;
import io.holisticos.unified.MergedDay.MergedMetric;
import io.holisticos.unified.PreferencesFlow.Trial;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

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

    /** Only days of which a value would change; what a source could not say now is not among them. */
    static TrialAnswer of(Trial trial) {
        List<DayBody> days = new ArrayList<>();
        for (int i = 0; i < trial.before().size(); i++) {
            MergedDay before = trial.before().get(i);
            List<ChangeBody> changes = changes(before, trial.after().get(i));
            if (!changes.isEmpty()) {
                days.add(new DayBody(before.date(), changes));
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

    private static List<ChangeBody> changes(MergedDay before, MergedDay after) {
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

    @JsonPropertyOrder({"date", "changes"})
    record DayBody(
            @JsonProperty("date") LocalDate date,
            @JsonProperty("changes") List<ChangeBody> changes) {

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
