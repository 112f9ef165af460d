package io.holisticos.unified;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.holisticos.health.Lineage;
import io.holisticos.health.MetricDefinition.Tolerance;
import io.holisticos.health.SourceName;
import io.holisticos.unified.DayAnswer.SourceBody;
import io.holisticos.unified.Explanation.Considered;
import io.holisticos.unified.Explanation.Gate;
import io.holisticos.unified.Explanation.OtherOrder;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Why a day has this value of a metric, as JSON. Without a value, {@code missing} says why there is none. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({
    "user_id",
    "date",
    "metric",
    "unit",
    "value",
    "source",
    "verdict",
    "missing",
    "tolerance",
    "rule",
    "merge_version",
    "candidates",
    "would_have_won",
    "sources"
})
record ExplainAnswer(
        @JsonProperty("user_id") String userId,
        @JsonProperty("date") LocalDate date,
        @JsonProperty("metric") String metric,
        @JsonProperty("unit") String unit,
        @JsonProperty("value") @Nullable BigDecimal value,
        @JsonProperty("source") @Nullable String source,
        @JsonProperty("verdict") @Nullable Verdict verdict,
        @JsonProperty("missing") @Nullable String missing,
        @JsonProperty("tolerance") ToleranceBody tolerance,
        @JsonProperty("rule") @Nullable String rule,
        @JsonProperty("merge_version") int mergeVersion,
        @JsonProperty("candidates") List<CandidateBody> candidates,
        @JsonProperty("would_have_won") List<OtherOrderBody> wouldHaveWon,
        @JsonProperty("sources") List<SourceBody> sources) {

    static ExplainAnswer of(UnifiedReport report, Explanation why) {
        return new ExplainAnswer(
                report.who().value(),
                why.date(),
                why.metric().key(),
                why.metric().unit(),
                why.shown() == null ? null : why.shown().value(),
                why.shown() == null ? null : why.shown().source().value(),
                why.verdict(),
                why.missing() == null ? null : why.missing().word(),
                ToleranceBody.of(why.metric().definition().tolerance()),
                why.rule(),
                DayMerge.VERSION,
                why.considered().stream().map(one -> CandidateBody.of(why, one)).toList(),
                why.wouldHaveWon().stream().map(OtherOrderBody::of).toList(),
                report.answers().stream()
                        .map(answer -> SourceBody.of(answer, why.date()))
                        .toList());
    }

    /** Health values stay out of logs. */
    @Override
    public String toString() {
        return "ExplainAnswer[" + date + " " + metric + "]";
    }

    /** Within {@code agree} two values say the same; beyond {@code conflict} both cannot be right. */
    @JsonPropertyOrder({"agree", "conflict", "kind"})
    record ToleranceBody(
            @JsonProperty("agree") BigDecimal agree,
            @JsonProperty("conflict") BigDecimal conflict,
            @JsonProperty("kind") String kind) {

        static ToleranceBody of(Tolerance tolerance) {
            return new ToleranceBody(
                    tolerance.agree(),
                    tolerance.conflict(),
                    tolerance.kind().name().toLowerCase(Locale.ROOT));
        }
    }

    /**
     * A value that a source has, shown or not.
     *
     * @param metric under which its source has it, when that is another one: an echo of another period
     * @param value null while the source has not worked it out
     * @param start when the measuring began, at the record's own offset where that is known
     * @param record the source's own id of the record
     * @param recordedAt when we knew this version of the record
     * @param echoOf the source that measured it
     * @param lostBecause null for the value that is shown
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonPropertyOrder({
        "source",
        "metric",
        "value",
        "start",
        "end",
        "utc_offset",
        "record",
        "recorded_at",
        "echo",
        "echo_of",
        "gates",
        "lost_because"
    })
    record CandidateBody(
            @JsonProperty("source") String source,
            @JsonProperty("metric") @Nullable String metric,
            @JsonProperty("value") @Nullable BigDecimal value,
            @JsonProperty("start") @Nullable OffsetDateTime start,
            @JsonProperty("end") @Nullable OffsetDateTime end,
            @JsonProperty("utc_offset") @Nullable String utcOffset,
            @JsonProperty("record") @Nullable String record,
            @JsonProperty("recorded_at") @Nullable Instant recordedAt,
            @JsonProperty("echo") boolean echo,
            @JsonProperty("echo_of") @Nullable String echoOf,
            @JsonProperty("gates") List<GateBody> gates,
            @JsonProperty("lost_because") @Nullable String lostBecause) {

        static CandidateBody of(Explanation why, Considered one) {
            Lineage lineage = one.lineage();
            SourceName origin = one.echoOf();
            return new CandidateBody(
                    one.source().value(),
                    one.metric().equals(why.metric()) ? null : one.metric().key(),
                    one.value(),
                    at(lineage.start(), lineage.offset()),
                    at(lineage.end(), lineage.offset()),
                    lineage.offset() == null ? null : DayAnswer.textOf(lineage.offset()),
                    lineage.record(),
                    lineage.recordedAt(),
                    origin != null,
                    origin == null ? null : origin.value(),
                    one.gates().stream().map(GateBody::of).toList(),
                    one.lostBecause());
        }

        private static @Nullable OffsetDateTime at(@Nullable Instant moment, @Nullable ZoneOffset offset) {
            return moment == null ? null : moment.atOffset(offset == null ? ZoneOffset.UTC : offset);
        }

        @Override
        public String toString() {
            return "CandidateBody[" + source + "]";
        }
    }

    /** @param gate {@code scored}, {@code complete}, {@code plausible} or {@code not_echo} */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonPropertyOrder({"gate", "passed", "why"})
    record GateBody(
            @JsonProperty("gate") String gate,
            @JsonProperty("passed") boolean passed,
            @JsonProperty("why") @Nullable String why) {

        static GateBody of(Gate gate) {
            return new GateBody(gate.gate(), gate.passed(), gate.why());
        }
    }

    /** The value that this order of sources would have shown. */
    @JsonPropertyOrder({"order", "source", "value"})
    record OtherOrderBody(
            @JsonProperty("order") List<String> order,
            @JsonProperty("source") String source,
            @JsonProperty("value") BigDecimal value) {

        static OtherOrderBody of(OtherOrder other) {
            return new OtherOrderBody(
                    other.order().stream().map(SourceName::value).toList(),
                    other.source().value(),
                    other.value());
        }

        @Override
        public String toString() {
            return "OtherOrderBody" + order;
        }
    }
}
