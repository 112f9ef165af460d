package io.holisticos.whoop.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * From falling asleep to falling asleep again: not a calendar day. The newest one is open and its score keeps growing.
 *
 * @param id WHOOP's cycle id
 * @param end null while the cycle runs
 * @param score null unless scored
 * @param stepCount null without step data, and on records before 2026-09-23
 */
public record Cycle(
        @JsonProperty("id") long id,
        @JsonProperty("user_id") long userId,
        @JsonProperty("created_at") Instant createdAt,
        @JsonProperty("updated_at") Instant updatedAt,
        @JsonProperty("start") Instant start,
        @JsonProperty("end") @Nullable Instant end,
        @JsonProperty("timezone_offset") ZoneOffset timezoneOffset,
        @JsonProperty("score_state") ScoreState scoreState,
        @JsonProperty("score") @Nullable CycleScore score,
        @JsonProperty("step_count") @Nullable Integer stepCount) {

    public Cycle {
        Rules.required(createdAt, "created_at");
        Rules.required(updatedAt, "updated_at");
        Rules.required(start, "start");
        Rules.required(timezoneOffset, "timezone_offset");
        Rules.required(scoreState, "score_state");
        Rules.inOrder(start, end);
    }

    /** Health values stay out of logs. */
    @Override
    public String toString() {
        return "Cycle[" + id + " " + scoreState + "]";
    }
}
