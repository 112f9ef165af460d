package io.holisticos.sahha.data;

import io.holisticos.health.DayRange;
import io.holisticos.sahha.api.SahhaKind;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which days of a member were read from Sahha, and when last. A day is read in part while each later read may bring more of it:
 * it was never read, or last before it was over. The present day is read as far as it goes once it was read at all.
 */
public record ReadDays(List<Span> spans) {

    /** The kinds that a day is made of. */
    private static final List<SahhaKind> KINDS = List.of(SahhaKind.SCORES, SahhaKind.BIOMARKERS);

    /** Where a date begins first. */
    private static final ZoneOffset EASTERNMOST = ZoneOffset.ofHours(14);

    public ReadDays {
        spans = List.copyOf(spans);
    }

    /**
     * Days that were read together.
     *
     * @param kind a {@link SahhaKind#key}
     * @param last null when there is no last day
     * @param until when the last read of them began
     */
    public record Span(
            String kind, LocalDate first, @Nullable LocalDate last, Instant until) {

        private boolean covers(LocalDate day) {
            return !day.isBefore(first) && (last == null || !day.isAfter(last));
        }
    }

    /**
     * Which of these days were read in part.
     *
     * @param offset of the member's days
     */
    public Set<LocalDate> inPart(DayRange days, ZoneOffset offset, Instant now) {
        LocalDate today = LocalDate.ofInstant(now, offset);
        LocalDate lastBegun = LocalDate.ofInstant(now, EASTERNMOST);
        Set<LocalDate> inPart = new HashSet<>();
        for (LocalDate day : days.days()) {
            if (day.isAfter(lastBegun) || KINDS.stream().anyMatch(kind -> isInPart(kind, day, offset, today))) {
                inPart.add(day);
            }
        }
        return inPart;
    }

    private boolean isInPart(SahhaKind kind, LocalDate day, ZoneOffset offset, LocalDate today) {
        Instant until = lastRead(kind, day);
        if (until == null) {
            return true;
        }
        LocalDate read = LocalDate.ofInstant(until, offset);
        return read.isBefore(today) && !day.isBefore(read);
    }

    private @Nullable Instant lastRead(SahhaKind kind, LocalDate day) {
        Instant newest = null;
        for (Span span : spans) {
            if (span.kind().equals(kind.key())
                    && span.covers(day)
                    && (newest == null || span.until().isAfter(newest))) {
                newest = span.until();
            }
        }
        return newest;
    }
}
