package io.holisticos.unified;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import io.holisticos.health.SourceAnswer;
import io.holisticos.health.SourceAnswer.DataStatus;
import io.holisticos.health.SourceAnswer.Measured;
import io.holisticos.health.TimedAnswer;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The status of each source for a person, as JSON.
 *
 * @param checkedAt left out of what {@link AnswerWriter} writes: whoever gives the answer adds it
 */
@JsonPropertyOrder({"user_id", "checked_at", "sources"})
record SourcesAnswer(
        @JsonProperty("user_id") String userId,

        @JsonProperty("checked_at") @JsonSerialize(using = GappedJson.OfTime.class)
        Instant checkedAt,

        @JsonProperty("sources") List<Body> sources) {

    /** @param report of today */
    static SourcesAnswer of(UnifiedReport report) {
        LocalDate today = report.days().get(0).date();
        return new SourcesAnswer(
                report.who().value(),
                report.generatedAt(),
                report.answers().stream().map(answer -> Body.of(answer, today)).toList());
    }

    /**
     * One source.
     *
     * @param available whether it delivers data, possibly with a delay: status {@code ok} or {@code stale}
     */
    @Schema(name = "SourceStatus")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonPropertyOrder({"name", "available", "status", "since", "as_of", "coverage"})
    record Body(
            @JsonProperty("name") String name,
            @JsonProperty("available") boolean available,
            @JsonProperty("status") String status,
            @JsonProperty("since") @Nullable Instant since,
            @JsonProperty("as_of") @Nullable Instant asOf,
            @JsonProperty("coverage") @Nullable String coverage) {

        /** @param date the day that {@code status} and {@code coverage} describe */
        static Body of(TimedAnswer timed, LocalDate date) {
            SourceAnswer answer = timed.answer();
            String name = answer.from().value();
            if (answer instanceof Measured measured) {
                return new Body(
                        name,
                        measured.dataStatus() != DataStatus.REAUTHORIZATION_REQUIRED,
                        measured.statusOn(date).word(),
                        measured.since(),
                        measured.asOf(),
                        measured.coverageOn(date));
            }
            return new Body(name, false, answer.status(), null, null, null);
        }
    }
}
