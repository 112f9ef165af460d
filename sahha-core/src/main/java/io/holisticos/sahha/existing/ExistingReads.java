package io.holisticos.sahha.existing;

import io.holisticos.health.DayRange;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError.MemberNotFound;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.Period;
import io.holisticos.health.UserId;
import io.holisticos.sahha.api.SahhaApi;
import io.holisticos.sahha.api.SahhaKind;
import io.holisticos.sahha.data.DayRows;
import io.holisticos.sahha.data.LastSeen;
import io.holisticos.sahha.data.ProfileCheckStore.ProfileCheck;
import io.holisticos.sahha.data.SahhaRow;
import io.holisticos.sahha.data.SahhaStores;
import io.holisticos.sahha.data.StoreCommand;
import io.holisticos.sahha.refresh.FetchSpan;
import io.holisticos.sahha.refresh.FreshnessRule;
import io.holisticos.sahha.refresh.ReaderRefresh;
import io.holisticos.sahha.refresh.RefreshResult;
import io.holisticos.trace.RequestContext;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the existing paths read. An unknown member is 404. A known member's day without rows is a day on which nothing was
 * measured. When Sahha could not be asked and there are no rows, the answer is 503 and never 404, because callers take 404
 * for "no data".
 */
final class ExistingReads {

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final ReaderRefresh refresh;
    private final StoreCommand stores;
    private final ExistingPaths.Rules rules;
    private final Clock clock;

    ExistingReads(ReaderRefresh refresh, StoreCommand stores, ExistingPaths.Rules rules, Clock clock) {
        this.refresh = refresh;
        this.stores = stores;
        this.rules = rules;
        this.clock = clock;
    }

    /** The rows of a day, and which day that is for this member. */
    record Day(LocalDate date, DayRows rows) {}

    Day overview(UserId who, Period period) {
        return day(who, period, rules.overview(), List.of(SahhaKind.SCORES));
    }

    Day scores(UserId who, Period period) {
        return day(who, period, rules.metrics(), List.of(SahhaKind.SCORES));
    }

    Day biomarkers(UserId who, Period period) {
        return day(who, period, rules.metrics(), List.of(SahhaKind.BIOMARKERS));
    }

    Day both(UserId who, Period period) {
        return day(who, period, rules.metrics(), List.of(SahhaKind.SCORES, SahhaKind.BIOMARKERS));
    }

    private Day day(UserId who, Period period, FreshnessRule freshness, List<SahhaKind> kinds) {
        Deadline deadline = Deadline.after(rules.coldWait());
        LocalDate named = period.date();
        DayRange days = named == null ? null : DayRange.of(named);
        RefreshResult refreshed = bringUpToDate(who, kinds, freshness, days, deadline);
        Day day = stores.read(deadline, all -> {
            LocalDate date = dateOf(all, who, period);
            return new Day(date, rowsOf(all, who, date, kinds));
        });
        if (day.rows().isEmpty() && refreshed.missing()) {
            throw unavailable();
        }
        return day;
    }

    /** Complete rows that start on these days of the member's, newest first. */
    List<SahhaRow> rows(SahhaKind kind, UserId who, @Nullable LocalDate from, @Nullable LocalDate to, int limit) {
        Deadline deadline = Deadline.after(rules.coldWait());
        DayRange days = FetchSpan.fetchable(from, to, clock);
        RefreshResult refreshed = bringUpToDate(who, List.of(kind), rules.metrics(), days, deadline);
        List<SahhaRow> found = stores.read(deadline, all -> all.rows().rowsStartingIn(kind, who, from, to, limit));
        if (found.isEmpty() && refreshed.missing()) {
            throw unavailable();
        }
        return found;
    }

    private RefreshResult bringUpToDate(
            UserId who, List<SahhaKind> kinds, FreshnessRule freshness, @Nullable DayRange days, Deadline deadline) {
        List<ReaderRefresh.RequiredKind> required = kinds.stream()
                .map(kind -> new ReaderRefresh.RequiredKind(kind, freshness))
                .toList();
        ReaderRefresh.ReadRequest request = new ReaderRefresh.ReadRequest(who, required, days, rules.coldWait());
        RefreshResult refreshed = inRequestLog(() -> refresh.bringUpToDate(request, deadline));
        if (!refreshed.known()) {
            throw new MemberNotFound();
        }
        return refreshed;
    }

    /** Writes Sahha's status and time to the log line of the request. */
    private static RefreshResult inRequestLog(Supplier<RefreshResult> refresh) {
        long begun = System.nanoTime();
        String status = "unavailable";
        try {
            RefreshResult refreshed = refresh.get();
            if (!refreshed.known()) {
                status = "not_connected";
            } else if (!refreshed.missing()) {
                status = refreshed.current() ? "ok" : "stale";
            }
            return refreshed;
        } finally {
            Duration took = Duration.ofNanos(System.nanoTime() - begun);
            RequestContext.noteSource(SahhaApi.SAHHA.value(), status, took);
        }
    }

    /** The member's date: by the offset of the newest record, else of the phone, else at UTC. */
    private LocalDate dateOf(SahhaStores all, UserId who, Period period) {
        Instant now = clock.instant();
        ZoneOffset offset = all.rows()
                .lastSeen(who, now)
                .map(LastSeen::offset)
                .or(() -> all.profiles().find(who).map(ProfileCheck::deviceOffset))
                .orElse(ZoneOffset.UTC);
        return period.dateAt(now, offset);
    }

    private static DayRows rowsOf(SahhaStores all, UserId who, LocalDate date, List<SahhaKind> kinds) {
        return new DayRows(
                kinds.contains(SahhaKind.SCORES) ? all.rows().rows(SahhaKind.SCORES, who, date, date) : List.of(),
                kinds.contains(SahhaKind.BIOMARKERS)
                        ? all.rows().rows(SahhaKind.BIOMARKERS, who, date, date)
                        : List.of());
    }

    private static SourceUnavailable unavailable() {
        return new SourceUnavailable(SahhaApi.SAHHA, RETRY_AFTER);
    }
}
