package io.holisticos.sahha;

import io.holisticos.health.ChangesAnswer;
import io.holisticos.health.DayRange;
import io.holisticos.health.DaysToRead;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError;
import io.holisticos.health.HealthSource;
import io.holisticos.health.Metric;
import io.holisticos.health.Observation;
import io.holisticos.health.SourceAnswer;
import io.holisticos.health.SourceAnswer.Measured;
import io.holisticos.health.SourceAnswer.NotConnected;
import io.holisticos.health.SourceAnswer.Unavailable;
import io.holisticos.health.SourceDay;
import io.holisticos.health.SourceName;
import io.holisticos.health.UserId;
import io.holisticos.sahha.api.SahhaApi;
import io.holisticos.sahha.api.SahhaKind;
import io.holisticos.sahha.data.BiomarkersOfDays;
import io.holisticos.sahha.data.DayRows;
import io.holisticos.sahha.data.LastSeen;
import io.holisticos.sahha.data.RefreshMarks;
import io.holisticos.sahha.data.RelayedSources;
import io.holisticos.sahha.data.SahhaDataLog;
import io.holisticos.sahha.data.SahhaRow;
import io.holisticos.sahha.data.SahhaRowStore;
import io.holisticos.sahha.data.SahhaStores;
import io.holisticos.sahha.data.Standing;
import io.holisticos.sahha.data.StoreCommand;
import io.holisticos.sahha.refresh.Profiles;
import io.holisticos.sahha.refresh.ReaderRefresh;
import io.holisticos.sahha.refresh.ReaderRefresh.ReadRequest;
import io.holisticos.sahha.refresh.ReaderRefresh.RequiredKind;
import io.holisticos.sahha.refresh.RefreshResult;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Sahha as one source of the unified flow. */
final class SahhaSource implements HealthSource {

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    /** Raise it whenever the same rows and data logs give other days than before. */
    private static final int RULES_VERSION = 1;

    private final ReaderRefresh refresh;
    private final Profiles profiles;
    private final StoreCommand stores;
    private final List<RequiredKind> kinds;
    private final RelayedSources relayedSources;
    private final Duration coldWait;
    private final Duration waitForChanges;
    private final Clock clock;

    SahhaSource(
            ReaderRefresh refresh,
            Profiles profiles,
            StoreCommand stores,
            SahhaConfiguration configuration,
            Clock clock) {
        this.refresh = refresh;
        this.profiles = profiles;
        this.stores = stores;
        this.kinds = List.of(
                new RequiredKind(SahhaKind.SCORES, configuration.overview()),
                new RequiredKind(SahhaKind.BIOMARKERS, configuration.metrics()));
        this.relayedSources = configuration.relayedSources();
        this.coldWait = configuration.coldWaitUnified.toJavaDuration();
        this.waitForChanges = configuration.waitWhenStale.toJavaDuration(); // what comes later is told next time
        this.clock = clock;
    }

    @Override
    public SourceName name() {
        return SahhaApi.SAHHA;
    }

    @Override
    public int rulesVersion() {
        return RULES_VERSION;
    }

    @Override
    public SourceAnswer read(UserId who, DaysToRead days, Deadline deadline) {
        try {
            RefreshMarks marks =
                    stores.attempt(deadline, all -> all.marks().of(who)).orThrow();
            RefreshResult refreshed =
                    refresh.bringUpToDate(new ReadRequest(who, kinds, days.asked(), coldWait), marks, deadline);
            return refreshed.known() ? answer(who, days, refreshed, deadline) : new NotConnected(name());
        } catch (HealthError error) {
            return unavailable(error);
        }
    }

    private SourceAnswer answer(UserId who, DaysToRead days, RefreshResult refreshed, Deadline deadline) {
        return stores.read(
                deadline,
                all -> refreshed.neverFetched() && !all.rows().hasRows(who)
                        ? new Unavailable(name(), RETRY_AFTER)
                        : measured(all, who, days, refreshed),
                this::unavailable);
    }

    private SourceAnswer unavailable(HealthError error) {
        return new Unavailable(name(), error.retryAfter().orElse(RETRY_AFTER));
    }

