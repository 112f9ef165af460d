package io.holisticos.sahha.refresh;

import io.holisticos.health.DayRange;
import io.holisticos.sahha.data.RefreshMarkStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Days that are fetched together: the recent days, which still change, or one calendar month. Never more than 31 days,
 * which is the most that we request at once.
 *
 * @param name the name of the span in {@code sahha_refresh}
 * @param finalFrom a fetch that begins at or after this time is never repeated; {@link Instant#MAX} for recent days
 */
public record FetchSpan(String name, LocalDate from, LocalDate to, Instant finalFrom) {

    /** Sahha recomputes about 14 days, and has as many for a new profile at once (Sahha, observed 2025-07). 079-read-days.sql has the same number. */
    static final int RECENT_DAYS = 14;

    /** How far back a first fetch reaches: archetypes span weeks, and Sahha's marketing speaks of 30 days of history. */
    private static final int FIRST_DAYS = 29;

    /** Months further back than this are not fetched. */
    private static final int MONTHS_BACK = 13;

    /** The recent days. */
    public static FetchSpan recent(Clock clock) {
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        return new FetchSpan(RefreshMarkStore.RECENT, today.minusDays(RECENT_DAYS), today.plusDays(1), Instant.MAX);
    }

    /** The spans that cover these days: the recent days, and the months further back. Empty when all are too far back. */
    static List<FetchSpan> of(DayRange days, Clock clock) {
        FetchSpan recent = recent(clock);
        List<FetchSpan> spans = new ArrayList<>();
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

    private static FetchSpan of(YearMonth month) {
        LocalDate end = month.atEndOfMonth();
        return new FetchSpan(
                month.toString(),
                month.atDay(1),
                end,
                end.plusDays(RECENT_DAYS + 1L).atStartOfDay().toInstant(ZoneOffset.UTC));
    }

    /**
     * The days that are worth fetching when a caller names these bounds; null for the recent days. Of a range longer than
     * {@link DayRange#MAX_DAYS}, its end.
     */
    public static @Nullable DayRange fetchable(@Nullable LocalDate from, @Nullable LocalDate to, Clock clock) {
        LocalDate last = recent(clock).to();
        LocalDate end = to == null || to.isAfter(last) ? last : to;
        if (from == null || from.isAfter(end)) {
            return null;
        }
        LocalDate furthest = end.minusDays(DayRange.MAX_DAYS - 1L);
        return new DayRange(from.isBefore(furthest) ? furthest : from, end);
    }

    /** The same span, reaching back as far as a first fetch does. */
    FetchSpan widened() {
        return isRecent() ? new FetchSpan(name, to.minusDays(FIRST_DAYS), to, finalFrom) : this;
    }

    boolean isRecent() {
        return finalFrom.equals(Instant.MAX);
    }

    /** The moment from which on rows that were fetched then are no longer fresh, by the rule of {@link #age}. */
    Instant freshUntil(Instant refreshedAt, FreshnessRule freshness) {
        if (!refreshedAt.isBefore(finalFrom)) {
            return Instant.MAX;
        }
        return refreshedAt.plus(isRecent() ? freshness.freshFor() : freshness.coldAfter());
    }

    /** Recent days age by the reader's rule. Months hardly change, so they are fresh until they would be cold. */
    FreshnessRule.Age age(Instant refreshedAt, Instant now, FreshnessRule freshness) {
        if (!refreshedAt.isBefore(finalFrom)) {
            return FreshnessRule.Age.FRESH;
        }
        Duration age = Duration.between(refreshedAt, now);
        if (isRecent()) {
            return freshness.of(age);
        }
        return age.compareTo(freshness.coldAfter()) < 0 ? FreshnessRule.Age.FRESH : FreshnessRule.Age.STALE;
    }
}
