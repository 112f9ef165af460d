package io.holisticos.unified;

import io.holisticos.health.BoundedSource;
import io.holisticos.health.BoundedSource.PendingAnswer;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError.MemberNotFound;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.HealthSource;
import io.holisticos.health.HealthSource.Acquaintance;
import io.holisticos.health.Observation;
import io.holisticos.health.Preferences;
import io.holisticos.health.SourceAnswer;
import io.holisticos.health.SourceAnswer.Disabled;
import io.holisticos.health.SourceAnswer.Excluded;
import io.holisticos.health.SourceAnswer.Measured;
import io.holisticos.health.SourceAnswer.Unavailable;
import io.holisticos.health.SourceName;
import io.holisticos.health.TimedAnswer;
import io.holisticos.health.UserId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Reads all sources in their order, one after another or at the same time, within one deadline, and merges their answers. A
 * source that fails or is too slow is unavailable in the report and does not affect the others. Thread-safe.
 */
final class UnifiedReader {

    /** When to ask again for a source whose answer did not come in time. */
    private static final Duration RETRY_AFTER = Duration.ofSeconds(30);

    private final List<BoundedSource> sources;
    private final DayMerge merge;
    private final Function<UserId, Preferences> preferences;
    private final UnifiedConfiguration configuration;
    private final Timing timing;

    /**
     * When the sources are read, and how that is measured.
     *
     * @param inParallel members whose sources are read at the same time; for others they are read one after another
     * @param clock decides what is today and dates the answer
     * @param nanoTime monotonic; measures durations
     */
    record Timing(Predicate<UserId> inParallel, Clock clock, LongSupplier nanoTime) {}

    /**
     * @param sources in the order they are read
     * @param preferences each member's own wishes; never fails
     */
    UnifiedReader(
            List<BoundedSource> sources,
            DayMerge merge,
            Function<UserId, Preferences> preferences,
            UnifiedConfiguration configuration,
            Timing timing) {
        if (sources.stream().map(HealthSource::name).distinct().count() < sources.size()) {
            throw new IllegalArgumentException("every source has a name of its own");
        }
        this.sources = List.copyOf(sources);
        this.merge = merge;
        this.preferences = preferences;
        this.configuration = configuration;
        this.timing = timing;
    }

    /** Starts the time of a reading; nothing is read yet. */
    Reading begin(UnifiedRequest request) {
        return new Reading(request);
    }

    /**
     * Whether any source knows the person. They are asked one after another, until one does.
     *
     * @throws MemberNotFound when all of them could be asked and none does
     * @throws SourceUnavailable when none does, but not all could be asked
     */
    void requireKnown(UserId who) {
        Deadline deadline = Deadline.after(configuration.readingTime(), timing.nanoTime());
        SourceName unsure = null;
        for (BoundedSource source : sources) {
            switch (source.acquaintance(who, configuration.share(source.name(), deadline))) {
                case KNOWN -> {
                    return;
                }
                case UNSURE -> unsure = source.name();
                case UNKNOWN -> {}
            }
        }
        if (unsure != null) {
            throw new SourceUnavailable(unsure, RETRY_AFTER);
        }
        throw new MemberNotFound();
    }

    LocalDate todayInUtc() {
        return LocalDate.ofInstant(timing.clock().instant(), ZoneOffset.UTC);
    }

    /** What makes two readings the same: the request, and the member's wishes at that time. */
    record Question(UnifiedRequest request, Preferences member) {}

    /** One reading for one request. */
    final class Reading {

        private final UnifiedRequest request;
        private final Instant now = timing.clock().instant();
        private final long start = timing.nanoTime().getAsLong();
        private final Deadline deadline = Deadline.after(configuration.readingTime(), timing.nanoTime());

        private final Preferences member;

        private Reading(UnifiedRequest request) {
            this.request = request;
            this.member = preferences.apply(request.who());
        }

        Question question() {
            return new Question(request, member);
        }

        /** The time by which all sources must have answered. */
        Deadline deadline() {
            return deadline;
        }

        /** Reads all sources, Sahha first, then WHOOP, and merges what they answer. */
        UnifiedReport report() {
            Stream<PendingAnswer> begun = sources.stream().map(this::begin);
            if (timing.inParallel().test(request.who())) {
                begun = begun.toList().stream(); // all have begun before the first is waited for
            }
            List<TimedAnswer> answers = begun.map(PendingAnswer::await).toList();
            requireKnown(answers);
            return merged(answers);
        }

        /** The report in which every source is unavailable. */
        UnifiedReport reportWithoutAnswers() {
            return merged(sources.stream()
                    .map(source -> new TimedAnswer(
                            isExcluded(source)
                                    ? new Excluded(source.name())
                                    : new Unavailable(source.name(), RETRY_AFTER),
                            since(start)))
                    .toList());
        }

        private PendingAnswer begin(BoundedSource source) {
            if (isExcluded(source)) {
                return () -> new TimedAnswer(new Excluded(source.name()), Duration.ZERO);
            }
            return source.begin(request.who(), request.daysToRead(now, sources.size()), shareOf(source));
        }

        private UnifiedReport merged(List<TimedAnswer> timed) {
            List<SourceAnswer> answers = timed.stream().map(TimedAnswer::answer).toList();
            ZoneOffset offset = offsetOf(answers);
            long mergeStart = timing.nanoTime().getAsLong();
            List<MergedDay> days = merge.apply(request.daysToAnswer(now, offset), answers, member);
            return new UnifiedReport(
                    request.who(),
                    now,
                    offset,
                    member,
                    timed,
                    days,
                    since(mergeStart),
                    since(start),
                    merge.basis(member));
        }

        /** A person is unknown only when every source could be asked and none knows them. */
        private void requireKnown(List<TimedAnswer> answers) {
            boolean answered = answers.stream()
                    .map(TimedAnswer::answer)
                    .anyMatch(answer -> answer instanceof Measured || answer instanceof Unavailable);
            if (!answered && answers.stream().map(TimedAnswer::answer).noneMatch(this::mayKnow)) {
                throw new MemberNotFound();
            }
        }

        /** Asks a source that was not read whether it knows the person. */
        private boolean mayKnow(SourceAnswer answer) {
            return (answer instanceof Disabled || answer instanceof Excluded)
                    && sources.stream()
                            .filter(source -> source.name().equals(answer.from()))
                            .anyMatch(source ->
                                    source.acquaintance(request.who(), shareOf(source)) != Acquaintance.UNKNOWN);
        }

        private boolean isExcluded(BoundedSource source) {
            return request.excluded().contains(source.name());
        }

        private Deadline shareOf(BoundedSource source) {
            return configuration.share(source.name(), deadline);
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
        return Duration.ofNanos(timing.nanoTime().getAsLong() - start);
    }
}
