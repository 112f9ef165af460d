package io.holisticos.sahha;

import io.holisticos.health.ChangesAnswer;
import io.holisticos.health.DayRange;
import io.holisticos.health.DaysToRead;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError;
import io.holisticos.health.HealthSource;
import io.holisticos.health.MemberListener;
import io.holisticos.health.Metric;
import io.holisticos.health.Observation;
import io.holisticos.health.SourceAnswer;
import io.holisticos.health.SourceAnswer.Measured;
import io.holisticos.health.SourceAnswer.NotConnected;
import io.holisticos.health.SourceAnswer.Unavailable;
import io.holisticos.health.SourceDay;
import io.holisticos.health.SourceName;
import io.holisticos.health.UserId;
import io.holisticos.notice.MemberNotices;
import io.holisticos.sahha.api.SahhaApi;
import io.holisticos.sahha.api.SahhaKind;
import io.holisticos.sahha.data.DayRows;
import io.holisticos.sahha.data.Held;
import io.holisticos.sahha.data.LastSeen;
import io.holisticos.sahha.data.RefreshMarks;
import io.holisticos.sahha.data.RelayedSources;
import io.holisticos.sahha.data.SahhaDataLog;
import io.holisticos.sahha.data.SahhaRow;
import io.holisticos.sahha.data.Standing;
import io.holisticos.sahha.data.StoreCommand;
import io.holisticos.sahha.refresh.Profiles;
import io.holisticos.sahha.refresh.ReaderRefresh;
import io.holisticos.sahha.refresh.ReaderRefresh.ReadRequest;
import io.holisticos.sahha.refresh.ReaderRefresh.Reading;
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
import java.util.stream.Stream;

/** Sahha as one source of the unified flow. */
final class SahhaSource implements HealthSource {

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    /** Raise it whenever the same rows and data logs give other days than before. */
    private static final int RULES_VERSION = 2;

    private final ReaderRefresh refresh;
    private final Profiles profiles;
    private final StoreCommand stores;
    private final List<RequiredKind> kinds;
    private final RelayedSources relayedSources;
    private final Duration coldWait;
    private final Duration waitForChanges;
    private final Clock clock;
    private final MemberNotices notices;

    SahhaSource(
            ReaderRefresh refresh,
            Profiles profiles,
            StoreCommand stores,
            SahhaConfiguration configuration,
            Times times) {
        this.refresh = refresh;
        this.profiles = profiles;
        this.stores = stores;
        this.kinds = List.of(
                new RequiredKind(SahhaKind.SCORES, configuration.overview()),
                new RequiredKind(SahhaKind.BIOMARKERS, configuration.metrics()));
        this.relayedSources = configuration.relayedSources();
        this.coldWait = configuration.coldWaitUnified.toJavaDuration();
        this.waitForChanges = configuration.waitWhenStale.toJavaDuration(); // what comes later is told next time
        this.clock = times.clock();
        this.notices = times.notices();
    }

    /** The clock, and who tells of changes. */
    record Times(Clock clock, MemberNotices notices) {}

    @Override
    public void tell(MemberListener listener) {
        notices.tell(listener);
    }

    @Override
    public boolean isTelling() {
        return notices.areHeard();
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
            Reading reading = refresh.read(
                    new ReadRequest(who, kinds, days.asked(), coldWait, false),
                    () -> stores.attempt(deadline, all -> all.rows().of(who, days.read(), clock.instant()))
                            .orThrow(),
                    deadline);
            if (!reading.refreshed().known()) {
                return new NotConnected(name());
            }
            boolean hasNothing = reading.refreshed().neverFetched()
                    && !reading.held().standing().hasRows();
            return hasNothing ? new Unavailable(name(), RETRY_AFTER) : measured(days, reading);
        } catch (HealthError error) {
            return unavailable(error);
        }
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

    private Measured measured(DaysToRead days, Reading reading) {
        Standing standing = reading.held().standing();
        RefreshResult refreshed = reading.refreshed();
        LastSeen seen = standing.lastSeen();
        Observation newest = seen == null ? null : observation(seen);
        ZoneOffset offset = newest == null ? ZoneOffset.UTC : newest.offset();
        Set<LocalDate> partlyRead = standing.read().inPart(days.read(), offset, standing.at());
        return new Measured(
                name(),
                refreshed.behind().isEmpty() ? SourceAnswer.DataStatus.CURRENT : SourceAnswer.DataStatus.STALE,
                refreshed.asOf(),
                null,
                partlyRead.stream().anyMatch(days.asked()::contains) ? "partial" : "complete",
                newest,
                daysOf(reading.held(), days.read()),
                partlyRead,
                standing.revision(),
                refreshed.behind(),
                goodUntil(reading, offset));
    }

    /**
     * When time alone gives another answer, whichever comes first. Whatever takes the time on this way is one of these:
     *
     * <ul>
     *   <li>{@code freshUntil}: a mark that is required gets too old, a month is no longer young enough to be read again, or at the
     *       next date of UTC the days asked for are of other spans, or too far back.
     *   <li>The newest observation: a record that begins in the future becomes it. What says that it was created in the future is
     *       seen at another moment each time, so that such an answer holds for none.
     *   <li>The member's midnight: the day that ends then is over, so that a read before is a part of it, and the next one is no
     *       longer in the future ({@link io.holisticos.sahha.data.ReadDays}).
     * </ul>
     *
     * What Sahha said of a profile is valid for a day, but is looked at only where there is neither mark nor row, and such an
     * answer is never fresh.
     */
    private Instant goodUntil(Reading reading, ZoneOffset offset) {
        Standing standing = reading.held().standing();
        Instant until = Stream.of(
                        reading.freshUntil(),
                        standing.lastSeenUntil(),
                        LocalDate.ofInstant(standing.at(), offset)
                                .plusDays(1)
                                .atStartOfDay()
                                .toInstant(offset))
                .min(Instant::compareTo)
                .orElseThrow();
        return clock.instant().isBefore(until) ? until : SourceAnswer.NEVER;
    }

    /** What changed, once the recent days are as current as they would be when read. */
    @Override
    public ChangesAnswer changes(UserId who, long since, int limit, Deadline deadline) {
        try {
            RefreshMarks marks =
                    stores.attempt(deadline, all -> all.marks().of(who)).orThrow();
            if (!marks.isEmpty()) { // of somebody who was never read nothing is kept, and their first read fetches
                RefreshResult unused = refresh.bringUpToDate(
                        new ReadRequest(who, kinds, null, waitForChanges, false), marks, deadline);
            }
            return stores.<ChangesAnswer>read(
                    deadline,
                    all -> all.changes().since(who, since, limit),
                    error -> new ChangesAnswer.Unavailable(error.retryAfter().orElse(RETRY_AFTER)));
        } catch (HealthError error) {
            return new ChangesAnswer.Unavailable(error.retryAfter().orElse(RETRY_AFTER));
        }
    }

    private List<SourceDay> daysOf(Held held, DayRange days) {
        Map<LocalDate, List<SahhaRow>> scores = byDay(held.scores());
        Map<LocalDate, List<SahhaRow>> biomarkers = byDay(held.biomarkers());
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
