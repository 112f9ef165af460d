package io.holisticos.sahha;

import io.holisticos.health.DayRange;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError;
import io.holisticos.health.HealthSource;
import io.holisticos.health.Observation;
import io.holisticos.health.SourceAnswer;
import io.holisticos.health.SourceAnswer.Measured;
import io.holisticos.health.SourceAnswer.NotConnected;
import io.holisticos.health.SourceAnswer.Unavailable;
import io.holisticos.health.SourceDay;
import io.holisticos.health.SourceName;
import io.holisticos.health.UserId;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Sahha as one source of the unified flow. */
final class SahhaSource implements HealthSource {

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final SahhaReader reader;
    private final Profiles profiles;
    private final StoreReads rows;
    private final List<SahhaReader.Need> needs;
    private final Duration coldWait;

    SahhaSource(SahhaReader reader, Profiles profiles, StoreReads rows, SahhaConfiguration configuration) {
        this.reader = reader;
        this.profiles = profiles;
        this.rows = rows;
        this.needs = List.of(
                new SahhaReader.Need(Kind.SCORES, configuration.overview()),
                new SahhaReader.Need(Kind.BIOMARKERS, configuration.metrics()));
        this.coldWait = configuration.coldWaitUnified.toJavaDuration();
    }

    @Override
    public SourceName name() {
        return SahhaApi.SAHHA;
    }

    @Override
    public SourceAnswer read(UserId who, DayRange days, Deadline deadline) {
        try {
            Supplier<SourceAnswer> next = rows.read(
                    deadline,
                    store -> {
                        Map<SahhaStore.RefreshKey, Instant> refreshed = store.refreshed(who);
                        return () -> answer(who, days, refreshed, deadline); // outside the store: it may wait for Sahha
                    },
                    error -> () -> unavailable(error));
            return next.get();
        } catch (HealthError error) {
            return unavailable(error);
        }
    }

    private SourceAnswer answer(
            UserId who, DayRange days, Map<SahhaStore.RefreshKey, Instant> refreshed, Deadline deadline) {
        SahhaReader.Standing standing =
                reader.prepare(new SahhaReader.Question(who, needs, days, coldWait), refreshed, deadline);
        if (!standing.known()) {
            return new NotConnected(name());
        }
        return rows.read(
                deadline,
                store -> standing.missing() && !store.holdsAnything(who)
                        ? new Unavailable(name(), RETRY_AFTER)
                        : measured(store, who, days, standing),
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

    private Measured measured(SahhaStore store, UserId who, DayRange days, SahhaReader.Standing standing) {
        return new Measured(
                name(),
                standing.current() ? SourceAnswer.DataStatus.CURRENT : SourceAnswer.DataStatus.STALE,
                store.refreshed(who).values().stream().max(Instant::compareTo).orElse(null),
                null,
                standing.missing() ? "partial" : "complete",
                reader.newest(store, who).map(SahhaSource::observation).orElse(null),
                daysOf(store, who, days));
    }

    private static List<SourceDay> daysOf(SahhaStore store, UserId who, DayRange days) {
        Map<LocalDate, List<Row>> scores = byDay(store.rows(Kind.SCORES, who, days.from(), days.to()));
        Map<LocalDate, List<Row>> biomarkers = byDay(store.rows(Kind.BIOMARKERS, who, days.from(), days.to()));
        List<SourceDay> found = new ArrayList<>();
        for (LocalDate date : days.days()) {
            DayRows rows = new DayRows(scores.getOrDefault(date, List.of()), biomarkers.getOrDefault(date, List.of()));
            SourceDay day = new SourceDay(date, rows.allScores(), rows.measurements(), List.of(), null, rows.offset());
            if (!day.isEmpty()) {
                found.add(day);
            }
        }
        return found;
    }

    private static Map<LocalDate, List<Row>> byDay(List<Row> rows) {
        Map<LocalDate, List<Row>> byDay = new TreeMap<>();
        for (Row row : rows) {
            LocalDate day = row.day();
            if (day != null) {
                byDay.computeIfAbsent(day, date -> new ArrayList<>()).add(row);
            }
        }
        return byDay;
    }

    private static Observation observation(SahhaStore.Seen seen) {
        ZoneOffset offset = seen.offset();
        return new Observation(seen.at(), offset == null ? ZoneOffset.UTC : offset);
    }
}
