package io.holisticos.whoop.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How recovered a member woke up. It has no id and no times of its own: one belongs to one cycle and its main sleep.
 *
 * @param score null unless scored
 */
public record Recovery(
        @JsonProperty("cycle_id") long cycleId,
        @JsonProperty("sleep_id") UUID sleepId,
        @JsonProperty("user_id") long userId,
        @JsonProperty("created_at") Instant createdAt,
        @JsonProperty("updated_at") Instant updatedAt,
        @JsonProperty("score_state") ScoreState scoreState,
        @JsonProperty("score") @Nullable RecoveryScore score) {

    public Recovery {
        Rules.required(sleepId, "sleep_id");
        Rules.required(createdAt, "created_at");
        Rules.required(updatedAt, "updated_at");
        Rules.required(scoreState, "score_state");
    }

    /** Health values stay out of logs. */
    @Override
    public String toString() {
        return "Recovery[" + cycleId + " " + scoreState + "]";
    }
}
