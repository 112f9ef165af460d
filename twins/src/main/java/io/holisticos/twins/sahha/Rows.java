package io.holisticos.twins.sahha;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rows that Sahha returns, before they are written with the quirks in force. */
final class Rows {
    private Rows() {}

    /**
     * A score of one day.
     *
     * @param revision counts the computations of this score; each has an id, a value and a creation time of its own
     */
    record Score(
            String type,
            LocalDate date,
            ZoneOffset offset,
            double score,
            String state,
            List<Factor> factors,
            List<String> dataSources,
            int revision,
            Instant createdAt) {
        Score {
            factors = List.copyOf(factors);
            dataSources = List.copyOf(dataSources);
        }
    }

    /** One influence on a score; {@code score} is 0 to 1. */
    record Factor(String name, double value, double goal, double score, String state, String unit) {}

    /** A biomarker in its window, whose bounds are local. The end is the last second of the window. */
    record Biomarker(
            String category,
            String type,
            String periodicity,
            String aggregation,
            Value value,
            String unit,
            LocalDate day,
            LocalDateTime start,
            LocalDateTime end,
            ZoneOffset offset,
            int revision,
            Instant createdAt) {}

    /** A biomarker's value. */
    sealed interface Value {
        /** A count or a whole number of minutes; {@code valueType} is integer or long. */
        record Whole(int number, String valueType) implements Value {}

        /** A number with at least and at most so many decimals. */
        record Decimal(double number, int fewest, int most) implements Value {
            static Decimal upTo(int most, double number) {
                return new Decimal(number, 0, most);
            }
        }

        /** A moment with its offset, mostly to the minute. */
        record Moment(OffsetDateTime time) implements Value {}
    }

    /** A description of a week or a month. */
    record Archetype(
            String name,
            String value,
            String dataType,
            int ordinality,
            String periodicity,
            LocalDate first,
            LocalDate last,
            ZoneOffset offset,
            Instant createdAt) {}

    /** Up to four weeks of one score or factor. */
    record Trend(
            String category,
            String name,
            String state,
            @Nullable Boolean isHigherBetter,
            List<TrendWeek> weeks,
            ZoneOffset offset,
            Instant createdAt) {
        Trend {
            weeks = List.copyOf(weeks);
        }
    }

    /** The mean of one complete week, Monday to Sunday. */
    record TrendWeek(
            LocalDate first,
            LocalDate last,
            double value,
            @Nullable Double percentChange) {}

    /** One metric of one day, compared with reference values. */
    record Comparison(
            String category,
            String name,
            double value,
            String unit,
            boolean isHigherBetter,
            LocalDate date,
            ZoneOffset offset,
            List<ReferenceValue> references,
            Instant createdAt) {
        Comparison {
            references = List.copyOf(references);
        }
    }

    /** A reference value of a comparison; {@code percentile} is null for the member's own baseline. */
    record ReferenceValue(
            String type, double value, @Nullable Integer percentile, String state) {}
}
