package io.holisticos.sahha;

import io.holisticos.health.DayRange;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError.MemberNotFound;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.Period;
import io.holisticos.health.UserId;
import io.holisticos.trace.RequestContext;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the existing paths read. 404 is only for who is not known; a known member's day without rows is a day on which
 * nothing was measured. Never 404 when Sahha could not be asked, because callers read it as "no data".
 */
final class ExistingReads {

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final SahhaReader reader;
    private final StoreReads rows;
    private final Freshness overview;
    private final Freshness metrics;
    private final Duration coldWait;

    ExistingReads(SahhaReader reader, StoreReads rows, SahhaConfiguration configuration) {
        this.reader = reader;
        this.rows = rows;
        this.overview = configuration.overview();
        this.metrics = configuration.metrics();
        this.coldWait = configuration.coldWaitExisting.toJavaDuration();
    }

    /** The rows of a day, and which day that is for this member. */
    record Day(LocalDate date, DayRows rows) {}

    Day overview(UserId who, Period period) {
        return day(who, period, overview, List.of(Kind.SCORES));
    }

    Day scores(UserId who, Period period) {
        return day(who, period, metrics, List.of(Kind.SCORES));
    }

    Day biomarkers(UserId who, Period period) {
        return day(who, period, metrics, List.of(Kind.BIOMARKERS));
    }

    Day both(UserId who, Period period) {
        return day(who, period, metrics, List.of(Kind.SCORES, Kind.BIOMARKERS));
    }

    private Day day(UserId who, Period period, Freshness freshness, List<Kind> kinds) {
        Deadline deadline = Deadline.after(coldWait);
        LocalDate named = period.date();
        DayRange days = named == null ? null : DayRange.of(named);
        SahhaReader.Standing standing = prepare(who, kinds, freshness, days, deadline);
        Day day = rows.read(deadline, store -> {
            LocalDate date = reader.dateOf(store, who, period);
            return new Day(date, rowsOf(store, who, date, kinds));
        });
        if (day.rows().isEmpty() && standing.missing()) {
            throw unavailable();
        }
        return day;
    }

    /** Newest first; rows that start on these days of the member's. */
    List<Row> rows(Kind kind, UserId who, @Nullable LocalDate from, @Nullable LocalDate to, int limit) {
        Deadline deadline = Deadline.after(coldWait);
        SahhaReader.Standing standing = prepare(who, List.of(kind), metrics, reader.fetchable(from, to), deadline);
        List<Row> found = rows.read(deadline, store -> store.rowsStartingIn(kind, who, from, to, limit));
        if (found.isEmpty() && standing.missing()) {
            throw unavailable();
        }
        return found;
    }

    private SahhaReader.Standing prepare(
            UserId who, List<Kind> kinds, Freshness freshness, @Nullable DayRange days, Deadline deadline) {
        List<SahhaReader.Need> needs = kinds.stream()
                .map(kind -> new SahhaReader.Need(kind, freshness))
                .toList();
        SahhaReader.Standing standing =
                noted(() -> reader.prepare(new SahhaReader.Question(who, needs, days, coldWait), deadline));
        if (!standing.known()) {
            throw new MemberNotFound();
        }
        return standing;
    }

    /** How Sahha stands, for the line of the request. */
    private static SahhaReader.Standing noted(Supplier<SahhaReader.Standing> preparing) {
        long begun = System.nanoTime();
        String status = "unavailable";
        try {
            SahhaReader.Standing standing = preparing.get();
            if (!standing.known()) {
                status = "not_connected";
            } else if (!standing.missing()) {
                status = standing.current() ? "ok" : "stale";
            }
            return standing;
        } finally {
            Duration took = Duration.ofNanos(System.nanoTime() - begun);
            RequestContext.noteSource(SahhaApi.SAHHA.value(), status, took);
        }
    }

    private static DayRows rowsOf(SahhaStore store, UserId who, LocalDate date, List<Kind> kinds) {
        return new DayRows(
                kinds.contains(Kind.SCORES) ? store.rows(Kind.SCORES, who, date, date) : List.of(),
                kinds.contains(Kind.BIOMARKERS) ? store.rows(Kind.BIOMARKERS, who, date, date) : List.of());
    }

    private static SourceUnavailable unavailable() {
        return new SourceUnavailable(SahhaApi.SAHHA, RETRY_AFTER);
    }
}
