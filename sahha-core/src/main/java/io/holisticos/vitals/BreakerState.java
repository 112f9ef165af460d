package io.holisticos.vitals;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Map;

/** The state of the breaker of one command. */
@Schema(name = "Breaker")
public record BreakerState(
        @Schema(description = "The command key, such as whoop.cycle") @JsonProperty("command")
        String command,

        @Schema(description = "closed, open, half_open, forced_open or forced_closed") @JsonProperty("state")
        String state) {

    /** The breakers with these states by command key, in the map's order. */
    public static List<BreakerState> of(Map<String, String> states) {
        return states.entrySet().stream()
                .map(entry -> new BreakerState(entry.getKey(), entry.getValue()))
                .toList();
    }

    /** Whether every breaker lets all calls through. */
    public static boolean areAllClosed(Map<String, String> states) {
        return states.values().stream().noneMatch(state -> state.endsWith("open"));
    }
}
