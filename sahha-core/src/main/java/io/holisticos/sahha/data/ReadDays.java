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
 * it was never read, or last before it was over. The present day is read as far as it goes once it was read at all. A day is made
 * of scores and biomarkers.
 */
public record ReadDays(List<Span> spans) {

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
        List<LocalDate> read = spans.stream()
                .map(span -> LocalDate.ofInstant(span.until(), offset))
                .toList();
        Set<LocalDate> inPart = new HashSet<>();
        for (LocalDate day : days.days()) {
            if (day.isAfter(today)
                    || isInPart(lastRead(SahhaKind.SCORES, day, read), day, today)
                    || isInPart(lastRead(SahhaKind.BIOMARKERS, day, read), day, today)) {
                inPart.add(day);
            }
        }
        return inPart;
    }

    private static boolean isInPart(@Nullable LocalDate read, LocalDate day, LocalDate today) {
        return read == null || (read.isBefore(today) && !day.isBefore(read));
    }

    /** @param read the date of each span's last read */
    private @Nullable LocalDate lastRead(SahhaKind kind, LocalDate day, List<LocalDate> read) {
        LocalDate last = null;
        for (int i = 0; i < spans.size(); i++) {
            Span span = spans.get(i);
            if (span.kind().equals(kind.key())
                    && span.covers(day)
                    && (last == null || read.get(i).isAfter(last))) {
                last = read.get(i);
            }
        }
        return last;
    }
}
