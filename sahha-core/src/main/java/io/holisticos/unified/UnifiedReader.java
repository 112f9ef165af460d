package io.holisticos.unified;

import io.holisticos.cache.MemberCache.Changes;
import io.holisticos.cache.MemberCache.Ticket;
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
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
    private final Function<UserId, Wishes> preferences;
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
            Function<UserId, Wishes> preferences,
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

    /**
     * Starts the time of a reading; no source is read yet.
     *
     * @param ticket taken now
     */
    Reading begin(UnifiedRequest request, Ticket ticket) {
        return new Reading(request, ticket);
    }

    Instant now() {
        return timing.clock().instant();
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

    /**
     * What makes two readings the same: the request, and what else decides the answer at that time.
     *
     * @param member the member's own wishes
     * @param off the sources that are switched off for the member
     * @param changes that were told of by then
     */
    record Question(UnifiedRequest request, Preferences member, Set<SourceName> off, Changes changes) {}

    /** One reading for one request. */
    final class Reading {

        private final UnifiedRequest request;
        private final Ticket ticket;
        private final Instant now;
        private final long start = timing.nanoTime().getAsLong();
        private final Deadline deadline = Deadline.after(configuration.readingTime(), timing.nanoTime());

        private final Wishes member;
        private final Question question;
        private final boolean told;

        private Reading(UnifiedRequest request, Ticket ticket) {
            this.request = request;
            this.ticket = ticket;
            this.now = ticket.begun();
            this.member = preferences.apply(request.who());
            this.question = new Question(request, member.preferences(), off(), ticket.changes());
            this.told = sources.stream().allMatch(source -> isNotRead(source) || source.isTelling());
        }

        Question question() {
            return question;
        }

        /** The person's changes as they were when the reading began. */
        Ticket ticket() {
            return ticket;
        }

        /** Whether every source that is read tells of changes. */
        boolean isTold() {
            return told;
        }

        /** Whether it is known what the member wishes. */
        boolean isCertain() {
            return member.certain();
        }

        /** How long it has taken until now. */
        Duration took() {
            return since(start);
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

        private Set<SourceName> off() {
            Set<SourceName> off = Set.of();
            for (BoundedSource source : sources) {
                if (!source.isOn(request.who())) {
                    off = off.isEmpty() ? new HashSet<>() : off;
                    off.add(source.name());
                }
            }
            return off;
        }

        private boolean isNotRead(BoundedSource source) {
            return isExcluded(source) || question.off().contains(source.name());
        }

        private UnifiedReport merged(List<TimedAnswer> timed) {
            List<SourceAnswer> answers = timed.stream().map(TimedAnswer::answer).toList();
            ZoneOffset offset = offsetOf(answers);
            long mergeStart = timing.nanoTime().getAsLong();
            List<MergedDay> days = merge.apply(request.daysToAnswer(now, offset), answers, member.preferences());
            return new UnifiedReport(
                    request.who(),
                    now,
                    offset,
                    member.preferences(),
                    timed,
                    days,
                    since(mergeStart),
                    since(start),
                    merge.basis(member.preferences()));
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
