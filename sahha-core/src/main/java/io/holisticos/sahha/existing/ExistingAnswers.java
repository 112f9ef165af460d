package io.holisticos.sahha.existing;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.sahha.api.SahhaKind;
import io.holisticos.sahha.data.DayRows;
import io.holisticos.sahha.data.MetricTable;
import io.holisticos.sahha.data.SahhaRow;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The bodies that existing callers know: every key in this order, null where there is no value. {@code
 * docs/existing-paths.md} says what of this is recorded and what is assumed.
 */
final class ExistingAnswers {

    /** Python before 3.11 reads only fractions of three or six digits, and the former service sent six. */
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'+00:00'");

    private static final DateTimeFormatter TIME_WITH_FRACTION =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'+00:00'");

    private ExistingAnswers() {}

    /** A score as an object with {@code value}, never as a bare number. */
    record Value(@JsonProperty("value") BigDecimal value) {

        static @Nullable Value of(Optional<BigDecimal> score) {
            return score.map(Value::new).orElse(null);
        }
    }

    @JsonPropertyOrder({"sleep_last_night", "readiness_score", "mental_wellbeing", "activity_score", "whoop", "combined"
    })
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record Overview(
            @JsonProperty("sleep_last_night") @Nullable Scored sleepLastNight,
            @JsonProperty("readiness_score") @Nullable Value readinessScore,
            @JsonProperty("mental_wellbeing") @Nullable Value mentalWellbeing,
            @JsonProperty("activity_score") @Nullable Value activityScore,

            @JsonProperty("whoop") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            JsonNode whoop,

            @JsonProperty("combined") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Map<String, Object> combined) {

        static Overview of(DayRows day) {
            Value sleep = Value.of(day.score("sleep"));
            return new Overview(
                    sleep == null ? null : new Scored(sleep),
                    Value.of(day.score("readiness")),
                    Value.of(day.score("mental_wellbeing")),
                    Value.of(day.score("activity")),
                    null,
                    null);
        }

        Overview with(WhoopPart.Beside beside) {
            return new Overview(
                    sleepLastNight, readinessScore, mentalWellbeing, activityScore, beside.whoop(), beside.combined());
        }
    }

    record Scored(@JsonProperty("score") Value score) {}

    @JsonPropertyOrder({"today", "biomarkers"})
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record Activity(
            @JsonProperty("today") @Nullable Movement today,
            @JsonProperty("biomarkers") List<BiomarkerRow> biomarkers) {

        static Activity of(DayRows day) {
            BigDecimal steps = day.number("steps").map(MetricTable::plain).orElse(null);
            BigDecimal calories =
                    day.number("active_energy_burned").map(MetricTable::plain).orElse(null);
            return new Activity(
                    steps == null && calories == null ? null : new Movement(steps, calories),
                    BiomarkerRow.of(day, "activity"));
        }
    }

    @JsonPropertyOrder({"steps", "calories_burned"})
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record Movement(
            @JsonProperty("steps") @Nullable BigDecimal steps,
            @JsonProperty("calories_burned") @Nullable BigDecimal caloriesBurned) {}

    @JsonPropertyOrder({"last_night", "biomarkers"})
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record Sleep(
            @JsonProperty("last_night") @Nullable Night lastNight,
            @JsonProperty("biomarkers") List<BiomarkerRow> biomarkers) {

        static Sleep of(DayRows day) {
            return new Sleep(Night.of(day), BiomarkerRow.of(day, "sleep"));
        }
    }

    /**
     * @param efficiency in percent, while Sahha's is 0 to 1
     * @param durationHours with one decimal, while Sahha's is in minutes
     */
    @JsonPropertyOrder({"efficiency", "duration_hours", "score"})
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record Night(
            @JsonProperty("efficiency") @Nullable BigDecimal efficiency,
            @JsonProperty("duration_hours") @Nullable BigDecimal durationHours,
            @JsonProperty("score") @Nullable Value score) {

        private static final BigDecimal MINUTES_OF_AN_HOUR = BigDecimal.valueOf(60);

        static @Nullable Night of(DayRows day) {
            BigDecimal efficiency =
                    day.number("sleep_efficiency").map(MetricTable::percent).orElse(null);
            BigDecimal hours = day.number("sleep_duration")
                    .map(minutes -> minutes.divide(MINUTES_OF_AN_HOUR, 1, RoundingMode.HALF_UP))
                    .orElse(null);
            Value score = Value.of(day.score("sleep"));
            return efficiency == null && hours == null && score == null ? null : new Night(efficiency, hours, score);
        }
    }

    record Biomarkers(@JsonProperty("biomarkers") List<BiomarkerRow> biomarkers) {}

