package io.holisticos.unified;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.holisticos.health.Change;
import io.holisticos.health.Metric;
import io.holisticos.health.SourceName;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What changed of a person, as JSON.
 *
 * @param next the {@code since} of the next request
 * @param more whether there are further changes already
 */
@JsonPropertyOrder({"changes", "next", "more", "sources"})
record ChangesBody(
        @JsonProperty("changes") List<Entry> changes,
        @JsonProperty("next") String next,
        @JsonProperty("more") boolean more,
        @JsonProperty("sources") List<SourceBody> sources) {

    /**
     * One change.
     *
     * @param days oldest first; empty: every day, which {@code every_day} says, too
     * @param source whose data changed; null when it is no source's
     */
    @Schema(name = "Change")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonPropertyOrder({"days", "every_day", "metrics", "reason", "source"})
    record Entry(
            @JsonProperty("days") List<LocalDate> days,
            @JsonProperty("metrics") List<String> metrics,
            @JsonProperty("reason") String reason,
            @JsonProperty("source") @Nullable String source) {

        @Schema(description = "true when any day can be another one now, and days is empty; else left out")
        @JsonProperty("every_day")
        @Nullable
        Boolean everyDay() {
            return days.isEmpty() ? Boolean.TRUE : null;
        }

        static Entry of(Change change, @Nullable SourceName source) {
            return new Entry(
                    List.copyOf(change.days()),
                    change.metrics().stream().map(Metric::key).toList(),
                    change.reason(),
                    source == null ? null : source.value());
        }

        static Entry ofEveryDay(String reason, @Nullable SourceName source) {
            return new Entry(List.of(), List.of(), reason, source == null ? null : source.value());
        }
    }

    /**
     * How a source stands.
     *
     * @param status {@code ok}; {@code disabled}; {@code unavailable}: its changes come with a later answer; {@code not_counted}: it
     *     keeps no changes, and whoever keeps its days has to read them anew
     */
    @Schema(name = "ChangesSource")
    @JsonPropertyOrder({"name", "status"})
    record SourceBody(
            @JsonProperty("name") String name,
            @JsonProperty("status") String status) {}
}
