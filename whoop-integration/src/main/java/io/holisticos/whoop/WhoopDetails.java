package io.holisticos.whoop;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.holisticos.health.SourceDetails;
import io.holisticos.whoop.api.Cycle;
import io.holisticos.whoop.api.Recovery;
import io.holisticos.whoop.api.Sleep;
import io.holisticos.whoop.data.CycleRecords;
import io.holisticos.whoop.data.WhoopDay;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A day's records in WHOOP's own words. Their states tell which are pending or cannot be scored.
 *
 * @param otherSleeps sleeps of the cycle beside the main one that WHOOP does not call naps; left out when there are none
 * @param otherCycles further cycles of the day, never added to the first; left out when there are none
 */
@JsonPropertyOrder({"cycle", "recovery", "sleep", "naps", "other_sleeps", "other_cycles"})
public record WhoopDetails(
        @JsonProperty("cycle") @Nullable Cycle cycle,
        @JsonProperty("recovery") @Nullable Recovery recovery,
        @JsonProperty("sleep") @Nullable Sleep sleep,
        @JsonProperty("naps") List<Sleep> naps,

        @JsonProperty("other_sleeps") @JsonInclude(JsonInclude.Include.NON_EMPTY)
        List<Sleep> otherSleeps,

        @JsonProperty("other_cycles") @JsonInclude(JsonInclude.Include.NON_EMPTY)
        List<WhoopDetails> otherCycles)
        implements SourceDetails {

    /** Null when no cycle lies on the day. */
    static @Nullable WhoopDetails of(WhoopDay day) {
        CycleRecords primary = day.primary();
        return primary == null
                ? null
                : of(
                        primary,
                        day.others().stream().map(other -> of(other, List.of())).toList());
    }

    private static WhoopDetails of(CycleRecords records, List<WhoopDetails> others) {
        return new WhoopDetails(
                records.cycle(), records.recovery(), records.sleep(), records.naps(), records.otherSleeps(), others);
    }

    /** Health values stay out of logs. */
    @Override
    public String toString() {
        return "WhoopDetails[" + cycle + "]";
    }
}
