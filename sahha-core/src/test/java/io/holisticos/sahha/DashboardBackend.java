package io.holisticos.sahha;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads our answers as the dashboard's backend does ({@code hos_fapi_client.py} and {@code HealthDataService} of
 * health-agent-main, pydantic 2.11): what its models refuse is an {@link IllegalArgumentException} here.
 */
final class DashboardBackend {

    /** What it shows where there is nothing. */
    static final String NOTHING = "--";

    private static final List<String> SCORES = List.of("overall", "readiness", "sleep", "activity", "mental_wellbeing");

    private DashboardBackend() {}

    /** {@code GET /dashboard_api/health_scores}: fractions times 100, truncated. */
    static Map<String, String> healthScores(JsonNode overview) {
        Map<String, String> shown = new LinkedHashMap<>();
        shown.put("sleep", percent(overview.path("sleep_last_night").path("score")));
        shown.put("readiness", percent(overview.path("readiness_score")));
        shown.put("wellbeing", percent(overview.path("mental_wellbeing")));
        return shown;
    }

    /** Activity: what stands under today, else the biomarkers. */
    static Map<String, String> activity(JsonNode activity) {
        JsonNode today = activity.path("today");
        return Map.of(
                "steps", first(number(today.path("steps")), biomarker(activity, "steps")),
                "calories_burned",
                        first(number(today.path("calories_burned")), biomarker(activity, "active_energy_burned")));
    }

    /** Sleep: debt against eight hours, efficiency in percent. */
    static Map<String, String> sleep(JsonNode sleep) {
        JsonNode night = sleep.path("last_night");
        Optional<BigDecimal> hours = number(night.path("duration_hours"))
                .or(() -> biomarker(sleep, "sleep_duration")
                        .map(minutes -> minutes.divide(new BigDecimal(60), 2, java.math.RoundingMode.HALF_UP)));
        return Map.of(
                "sleep_efficiency", first(number(night.path("efficiency")), Optional.empty()),
                "sleep_debt_hours",
                        hours.map(slept -> new BigDecimal(8)
                                        .subtract(slept)
                                        .max(BigDecimal.ZERO)
                                        .toPlainString())
                                .orElse(NOTHING));
    }

    /** Recovery: the resting heart rate. */
    static String restingHeartRate(JsonNode recovery) {
        return first(biomarker(recovery, "heart_rate_resting"), Optional.empty());
    }

    /** The model of {@code /health-metrics/scores}: optional integers from 0 to 100; a fraction is a validation error. */
    static Map<String, @Nullable Integer> scores(JsonNode scores) {
        Map<String, @Nullable Integer> model = new LinkedHashMap<>();
        for (String key : SCORES) {
            JsonNode value = scores.path(key);
            if (value.isMissingNode() || value.isNull()) {
                model.put(key, null);
            } else if (value.isIntegralNumber() && value.intValue() >= 0 && value.intValue() <= 100) {
                model.put(key, value.intValue());
            } else {
                throw new IllegalArgumentException("validation error for HealthScores." + key + ": " + value);
            }
        }
        return model;
    }

    private static String percent(JsonNode score) {
        if (score.isMissingNode() || score.isNull()) {
            return NOTHING;
        }
        if (!score.isObject()) { // score.get("value") of a number ends the caller's request
            throw new IllegalArgumentException("'" + score.getNodeType() + "' object has no attribute 'get'");
        }
        return number(score.path("value"))
                .map(value -> String.valueOf(value.movePointRight(2).intValue()))
                .orElse(NOTHING);
    }

    private static Optional<BigDecimal> biomarker(JsonNode answer, String type) {
        JsonNode rows = answer.path("biomarkers");
        if (!rows.isArray()) {
            throw new IllegalArgumentException("'NoneType' object is not iterable");
        }
        for (JsonNode row : rows) {
            if (row.path("type").asText().equals(type)) {
                return number(row.path("data").path("value"));
            }
        }
        return Optional.empty();
    }

    private static Optional<BigDecimal> number(JsonNode value) {
        return value.isNumber() || value.isTextual()
                ? Optional.of(new BigDecimal(value.asText().strip()))
                : Optional.empty();
    }

    private static String first(Optional<BigDecimal> one, Optional<BigDecimal> other) {
        return one.or(() -> other).map(BigDecimal::toPlainString).orElse(NOTHING);
    }
}
