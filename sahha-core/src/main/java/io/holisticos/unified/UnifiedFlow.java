package io.holisticos.unified;

import com.codahale.metrics.Counter;
import io.holisticos.health.BoundedSource;
import io.holisticos.health.DayRange;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError;
import io.holisticos.health.HealthError.MemberNotFound;
import io.holisticos.health.HealthSource;
import io.holisticos.health.HealthSource.Acquaintance;
import io.holisticos.health.Observation;
import io.holisticos.health.Period;
import io.holisticos.health.SourceAnswer;
import io.holisticos.health.SourceAnswer.Disabled;
import io.holisticos.health.SourceAnswer.Excluded;
import io.holisticos.health.SourceAnswer.Measured;
import io.holisticos.health.SourceAnswer.Unavailable;
import io.holisticos.health.SourceName;
import io.holisticos.health.UserId;
import io.holisticos.health.WhatFailed;
import io.holisticos.unified.UnifiedReport.Reading;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads every source in its order, one after another or all at once, within one deadline, then merges. A source that
 * fails or overstays is silent in the answer and leaves the others as they are. Who asks for what is being read already
 * gets that. Thread-safe.
 */
final class UnifiedFlow {

    private static final Logger log = LoggerFactory.getLogger(UnifiedFlow.class);

    /** Days read on both sides of a relative day: the person's date is at most one from that in UTC. */
    private static final int MARGIN_DAYS = 2;

    /** When to ask again after a failure that did not say. */
    private static final Duration RETRY_AFTER = Duration.ofSeconds(30);

    private final List<BoundedSource> sources;
    private final Merge merge;
    private final UnifiedConfiguration configuration;
    private final Pace pace;
    private final Flights<Wanted, UnifiedReport> flights;

    /**
     * How the sources are read.
     *
     * @param atOnce for whom all are read at the same time; for others one after another
     * @param clock decides what is today and dates the answer
     * @param nanoTime monotonic; decides how long things take
     */
    record Pace(Predicate<UserId> atOnce, Clock clock, LongSupplier nanoTime) {}

    /**
     * @param sources in the order they are read
     * @param shared counts answers that somebody else's reading brought
     */
    UnifiedFlow(
            List<BoundedSource> sources, Merge merge, UnifiedConfiguration configuration, Pace pace, Counter shared) {
        if (sources.stream().map(HealthSource::name).distinct().count() < sources.size()) {
            throw new IllegalArgumentException("every source has a name of its own");
        }
        this.sources = List.copyOf(sources);
        this.merge = merge;
        this.configuration = configuration;
        this.pace = pace;
        this.flights = new Flights<>(shared);
    }

    /**
     * One day. Today and yesterday are decided by the newest observation of any source, hence after reading.
     *
     * @param leftOut sources that are not read because the caller does not want them
     * @throws MemberNotFound when no source knows the person
     */
    UnifiedReport read(UserId who, Period period, Set<SourceName> leftOut) {
        return read(new Wanted(who, period, null, leftOut));
    }

    /**
     * Every one of these days.
     *
     * @throws MemberNotFound when no source knows the person
     */
    UnifiedReport read(UserId who, DayRange days) {
        return read(new Wanted(who, Period.TODAY, days, Set.of()));
    }

    /**
     * What a caller asks for; equal ones are answered by one reading.
     *
     * @param days instead of the period, unless null
     */
    private record Wanted(
            UserId who, Period period, @Nullable DayRange days, Set<SourceName> leftOut) {

        /** What has to be read: the person's today is only known after that. */
        DayRange window(Instant now) {
            if (days != null) {
                return days;
            }
            if (period.date() != null) {
                return DayRange.of(period.date());
            }
            LocalDate around = period.dateAt(now, ZoneOffset.UTC);
            return new DayRange(around.minusDays(MARGIN_DAYS), around.plusDays(MARGIN_DAYS));
        }

        DayRange at(Instant now, ZoneOffset offset) {
            return days != null ? days : DayRange.of(period.dateAt(now, offset));
        }
    }

    /** One reading: when it began, and by when the sources must have answered. */
    private record Trip(Wanted wanted, Instant now, long start, Deadline deadline) {}

    private UnifiedReport read(Wanted wanted) {
        Deadline deadline = Deadline.after(configuration.readingTime(), pace.nanoTime());
        Trip trip = new Trip(wanted, pace.clock().instant(), pace.nanoTime().getAsLong(), deadline);
        return flights.fly(wanted, deadline, () -> read(trip), () -> merged(trip, nobodyAnswered(trip)));
    }

