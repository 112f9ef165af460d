package io.holisticos.whoop.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A training session, or a recovery activity such as a sauna. It names no cycle.
 *
 * @param v1Id the id of the old API; null on records born in v2
 * @param sportName WHOOP's slug, an open vocabulary: {@code running}, {@code weightlifting_msk}
 * @param score null unless scored
 * @param sportId deprecated by WHOOP, still sent in 2026
 */
public record Workout(
        @JsonProperty("id") UUID id,
        @JsonProperty("v1_id") @Nullable Long v1Id,
        @JsonProperty("user_id") long userId,
        @JsonProperty("created_at") Instant createdAt,
        @JsonProperty("updated_at") Instant updatedAt,
        @JsonProperty("start") Instant start,
        @JsonProperty("end") Instant end,
        @JsonProperty("timezone_offset") ZoneOffset timezoneOffset,
        @JsonProperty("sport_name") String sportName,
        @JsonProperty("score_state") ScoreState scoreState,
        @JsonProperty("score") @Nullable WorkoutScore score,
        @JsonProperty("sport_id") @Nullable Integer sportId) {

    /** Nothing in WHOOP's table of sports comes near. */
    private static final int MAX_SPORT_NAME = 200;

    public Workout {
        Rules.required(id, "id");
        Rules.required(createdAt, "created_at");
        Rules.required(updatedAt, "updated_at");
        Rules.required(start, "start");
        Rules.required(end, "end");
        Rules.required(timezoneOffset, "timezone_offset");
        Rules.required(sportName, "sport_name");
        Rules.required(scoreState, "score_state");
        Rules.inOrder(start, end);
        if (sportName.isBlank() || sportName.length() > MAX_SPORT_NAME) {
            throw new IllegalArgumentException("sport_name must have 1 to " + MAX_SPORT_NAME + " characters");
        }
    }

    /** Health values stay out of logs. */
    @Override
    public String toString() {
        return "Workout[" + id + " " + scoreState + "]";
    }
}
