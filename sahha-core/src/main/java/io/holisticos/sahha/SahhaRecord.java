package io.holisticos.sahha;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * A score, biomarker or archetype as Sahha told it, decoded and checked.
 *
 * @param sahhaId Sahha's own id; may change when the same record is computed anew
 * @param name its type, or an archetype's name
 * @param category biomarkers only
 * @param periodicity biomarkers and archetypes only
 * @param value number text, time or word; null for a score without one
 * @param state scores only
 * @param end of the window; null for scores
 * @param offset the member's, from the record's own times; null when they had none
 * @param day the member's day it belongs to
 * @param createdAt by Sahha; null when it did not say
 * @param data Sahha's own object, as it was sent
 */
record SahhaRecord(
        Kind kind,
        @Nullable String sahhaId,
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

    boolean isIntraday() {
        return "intraday".equals(periodicity);
    }

    /** Health values stay out of logs. */
    @Override
    public String toString() {
        return "SahhaRecord[" + kind + " " + sahhaId + "]";
    }
}
