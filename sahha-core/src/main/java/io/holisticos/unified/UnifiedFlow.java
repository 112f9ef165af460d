package io.holisticos.unified;

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
import io.holisticos.unified.UnifiedReport.Reading;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads every source in its order, one after another within one deadline, then merges. A source that fails is silent in
 * the answer and leaves the others as they are. Thread-safe.
 */
final class UnifiedFlow {

    private static final Logger log = LoggerFactory.getLogger(UnifiedFlow.class);

    /** Days read on both sides of a relative day: the person's date is at most one from that in UTC. */
    private static final int MARGIN_DAYS = 2;

    /** When to ask again after a failure that did not say. */
    private static final Duration RETRY_AFTER = Duration.ofSeconds(30);

    private final List<HealthSource> sources;
    private final Merge merge;
    private final UnifiedConfiguration configuration;
    private final Clock clock;
    private final LongSupplier nanoTime;

    /**
     * @param sources in the order they are read
     * @param clock decides what is today and dates the answer
     * @param nanoTime monotonic; decides how long things take
     */
    UnifiedFlow(
            List<HealthSource> sources,
            Merge merge,
            UnifiedConfiguration configuration,
            Clock clock,
            LongSupplier nanoTime) {
        if (sources.stream().map(HealthSource::name).distinct().count() < sources.size()) {
            throw new IllegalArgumentException("every source has a name of its own");
        }
        this.sources = List.copyOf(sources);
        this.merge = merge;
        this.configuration = configuration;
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    /**
     * One day. Today and yesterday are decided by the newest observation of any source, hence after reading.
     *
     * @param leftOut sources that are not read because the caller does not want them
     * @throws MemberNotFound when no source knows the person
     */
    UnifiedReport read(UserId who, Period period, Set<SourceName> leftOut) {
        Instant now = clock.instant();
        return read(
                who, window(period, now), offset -> DayRange.of(period.dateAt(now, offset)), new Terms(now, leftOut));
    }

    /**
     * Every one of these days.
     *
     * @throws MemberNotFound when no source knows the person
     */
    UnifiedReport read(UserId who, DayRange days) {
        return read(who, days, offset -> days, new Terms(clock.instant(), Set.of()));
    }

    private UnifiedReport read(UserId who, DayRange window, Function<ZoneOffset, DayRange> wanted, Terms terms) {
        long start = nanoTime.getAsLong();
        Deadline deadline = Deadline.after(configuration.deadline(), nanoTime);
        List<Reading> readings = sources.stream()
                .map(source -> read(source, who, window, terms, deadline))
                .toList(); // Sahha first, then WHOOP
        List<SourceAnswer> answers = readings.stream().map(Reading::answer).toList();
        requireKnown(who, answers, deadline);
        ZoneOffset offset = offsetOf(answers);
        long merging = nanoTime.getAsLong();
        List<MergedDay> days = merge.apply(wanted.apply(offset), answers);
        return new UnifiedReport(who, terms.now(), offset, readings, days, since(merging), since(start));
    }

    /** What holds for all sources of one request. */
    private record Terms(Instant now, Set<SourceName> leftOut) {}

    private Reading read(HealthSource source, UserId who, DayRange days, Terms terms, Deadline deadline) {
        if (terms.leftOut().contains(source.name())) {
            return new Reading(new Excluded(source.name()), Duration.ZERO);
        }
        if (deadline.isExpired()) {
            return new Reading(new Unavailable(source.name(), RETRY_AFTER), Duration.ZERO);
        }
        long start = nanoTime.getAsLong();
        return new Reading(answerOf(source, who, days, configuration.share(source.name(), deadline)), since(start));
    }

    private static SourceAnswer answerOf(HealthSource source, UserId who, DayRange days, Deadline deadline) {
        try {
            return source.read(who, days, deadline);
        } catch (HealthError e) {
            log.warn("event=source_failed source={} kind={}", source.name(), e.kind());
            return new Unavailable(source.name(), e.retryAfter().orElse(RETRY_AFTER));
        } catch (RuntimeException e) { // one broken source must not take the others' data away
            log.error("event=source_failed source={} kind=UNEXPECTED", source.name(), e);
            return new Unavailable(source.name(), RETRY_AFTER);
        }
    }

    /** A source that could not be asked may know the person: only when none can is there nobody. */
    private void requireKnown(UserId who, List<SourceAnswer> answers, Deadline deadline) {
        boolean answered = answers.stream().anyMatch(a -> a instanceof Measured || a instanceof Unavailable);
        if (!answered && answers.stream().noneMatch(answer -> mayKnow(answer, who, deadline))) {
            throw new MemberNotFound();
        }
    }

    private boolean mayKnow(SourceAnswer answer, UserId who, Deadline deadline) {
        if (!(answer instanceof Disabled || answer instanceof Excluded)) {
            return false;
        }
        return sources.stream()
                .filter(source -> source.name().equals(answer.from()))
                .anyMatch(source -> acquaintance(source, who, deadline) != Acquaintance.UNKNOWN);
    }

    private Acquaintance acquaintance(HealthSource source, UserId who, Deadline deadline) {
        try {
            return source.acquaintance(who, configuration.share(source.name(), deadline));
        } catch (RuntimeException e) { // as with reading: the trouble of one source is not the answer to all
            log.error("event=source_failed source={} kind=UNEXPECTED", source.name(), e);
            return Acquaintance.UNSURE;
        }
    }

    private static DayRange window(Period period, Instant now) {
        LocalDate date = period.date();
        if (date != null) {
            return DayRange.of(date);
        }
        LocalDate around = period.dateAt(now, ZoneOffset.UTC);
        return new DayRange(around.minusDays(MARGIN_DAYS), around.plusDays(MARGIN_DAYS));
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
        return Duration.ofNanos(nanoTime.getAsLong() - start);
    }
}
