package io.holisticos.sahha.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * A score, biomarker or archetype that Sahha sent, decoded and checked.
 *
 * @param name the type of a score or biomarker, or the name of an archetype
 * @param category biomarkers only
 * @param periodicity biomarkers and archetypes only
 * @param value a number, a time or a word, as text; null for a score without a value
 * @param state scores only
 * @param end of the window; null for scores
 * @param offset the member's UTC offset, from the record's own times; null when they had none
 * @param day the member's day that the record belongs to
 * @param createdAt when Sahha created the record; null when Sahha did not send it
 * @param data Sahha's own JSON object, as it was sent
 */
public record SahhaRecord(
        SahhaKind kind,
        String name,
        @Nullable String category,
        @Nullable String periodicity,
        @Nullable String value,
        @Nullable String state,
        Instant start,
        @Nullable Instant end,
        @Nullable ZoneOffset offset,
        LocalDate day,
        @Nullable Instant createdAt,
        JsonNode data) {

    public boolean isIntraday() {
        return "intraday".equals(periodicity);
    }

    /** Health values stay out of logs. */
    @Override
    public String toString() {
        return "SahhaRecord[" + kind + "]";
    }
}
