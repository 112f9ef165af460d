package io.holisticos.whoop.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A night or a nap.
 *
 * @param v1Id the id of the old API; null on records born in v2
 * @param nap naps carry the cycle id of the running cycle and bring no recovery
 * @param score null unless scored
 */
public record Sleep(
        @JsonProperty("id") UUID id,
        @JsonProperty("cycle_id") long cycleId,
        @JsonProperty("v1_id") @Nullable Long v1Id,
        @JsonProperty("user_id") long userId,
        @JsonProperty("created_at") Instant createdAt,
        @JsonProperty("updated_at") Instant updatedAt,
        @JsonProperty("start") Instant start,
        @JsonProperty("end") Instant end,
        @JsonProperty("timezone_offset") ZoneOffset timezoneOffset,
        @JsonProperty("nap") boolean nap,
        @JsonProperty("score_state") ScoreState scoreState,
        @JsonProperty("score") @Nullable SleepScore score) {

    public Sleep {
        Rules.required(id, "id");
        Rules.required(createdAt, "created_at");
        Rules.required(updatedAt, "updated_at");
        Rules.required(start, "start");
        Rules.required(end, "end");
        Rules.required(timezoneOffset, "timezone_offset");
        Rules.required(scoreState, "score_state");
        Rules.inOrder(start, end);
    }

    /** Health values stay out of logs. */
    @Override
    public String toString() {
        return "Sleep[" + id + " " + scoreState + "]";
    }
}