    /** Whole numbers from 0 to 100, while Sahha's scores are 0 to 1. A missing score has no key. */
    @JsonPropertyOrder({"overall", "readiness", "sleep", "activity", "mental_wellbeing"})
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Scores(
            @JsonProperty("overall") @Nullable Integer overall,
            @JsonProperty("readiness") @Nullable Integer readiness,
            @JsonProperty("sleep") @Nullable Integer sleep,
            @JsonProperty("activity") @Nullable Integer activity,
            @JsonProperty("mental_wellbeing") @Nullable Integer mentalWellbeing) {

        static Scores of(DayRows day) {
            return new Scores(
                    percent(day, "wellbeing"),
                    percent(day, "readiness"),
                    percent(day, "sleep"),
                    percent(day, "activity"),
                    percent(day, "mental_wellbeing"));
        }

        private static @Nullable Integer percent(DayRows day, String type) {
            return day.score(type)
                    .map(score -> score.movePointRight(2)
                            .setScale(0, RoundingMode.HALF_UP)
                            .intValueExact())
                    .orElse(null);
        }
    }

    @JsonPropertyOrder({
        "id",
        "profile_id",
        "type",
        "score",
        "state",
        "data",
        "score_date_time",
        "created_at",
        "updated_at"
    })
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record ScoreRow(
            @JsonProperty("id") String id,
            @JsonProperty("profile_id") String profileId,
            @JsonProperty("type") @Nullable String type,
            @JsonProperty("score") BigDecimal score,
            @JsonProperty("state") @Nullable String state,
            @JsonProperty("data") @Nullable JsonNode data,
            @JsonProperty("score_date_time") @Nullable String scoreDateTime,
            @JsonProperty("created_at") @Nullable String createdAt,
            @JsonProperty("updated_at") @Nullable String updatedAt) {

        static ScoreRow of(SahhaRow row) {
            return new ScoreRow(
                    row.id(),
                    row.profileId(),
                    row.name(),
                    new BigDecimal(Objects.requireNonNull(row.value())),
                    row.state(),
                    RowData.of(SahhaKind.SCORES, row),
                    utc(row.start()),
                    utc(row.createdAt()),
                    utc(row.updatedAt()));
        }
    }

    @JsonPropertyOrder({
        "id",
        "profile_id",
        "category",
        "type",
        "data",
        "start_date_time",
        "end_date_time",
        "created_at",
        "updated_at"
    })
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record BiomarkerRow(
            @JsonProperty("id") String id,
            @JsonProperty("profile_id") String profileId,
            @JsonProperty("category") @Nullable String category,
            @JsonProperty("type") @Nullable String type,
            @JsonProperty("data") @Nullable JsonNode data,
            @JsonProperty("start_date_time") @Nullable String startDateTime,
            @JsonProperty("end_date_time") @Nullable String endDateTime,
            @JsonProperty("created_at") @Nullable String createdAt,
            @JsonProperty("updated_at") @Nullable String updatedAt) {

        static BiomarkerRow of(SahhaRow row) {
            return new BiomarkerRow(
                    row.id(),
                    row.profileId(),
                    row.category(),
                    row.name(),
                    RowData.of(SahhaKind.BIOMARKERS, row),
                    utc(row.start()),
                    utc(row.end()),
                    utc(row.createdAt()),
                    utc(row.updatedAt()));
        }

        static List<BiomarkerRow> of(DayRows day, String category) {
            return day.biomarkers().stream()
                    .filter(row -> category.equals(row.category()))
                    .map(BiomarkerRow::of)
                    .toList();
        }
    }

    @JsonPropertyOrder({
        "id",
        "profile_id",
        "name",
        "periodicity",
        "value",
        "data",
        "start_date_time",
        "end_date_time",
        "created_at",
        "updated_at"
    })
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record ArchetypeRow(
            @JsonProperty("id") String id,
            @JsonProperty("profile_id") String profileId,
            @JsonProperty("name") @Nullable String name,
            @JsonProperty("periodicity") @Nullable String periodicity,
            @JsonProperty("value") @Nullable String value,
            @JsonProperty("data") @Nullable JsonNode data,
            @JsonProperty("start_date_time") @Nullable String startDateTime,
            @JsonProperty("end_date_time") @Nullable String endDateTime,
            @JsonProperty("created_at") @Nullable String createdAt,
            @JsonProperty("updated_at") @Nullable String updatedAt) {

        static ArchetypeRow of(SahhaRow row) {
            return new ArchetypeRow(
                    row.id(),
                    row.profileId(),
                    row.name(),
                    row.periodicity(),
                    row.value(),
                    RowData.of(SahhaKind.ARCHETYPES, row),
                    utc(row.start()),
                    utc(row.end()),
                    utc(row.createdAt()),
                    utc(row.updatedAt()));
        }
    }

    private static @Nullable String utc(@Nullable Instant time) {
        return time == null
                ? null
                : (time.getNano() == 0 ? TIME : TIME_WITH_FRACTION).format(time.atOffset(ZoneOffset.UTC));
    }
}
