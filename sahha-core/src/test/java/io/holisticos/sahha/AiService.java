package io.holisticos.sahha;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Reads our rows as the two clients of the AI service do ({@code services/health_data_client.py} and {@code
 * HealthDataAPIClient} of hos-agentic-ai-prod): rows that lack a key are dropped, what breaks a model is an {@link
 * IllegalArgumentException}.
 */
final class AiService {

    private static final Map<String, List<String>> NEEDED = Map.of(
            "scores", List.of("id", "profile_id", "type", "score"),
            "biomarkers", List.of("id", "profile_id", "category", "type"),
            "archetypes", List.of("id", "profile_id", "name"));

    private static final Map<String, List<String>> TIMES = Map.of(
            "scores", List.of("score_date_time", "created_at", "updated_at"),
            "biomarkers", List.of("start_date_time", "created_at", "updated_at"),
            "archetypes", List.of("start_date_time", "created_at", "updated_at"));

    private static final Map<String, List<String>> TEXTS = Map.of(
            "scores", List.of("type"),
            "biomarkers", List.of("category", "type"),
            "archetypes", List.of("name", "periodicity", "value"));

    /** {@code datetime.fromisoformat} before Python 3.11: three or six digits of fraction, an offset, no Z. */
    private static final Pattern FROM_ISO_FORMAT = Pattern.compile(
            "\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d(:\\d\\d(\\.\\d{3}(\\d{3})?)?)?([+-]\\d\\d:\\d\\d(:\\d\\d)?)?");

    private AiService() {}

    /** The client with models: the rows it keeps. */
    static List<JsonNode> modelled(String kind, JsonNode answer) {
        List<JsonNode> kept = new ArrayList<>();
        for (JsonNode row : list(answer, true)) {
            if (NEEDED.get(kind).stream().allMatch(row::hasNonNull)) {
                validate(kind, row);
                kept.add(row);
            }
        }
        return kept;
    }

    /** The simple client: takes a plain object without a list for nothing. */
    static List<JsonNode> raw(JsonNode answer) {
        return list(answer, false);
    }

    /** What its agents see of a score, in eight places. */
    static String state(JsonNode score) {
        return score.path("data").path("state").asText("unknown");
    }

    private static List<JsonNode> list(JsonNode answer, boolean objectIsARow) {
        List<JsonNode> rows = new ArrayList<>();
        if (answer.isArray()) {
            answer.forEach(rows::add);
            return rows;
        }
        for (String key : List.of("data", "items", "results")) {
            if (answer.path(key).isArray()) {
                answer.path(key).forEach(rows::add);
                return rows;
            }
        }
        if (objectIsARow && answer.isObject()) {
            rows.add(answer);
        }
        return rows;
    }

    private static void validate(String kind, JsonNode row) {
        for (String time : TIMES.get(kind)) {
            String text = row.path(time).asText("");
            if (!FROM_ISO_FORMAT.matcher(text.replace("Z", "+00:00")).matches()) {
                throw new IllegalArgumentException("Invalid isoformat string: '" + text + "' of " + time);
            }
        }
        for (String text : TEXTS.get(kind)) {
            if (!row.path(text).isTextual()) {
                throw new IllegalArgumentException("Input should be a valid string: " + text);
            }
        }
        if (!row.path("data").isObject()) {
            throw new IllegalArgumentException("Input should be a valid dictionary: data");
        }
        if (kind.equals("scores")
                && (!row.path("score").isNumber() || row.path("score").doubleValue() > 100)) {
            throw new IllegalArgumentException("Input should be a valid number: score");
        }
    }
}
