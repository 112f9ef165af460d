package io.holisticos.sahha;

import io.holisticos.health.DayRange;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError.MemberNotFound;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.Period;
import io.holisticos.health.UserId;
import jakarta.ws.rs.NotFoundException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the existing paths read. 404 only when nothing at all is known of the member and the days; never when Sahha could
 * not be asked, because callers read a 404 as "no data".
 */
final class ExistingReads {

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    /** What a range without a bound spans, in days that PostgreSQL and we can hold. */
    private static final LocalDate FIRST_DAY = LocalDate.of(1, 1, 1);

    private static final LocalDate LAST_DAY = LocalDate.of(9999, 12, 31);

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
        Found found = rows.read(deadline, store -> {
            LocalDate date = reader.dateOf(store, who, period);
            DayRows ofDay = rowsOf(store, who, date, kinds);
            return new Found(new Day(date, ofDay), !ofDay.isEmpty() || store.holdsAnything(who, date, date));
        });
        if (found.day().rows().isEmpty() && standing.missing()) {
            throw unavailable();
        }
        if (!found.anything()) {
            LocalDate date = found.day().date();
            lookForOtherKinds(who, date, kinds, freshness, days, deadline);
        }
        return found.day();
    }

    /** @param anything whether rows of whatever kind are held of that day */
    private record Found(Day day, boolean anything) {}

    /** Another kind may have something of this day: then it is not unknown, only empty here. */
    private void lookForOtherKinds(
            UserId who,
            LocalDate date,
            List<Kind> asked,
            Freshness freshness,
            @Nullable DayRange days,
            Deadline deadline) {
        List<Kind> others = Stream.of(Kind.SCORES, Kind.BIOMARKERS)
                .filter(kind -> !asked.contains(kind))
                .toList();
        SahhaReader.Standing standing = prepare(who, others, freshness, days, deadline);
        if (!rows.read(deadline, store -> store.holdsAnything(who, date, date))) {
            throw standing.missing() ? unavailable() : new NotFoundException();
        }
    }

    /** Newest first; empty only when other kinds have something of these days. */
    List<Row> rows(Kind kind, UserId who, @Nullable LocalDate from, @Nullable LocalDate to, int limit) {
        Deadline deadline = Deadline.after(coldWait);
        DayRange days = reader.fetchable(from, to);
        SahhaReader.Standing standing = prepare(who, List.of(kind), metrics, days, deadline);
        Rows found = rows.read(deadline, store -> {
            List<Row> whole = store.wholeRows(kind, who, from, to, limit);
            return new Rows(
                    whole,
                    !whole.isEmpty()
                            || store.holdsAnything(who, from == null ? FIRST_DAY : from, to == null ? LAST_DAY : to));
        });
        if (found.rows().isEmpty() && standing.missing()) {
            throw unavailable();
        }
        if (!found.anything()) {
            throw new NotFoundException();
        }
        return found.rows();
    }

    /** @param anything whether rows of whatever kind are held of these days */
    private record Rows(List<Row> rows, boolean anything) {}

    private SahhaReader.Standing prepare(
            UserId who, List<Kind> kinds, Freshness freshness, @Nullable DayRange days, Deadline deadline) {
        List<SahhaReader.Need> needs = kinds.stream()
                .map(kind -> new SahhaReader.Need(kind, freshness))
                .toList();
        SahhaReader.Standing standing = reader.prepare(new SahhaReader.Question(who, needs, days, coldWait), deadline);
        if (!standing.known()) {
            throw new MemberNotFound();
        }
        return standing;
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