    @Override
    public Acquaintance acquaintance(UserId who, Deadline deadline) {
        try {
            return profiles.knows(who, deadline) ? Acquaintance.KNOWN : Acquaintance.UNKNOWN;
        } catch (HealthError error) {
            return Acquaintance.UNSURE;
        }
    }

    private Measured measured(SahhaStores all, UserId who, DaysToRead days, RefreshResult refreshed) {
        Instant now = clock.instant();
        Standing standing = all.rows().standing(who, now);
        LastSeen seen = standing.lastSeen();
        Observation newest = seen == null ? null : observation(seen);
        Set<LocalDate> partlyRead =
                standing.read().inPart(days.read(), newest == null ? ZoneOffset.UTC : newest.offset(), now);
        return new Measured(
                name(),
                refreshed.behind().isEmpty() ? SourceAnswer.DataStatus.CURRENT : SourceAnswer.DataStatus.STALE,
                refreshed.asOf(),
                null,
                partlyRead.stream().anyMatch(days.asked()::contains) ? "partial" : "complete",
                newest,
                daysOf(all.rows(), who, days.read()),
                partlyRead,
                standing.revision(),
                refreshed.behind());
    }

    /** What changed, once the recent days are as current as they would be when read. */
    @Override
    public ChangesAnswer changes(UserId who, long since, int limit, Deadline deadline) {
        try {
            RefreshMarks marks =
                    stores.attempt(deadline, all -> all.marks().of(who)).orThrow();
            if (!marks.isEmpty()) { // of somebody who was never read nothing is kept, and their first read fetches
                RefreshResult unused =
                        refresh.bringUpToDate(new ReadRequest(who, kinds, null, waitForChanges), marks, deadline);
            }
            return stores.<ChangesAnswer>read(
                    deadline,
                    all -> all.changes().since(who, since, limit),
                    error -> new ChangesAnswer.Unavailable(error.retryAfter().orElse(RETRY_AFTER)));
        } catch (HealthError error) {
            return new ChangesAnswer.Unavailable(error.retryAfter().orElse(RETRY_AFTER));
        }
    }

    private List<SourceDay> daysOf(SahhaRowStore rows, UserId who, DayRange days) {
        Map<LocalDate, List<SahhaRow>> scores = byDay(rows.rows(SahhaKind.SCORES, who, days.from(), days.to()));
        BiomarkersOfDays held = rows.biomarkers(who, days.from(), days.to());
        Map<LocalDate, List<SahhaRow>> biomarkers = byDay(held.rows());
        Map<LocalDate, Map<Metric, SourceName>> relayed = relayedSources.byDay(held.sources());
        Map<LocalDate, List<SahhaDataLog>> exercise =
                held.exercise().stream().collect(Collectors.groupingBy(SahhaDataLog::day));
        List<SourceDay> found = new ArrayList<>();
        for (LocalDate date : days.days()) {
            DayRows ofDay = new DayRows(scores.getOrDefault(date, List.of()), biomarkers.getOrDefault(date, List.of()));
            SourceDay day = new SourceDay(
                    date,
                    ofDay.allScores(),
                    ofDay.measurements(),
                    ofDay.workouts(exercise.getOrDefault(date, List.of())),
                    null,
                    ofDay.offset(),
                    ofDay.mainSleep(),
                    relayed.getOrDefault(date, Map.of()));
            if (!day.isEmpty()) {
                found.add(day);
            }
        }
        return found;
    }

    private static Map<LocalDate, List<SahhaRow>> byDay(List<SahhaRow> rows) {
        Map<LocalDate, List<SahhaRow>> byDay = new TreeMap<>();
        for (SahhaRow row : rows) {
            LocalDate day = row.day();
            if (day != null) {
                byDay.computeIfAbsent(day, date -> new ArrayList<>()).add(row);
            }
        }
        return byDay;
    }

    private static Observation observation(LastSeen seen) {
        ZoneOffset offset = seen.offset();
        return new Observation(seen.at(), offset == null ? ZoneOffset.UTC : offset);
    }
}
