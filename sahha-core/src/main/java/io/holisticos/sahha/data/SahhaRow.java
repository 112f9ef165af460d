package io.holisticos.sahha.data;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.health.Lineage;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code scores}, {@code biomarkers} or {@code archetypes}. A row that the former service wrote may lack nearly
 * every column.
 *
 * @param name the type of a score or biomarker, or the name of an archetype
 * @param offset the UTC offset of the record's own times; null where it was lost
 * @param day the member's day that the row belongs to
 * @param sourceCreatedAt Sahha's createdAtUtc
 * @param fetchBegunAt when the fetch that brought this version began
 * @param recordedAt when we knew this version
 */
public record SahhaRow(
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

    public boolean isIntraday() {
        return "intraday".equals(periodicity);
    }

    /** Whether the row has every column that callers of the existing paths need. */
    public boolean isReadable() {
        return name != null
                && start != null
                && createdAt != null
                && updatedAt != null
                && data != null
                && data.isObject();
    }

    /** Whether the row is about one day, not about a week or month. */
    public boolean isOfOneDay() {
        return periodicity == null || periodicity.equals("daily") || periodicity.equals("intraday");
    }

    /** A time at the row's own offset, or at UTC where that was lost. */
    public OffsetDateTime at(Instant time) {
        return time.atOffset(offset == null ? ZoneOffset.UTC : offset);
    }

    /** Where the row's value comes from. A row of the former service was known when that wrote it. */
    Lineage lineage() {
        return new Lineage(id, start, end, offset, recordedAt == null ? updatedAt : recordedAt);
    }

    /** Health values stay out of logs. */
    @Override
    public String toString() {
        return "Row[" + id + "]";
    }
}
