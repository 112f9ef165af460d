package io.holisticos.unified;

import static java.util.stream.Collectors.groupingBy;

import io.holisticos.health.DayRange;
import io.holisticos.health.Metric;
import io.holisticos.health.Observation;
import io.holisticos.health.PlausibleDay;
import io.holisticos.health.SourceAnswer;
import io.holisticos.health.SourceAnswer.Measured;
import io.holisticos.health.SourceDay;
import io.holisticos.health.SourceName;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What all sources told of each day, each day in the order of the sources. */
final class ToldDays implements EchoRule.Days {

    private static final int SECONDS_PER_DAY = 86_400;

    private final Map<LocalDate, List<SourcePart>> byDate;

    /**
     * The data of one source for one day.
     *
     * @param told as the source answered it
     * @param day its plausible values
     * @param implausible metrics whose value is implausible
     * @param offScale names of scores beyond their scale
     * @param whole false when the source says of this very day that it has read it only in part; true when it does not say of
     *     which days it has
     * @param end of the day, by its own offset
     * @param countedUntil when the source was last read, while the day is not over; null when it is
     */
    record SourcePart(
            SourceName source,
            SourceDay told,
            SourceDay day,
            Set<Metric> implausible,
            Set<String> offScale,
            boolean whole,
            Instant end,
            @Nullable Instant countedUntil) {

        private static SourcePart of(Measured answer, SourceDay told) {
            PlausibleDay plausible = PlausibleDay.of(told);
            Set<LocalDate> partlyRead = answer.partlyRead();
            boolean whole = partlyRead == null || !partlyRead.contains(told.date());
            Instant end = endOf(told, answer.newest());
            Instant asOf = answer.asOf(); // without a time of reading nothing counts on
            return new SourcePart(
                    answer.from(),
                    told,
                    plausible.day(),
                    plausible.implausible(),
                    plausible.offScale(),
                    whole,
                    end,
                    asOf == null || !asOf.isBefore(end) ? null : asOf);
        }

        private static Instant endOf(SourceDay told, @Nullable Observation newest) {
            ZoneOffset offset = told.offset();
            if (offset == null) {
                offset = newest == null ? ZoneOffset.UTC : newest.offset();
            }
            long endOfDay = (told.date().toEpochDay() + 1) * SECONDS_PER_DAY;
            return Instant.ofEpochSecond(endOfDay - offset.getTotalSeconds());
        }
    }

    private ToldDays(Map<LocalDate, List<SourcePart>> byDate) {
        this.byDate = byDate;
    }

    /**
     * What was told of these days, of the days before them that echoes are looked for in, and of those around them that decide
     * their workouts.
     */
    static ToldDays of(DayRange days, List<SourceAnswer> answers, Comparator<SourceName> order) {
        LocalDate first = days.from().minusDays(daysBefore(answers.size()));
        LocalDate last = days.to().plusDays(daysAfter(answers.size()));
        return new ToldDays(answers.stream()
                .sorted(Comparator.comparing(SourceAnswer::from, order))
                .filter(Measured.class::isInstance)
                .map(Measured.class::cast)
                .flatMap(answer -> answer.days().stream()
                        .filter(day ->
                                !day.date().isBefore(first) && !day.date().isAfter(last))
                        .map(day -> SourcePart.of(answer, day)))
                .collect(groupingBy(part -> part.told().date())));
    }

    /** So many days before a day decide what its answer is. */
    static int daysBefore(int sources) {
        return Math.max(EchoRule.LOOK_BACK_DAYS, WorkoutMatching.surroundingDays(sources));
    }

    /** So many days after a day decide what its answer is. */
    static int daysAfter(int sources) {
        return Math.max(EchoRule.LOOK_AHEAD_DAYS, WorkoutMatching.surroundingDays(sources));
    }

    /** What of all that is plausible. */
    List<SourceDay> plausibleDays() {
        return byDate.values().stream()
                .flatMap(List::stream)
                .map(SourcePart::day)
                .toList();
    }

    List<SourcePart> on(LocalDate date) {
        return byDate.getOrDefault(date, List.of());
    }

    /** Null when the source told nothing of the day. */
    @Nullable
    SourcePart find(SourceName source, LocalDate date) {
        for (SourcePart part : on(date)) {
            if (part.source().equals(source)) {
                return part;
            }
        }
        return null;
    }

    @Override
    public @Nullable SourceDay of(SourceName source, LocalDate date) {
        SourcePart part = find(source, date);
        return part == null ? null : part.day();
    }
}
