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
import io.holisticos.sahha.data.Held;
import io.holisticos.sahha.data.LastSeen;
import io.holisticos.sahha.data.SahhaRow;
import io.holisticos.sahha.data.Standing;
import io.holisticos.sahha.data.StoreCommand;
import io.holisticos.sahha.existing.KeptBodies.Answer;
import io.holisticos.sahha.refresh.FetchSpan;
import io.holisticos.sahha.refresh.FreshnessRule;
import io.holisticos.sahha.refresh.ReaderRefresh;
import io.holisticos.sahha.refresh.ReaderRefresh.ReadRequest;
import io.holisticos.sahha.refresh.ReaderRefresh.Reading;
import io.holisticos.sahha.refresh.RefreshResult;
import io.holisticos.trace.RequestContext;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
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

    Answer<Day> overview(UserId who, Period period) {
        return day(who, period, rules.overview(), Set.of(SahhaKind.SCORES));
    }

    Answer<Day> scores(UserId who, Period period) {
        return day(who, period, rules.metrics(), Set.of(SahhaKind.SCORES));
    }

    Answer<Day> biomarkers(UserId who, Period period) {
        return day(who, period, rules.metrics(), Set.of(SahhaKind.BIOMARKERS));
    }

    Answer<Day> both(UserId who, Period period) {
        return day(who, period, rules.metrics(), Set.of(SahhaKind.SCORES, SahhaKind.BIOMARKERS));
    }

    private Answer<Day> day(UserId who, Period period, FreshnessRule freshness, Set<SahhaKind> kinds) {
        Deadline deadline = Deadline.after(rules.coldWait());
        LocalDate named = period.date();
        DayRange days = named == null ? null : DayRange.of(named);
        Reading reading = read(
                request(who, kinds, freshness, days),
                () -> stores.read(deadline, all -> all.rows().of(who, period, kinds, clock.instant())),
                deadline);
        Held held = reading.held();
        DayRows rows = new DayRows(held.scores(), held.biomarkers());
        if (rows.isEmpty() && reading.refreshed().missing()) {
            throw unavailable();
        }
        ZoneOffset offset = offsetOf(held.standing());
        LocalDate date = period.dateAt(held.standing().at(), offset);
        return new Answer<>(new Day(date, rows), goodUntil(reading, period, offset));
    }

    /**
     * When time alone gives another answer: what is required gets too old, or, of a relative day, the member's date becomes the
     * next one, or a record that begins in the future tells another offset.
     */
    private static Instant goodUntil(Reading reading, Period period, ZoneOffset offset) {
        if (period.date() != null) {
            return reading.freshUntil();
        }
        Standing standing = reading.held().standing();
        Instant midnight = LocalDate.ofInstant(standing.at(), offset)
                .plusDays(1)
                .atStartOfDay()
                .toInstant(offset);
        return Stream.of(reading.freshUntil(), standing.lastSeenUntil(), midnight)
                .min(Instant::compareTo)
                .orElseThrow();
    }

    /** Complete rows that start on these days of the member's, newest first. */
    Answer<List<SahhaRow>> rows(
            SahhaKind kind, UserId who, @Nullable LocalDate from, @Nullable LocalDate to, int limit) {
        Deadline deadline = Deadline.after(rules.coldWait());
        DayRange days = FetchSpan.fetchable(from, to, clock);
        Reading reading = read(
                request(who, Set.of(kind), rules.metrics(), days),
                () -> stores.read(deadline, all -> all.rows().startingIn(kind, who, from, to, limit, clock.instant())),
                deadline);
        List<SahhaRow> found = reading.held().biomarkers().stream()
                .filter(SahhaRow::isReadable)
                .toList();
        if (found.isEmpty() && reading.refreshed().missing()) {
            throw unavailable();
        }
        return new Answer<>(found, untilNextDate(reading.freshUntil()));
    }

    /** Which days can be fetched depends on the date at UTC. */
    private Instant untilNextDate(Instant freshUntil) {
        Instant nextDate = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC)
                .plusDays(1)
                .atStartOfDay()
                .toInstant(ZoneOffset.UTC);
        return freshUntil.isBefore(nextDate) ? freshUntil : nextDate;
    }

    private ReadRequest request(UserId who, Set<SahhaKind> kinds, FreshnessRule freshness, @Nullable DayRange days) {
        List<ReaderRefresh.RequiredKind> required = kinds.stream()
                .sorted()
                .map(kind -> new ReaderRefresh.RequiredKind(kind, freshness))
                .toList();
        return new ReadRequest(who, required, days, rules.coldWait(), true);
    }

    private Reading read(ReadRequest request, Supplier<Held> held, Deadline deadline) {
        Reading reading = inRequestLog(() -> refresh.read(request, held, deadline));
        if (!reading.refreshed().known()) {
            throw new MemberNotFound();
        }
        return reading;
    }

    /** Writes Sahha's status and time to the log line of the request. */
    private static Reading inRequestLog(Supplier<Reading> read) {
        long begun = System.nanoTime();
        String status = "unavailable";
        try {
            Reading reading = read.get();
            RefreshResult refreshed = reading.refreshed();
            if (!refreshed.known()) {
                status = "not_connected";
            } else if (!refreshed.missing()) {
                status = refreshed.current() ? "ok" : "stale";
            }
            return reading;
        } finally {
            Duration took = Duration.ofNanos(System.nanoTime() - begun);
            RequestContext.noteSource(SahhaApi.SAHHA.value(), status, took);
        }
    }

    /** By the newest record, else the phone, else UTC; {@link io.holisticos.sahha.data.SahhaRowStore} finds rows by the same. */
    private static ZoneOffset offsetOf(Standing standing) {
        LastSeen seen = standing.lastSeen();
        ZoneOffset offset = seen == null ? null : seen.offset();
        return Stream.of(Optional.ofNullable(offset), Optional.ofNullable(standing.phone()))
                .flatMap(Optional::stream)
                .findFirst()
                .orElse(ZoneOffset.UTC);
    }

    private static SourceUnavailable unavailable() {
        return new SourceUnavailable(SahhaApi.SAHHA, RETRY_AFTER);
    }
}
