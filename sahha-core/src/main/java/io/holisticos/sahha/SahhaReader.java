package io.holisticos.sahha;

import io.holisticos.health.DayRange;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.Period;
import io.holisticos.health.UserId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the store, and sees to it that what is read is as new as it must be: fresh is served at once, past its freshness
 * is refreshed with a short wait, cold with a longer one. What is held is served even when Sahha cannot be reached.
 */
final class SahhaReader {

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final StoreReads rows;
    private final SahhaRefresh refresh;
    private final Profiles profiles;
    private final Duration waitWhenStale;
    private final Clock clock;

    SahhaReader(StoreReads rows, SahhaRefresh refresh, Profiles profiles, Duration waitWhenStale, Clock clock) {
        this.rows = rows;
        this.refresh = refresh;
        this.profiles = profiles;
        this.waitWhenStale = waitWhenStale;
        this.clock = clock;
    }

    /**
     * Whether what is held is good to read.
     *
     * @param known whether there is such a member
     * @param current whether everything asked for is as fresh as asked
     * @param missing whether something was never fetched, or too long ago, and could not be now
     */
    record Standing(boolean known, boolean current, boolean missing) {

        private static final Standing GOOD = new Standing(true, true, false);

        private Standing and(Standing other) {
            return new Standing(known && other.known, current && other.current, missing || other.missing);
        }
    }

    /** One kind, and how fresh it has to be. */
    record Need(Kind kind, Freshness freshness) {}

    /**
     * What a reader asks for.
     *
     * @param days null for the recent ones
     * @param coldWait how long to wait for what is not held
     */
    record Question(UserId who, List<Need> needs, @Nullable DayRange days, Duration coldWait) {}

    /** Brings these days up to date, waiting no longer than the rules allow. */
    Standing prepare(Question asked, Deadline deadline) {
        return prepare(asked, rows.read(deadline, store -> store.refreshed(asked.who())), deadline);
    }

    /** @param refreshed when what is held was last fetched */
    Standing prepare(Question asked, Map<SahhaStore.RefreshKey, Instant> refreshed, Deadline deadline) {
        DayRange days = asked.days();
        List<Span> spans = days == null ? List.of(Span.recent(clock)) : Span.of(days, clock);
        if (spans.isEmpty()) {
            return introduced(asked.who(), deadline);
        }
        if (refreshed.isEmpty()) { // nothing is fetched for what may be anybody's text
            Standing standing = introduced(asked.who(), deadline.atMost(asked.coldWait()));
            if (!standing.equals(Standing.GOOD)) {
                return standing;
            }
        }
        Instant now = clock.instant();
        List<Flight> flights = new ArrayList<>();
        for (Need need : asked.needs()) {
            for (Span span : spans) {
                Instant at = refreshed.get(new SahhaStore.RefreshKey(need.kind().word(), span.name()));
                Freshness.State state = at == null ? Freshness.State.COLD : span.state(at, now, need.freshness());
                if (state != Freshness.State.FRESH) {
                    flights.add(new Flight(state, refresh.start(asked.who(), need.kind(), span)));
                }
            }
        }
        boolean cold = flights.stream().anyMatch(flight -> flight.state == Freshness.State.COLD);
        Deadline patience = deadline.atMost(cold ? asked.coldWait() : waitWhenStale);
        return flights.stream().map(flight -> flight.landed(patience)).reduce(Standing.GOOD, Standing::and);
    }

    /**
     * Where nothing is fetched only who the member is can be asked: for days too far back, which are served as they are
     * held, and before the first fetch.
     */
    private Standing introduced(UserId who, Deadline deadline) {
        try {
            return new Standing(profiles.knows(who, deadline), true, false);
        } catch (HealthError error) { // logged and counted where it happened
            return new Standing(true, false, true);
        }
    }

    /**
     * The days that are worth asking Sahha for when a caller names these bounds; null means the recent ones. Of a range
     * longer than an answer may span, its end.
     */
    @Nullable
    DayRange fetchable(@Nullable LocalDate from, @Nullable LocalDate to) {
        LocalDate last = Span.recent(clock).to();
        LocalDate end = to == null || to.isAfter(last) ? last : to;
        if (from == null || from.isAfter(end)) {
            return null;
        }
        LocalDate furthest = end.minusDays(DayRange.MAX_DAYS - 1L);
        return new DayRange(from.isBefore(furthest) ? furthest : from, end);
    }

    /** The day a caller of the existing paths means: by the newest Sahha record, else the phone, else UTC. */
    LocalDate dateOf(SahhaStore store, UserId who, Period period) {
        Instant now = clock.instant();
        return period.dateAt(now, offsetOf(store, who, now));
    }

    /** The newest observation of any kind, at the best offset known. */
    Optional<SahhaStore.Seen> newest(SahhaStore store, UserId who) {
        return store.newest(who, clock.instant(), true).or(() -> store.newest(who, clock.instant(), false));
    }

    private static ZoneOffset offsetOf(SahhaStore store, UserId who, Instant now) {
        return store.newest(who, now, true)
                .map(SahhaStore.Seen::offset)
                .or(() -> store.profileCheck(who).map(SahhaStore.ProfileCheck::deviceOffset))
                .orElse(ZoneOffset.UTC);
    }

    private record Flight(Freshness.State state, CompletableFuture<Boolean> flight) {

        Standing landed(Deadline patience) {
            try {
                boolean known = flight.get(patience.remaining().toNanos(), TimeUnit.NANOSECONDS);
                return new Standing(known, true, false);
            } catch (ExecutionException
                    | TimeoutException e) { // logged and counted where it happened, or still going on
                return new Standing(true, false, state == Freshness.State.COLD);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new SourceUnavailable(SahhaApi.SAHHA, RETRY_AFTER, e);
            }
        }
    }
}
