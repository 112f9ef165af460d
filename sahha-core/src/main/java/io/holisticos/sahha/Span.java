package io.holisticos.sahha;

import io.holisticos.health.DayRange;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/**
 * Days that are fetched and remembered together: the recent ones, which still change, or one calendar month. Never more
 * than 31 days, which is what we ask of Sahha at once.
 *
 * @param settledFrom a fetch begun from then on needs no repetition; far in the future for recent days
 */
record Span(String name, LocalDate from, LocalDate to, Instant settledFrom) {

    /** Sahha recomputes, and delivers at once to a new profile, about 14 days (Sahha, observed 2025-07). */
    static final int RECENT_DAYS = 14;

    /** What a first fetch asks for: archetypes span weeks, and marketing speaks of 30 days of history. */
    private static final int FIRST_DAYS = 29;

    /** Months further back than this are served as they are held. */
    private static final int MONTHS_BACK = 13;

    static Span recent(Clock clock) {
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        return new Span("recent", today.minusDays(RECENT_DAYS), today.plusDays(1), Instant.MAX);
    }

    /** The recent days, and the months that reach further back. */
    static List<Span> of(DayRange days, Clock clock) {
        Span recent = recent(clock);
        List<Span> spans = new ArrayList<>();
        if (!days.to().isBefore(recent.from)) {
            spans.add(recent);
        }
        if (!days.from().isBefore(recent.from)) {
            return spans;
        }
        YearMonth oldest = YearMonth.from(recent.from).minusMonths(MONTHS_BACK);
        YearMonth first = YearMonth.from(days.from());
        YearMonth last = YearMonth.from(days.to().isBefore(recent.from) ? days.to() : recent.from.minusDays(1));
        for (YearMonth month = first.isBefore(oldest) ? oldest : first;
                !month.isAfter(last);
                month = month.plusMonths(1)) {
            spans.add(of(month));
        }
        return spans;
    }

    private static Span of(YearMonth month) {
        LocalDate end = month.atEndOfMonth();
        return new Span(
                month.toString(),
                month.atDay(1),
                end,
                end.plusDays(RECENT_DAYS + 1L).atStartOfDay().toInstant(ZoneOffset.UTC));
    }

    /** The same, reaching back as far as a first fetch does. */
    Span widened() {
        return isRecent() ? new Span(name, to.minusDays(FIRST_DAYS), to, settledFrom) : this;
    }

    boolean isRecent() {
        return settledFrom.equals(Instant.MAX);
    }

    /** Recent days age as the reader wishes; older ones hardly change, so the far end of staleness will do. */
    Freshness.State state(Instant refreshedAt, Instant now, Freshness freshness) {
        if (!refreshedAt.isBefore(settledFrom)) {
            return Freshness.State.FRESH;
        }
        Duration age = Duration.between(refreshedAt, now);
        if (isRecent()) {
            return freshness.of(age);
        }
        return age.compareTo(freshness.coldAfter()) < 0 ? Freshness.State.FRESH : Freshness.State.PAST;
    }
}