    private UnifiedReport read(Trip trip) {
        Stream<Supplier<Reading>> begun = sources.stream().map(source -> begin(source, trip));
        if (pace.atOnce().test(trip.wanted().who())) {
            begun = begun.toList().stream(); // all have begun before the first is waited for
        }
        List<Reading> readings = begun.map(Supplier::get).toList(); // Sahha first, then WHOOP
        requireKnown(readings, trip);
        return merged(trip, readings);
    }

    private UnifiedReport merged(Trip trip, List<Reading> readings) {
        List<SourceAnswer> answers = readings.stream().map(Reading::answer).toList();
        ZoneOffset offset = offsetOf(answers);
        long merging = pace.nanoTime().getAsLong();
        List<MergedDay> days = merge.apply(trip.wanted().at(trip.now(), offset), answers);
        return new UnifiedReport(
                trip.wanted().who(), trip.now(), offset, readings, days, since(merging), since(trip.start()));
    }

    private Supplier<Reading> begin(BoundedSource source, Trip trip) {
        if (trip.wanted().leftOut().contains(source.name())) {
            Reading excluded = new Reading(new Excluded(source.name()), Duration.ZERO);
            return () -> excluded;
        }
        long start = pace.nanoTime().getAsLong();
        Deadline share = configuration.share(source.name(), trip.deadline());
        return source.begin(
                asked -> new Reading(
                        answerOf(asked, trip.wanted().who(), trip.wanted().window(trip.now()), share), since(start)),
                share,
                () -> new Reading(new Unavailable(source.name(), RETRY_AFTER), since(start)));
    }

    private List<Reading> nobodyAnswered(Trip trip) {
        return sources.stream()
                .map(BoundedSource::name)
                .map(name -> trip.wanted().leftOut().contains(name)
                        ? new Excluded(name)
                        : new Unavailable(name, RETRY_AFTER))
                .map(answer -> new Reading(answer, since(trip.start())))
                .toList();
    }

    private static SourceAnswer answerOf(HealthSource source, UserId who, DayRange days, Deadline deadline) {
        try {
            return source.read(who, days, deadline);
        } catch (HealthError e) {
            log.warn(
                    "event=source_failed source={} kind={} cause=\"{}\"",
                    source.name(),
                    e.kind(),
                    WhatFailed.inWords(e));
            return new Unavailable(source.name(), e.retryAfter().orElse(RETRY_AFTER));
        } catch (RuntimeException e) { // one broken source must not take the others' data away
            log.error("event=source_failed source={} kind=UNEXPECTED", source.name(), e);
            return new Unavailable(source.name(), RETRY_AFTER);
        }
    }

    /** A source that could not be asked may know the person: only when none can is there nobody. */
    private void requireKnown(List<Reading> readings, Trip trip) {
        List<SourceAnswer> answers = readings.stream().map(Reading::answer).toList();
        boolean answered = answers.stream().anyMatch(a -> a instanceof Measured || a instanceof Unavailable);
        if (!answered && answers.stream().noneMatch(answer -> mayKnow(answer, trip))) {
            throw new MemberNotFound();
        }
    }

    private boolean mayKnow(SourceAnswer answer, Trip trip) {
        if (!(answer instanceof Disabled || answer instanceof Excluded)) {
            return false;
        }
        return sources.stream()
                .filter(source -> source.name().equals(answer.from()))
                .anyMatch(source -> acquaintance(source, trip) != Acquaintance.UNKNOWN);
    }

    private Acquaintance acquaintance(BoundedSource source, Trip trip) {
        try {
            return source.acquaintance(trip.wanted().who(), configuration.share(source.name(), trip.deadline()));
        } catch (RuntimeException e) { // as with reading: the trouble of one source is not the answer to all
            log.error("event=source_failed source={} kind=UNEXPECTED", source.name(), e);
            return Acquaintance.UNSURE;
        }
    }

    private static ZoneOffset offsetOf(List<SourceAnswer> answers) {
        return answers.stream()
                .filter(Measured.class::isInstance)
                .flatMap(answer -> ((Measured) answer).newestObservation().stream())
                .max(Comparator.comparing(Observation::at))
                .map(Observation::offset)
                .orElse(ZoneOffset.UTC);
    }

    private Duration since(long start) {
        return Duration.ofNanos(pace.nanoTime().getAsLong() - start);
    }
}
