package io.holisticos.sahha;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code scores}, {@code biomarkers} or {@code archetypes}. Rows that the former service left may lack nearly
 * everything.
 *
 * @param sourceCreatedAt Sahha's createdAtUtc
 */
record Row(
        String id,
        String profileId,
        @Nullable String name,
        @Nullable String category,
        @Nullable String periodicity,
        @Nullable String value,
        @Nullable String state,
        @Nullable Instant start,
        @Nullable Instant end,
        @Nullable ZoneOffset offset,
        @Nullable LocalDate day,
        @Nullable Instant sourceCreatedAt,
        @Nullable Instant fetchBegunAt,
        @Nullable Instant recordedAt,
        @Nullable JsonNode data,
        @Nullable Instant createdAt,
        @Nullable Instant updatedAt) {

    boolean isIntraday() {
        return "intraday".equals(periodicity);
    }

    /** Whether callers of the rows can read it. */
    boolean isReadable() {
        return name != null
                && start != null
                && createdAt != null
                && updatedAt != null
                && data != null
                && data.isObject();
    }

    /** Whether this speaks of one day, not of a week or month. */
    boolean isOfOneDay() {
        return periodicity == null || periodicity.equals("daily") || periodicity.equals("intraday");
    }

    /** A time of this row at its own offset; UTC where that was lost. */
    OffsetDateTime at(Instant time) {
        return time.atOffset(offset == null ? ZoneOffset.UTC : offset);
    }

    /** Health values stay out of logs. */
    @Override
    public String toString() {
        return "Row[" + id + "]";
    }
}
