package io.holisticos.unified;

import static java.util.stream.Collectors.toUnmodifiableMap;

import io.holisticos.health.SourceDay;
import io.holisticos.health.SourceName;
import io.holisticos.health.Sports;
import io.holisticos.health.Workout;
import io.holisticos.unified.MergedDay.MergedWorkout;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Finds the workouts that are one activity, seen by several sources. Pure: the same workouts in any order give the same answer.
 *
 * <p>Workouts are taken one after another, in three classes: first those with values, then those whose source has not scored
 * them, or cannot, then those that were only seen. Within a class the order of the sources decides. A workout joins the
 * representative of another source that it shares most time with. Of several with as much, it joins the one that begins closest to
 * it. Where there is none, it represents itself. So two representatives of different sources on neighbouring days are never the
 * same activity.
 *
 * <p>When one source split what another saw as a whole, the parts join the whole, or the whole joins its closest part. Nothing
 * counts twice either way. Two workouts of one source are two activities: a source knows its own best.
 */
final class WorkoutMatching {

    /** The sources differ by a day at most, as for a workout after midnight in WHOOP's cycle of the day before. */
    private static final int DAYS_APART = 1;

    private final Sports sports;

    WorkoutMatching(Sports sports) {
        this.sports = sports;
    }

    /**
     * On each side of a day, so many days decide what its workouts are. Whether a workout represents itself depends on better ones
     * that are at most a day away, theirs on still better ones, and so on. A source adds two steps to such a chain at most: some of
     * its workouts have values. The others are either all unscored or all only seen, as a source tells states or does not.
     */
    static int surroundingDays(int sources) {
        return 2 * sources * DAYS_APART;
    }

    /**
     * The activities of each day that has any, oldest first. An activity lies on the day of its representative.
     *
     * @param days of all sources
     * @param order of the sources, best first
     */
    Map<LocalDate, List<MergedWorkout>> apply(Collection<SourceDay> days, Comparator<SourceName> order) {
        Comparator<Seen> bestFirst = bestFirst(order);
        Map<LocalDate, List<Group>> groups = new TreeMap<>();
        days.stream().flatMap(Seen::on).sorted(bestFirst).forEach(seen -> place(seen, groups, bestFirst));
        return groups.entrySet().stream()
                .collect(toUnmodifiableMap(Map.Entry::getKey, entry -> oldestFirst(entry.getValue())));
    }

    private static Comparator<Seen> bestFirst(Comparator<SourceName> order) {
        return Comparator.comparing((Seen seen) -> !seen.hasValues())
                .thenComparing(seen -> seen.workout().state() == null)
                .thenComparing(Seen::source, order)
                .thenComparing(Seen::start)
                .thenComparing(Seen::end)
                .thenComparing(seen -> seen.workout().id());
    }

    private void place(Seen seen, Map<LocalDate, List<Group>> groups, Comparator<Seen> bestFirst) {
        seen.date()
                .minusDays(DAYS_APART)
                .datesUntil(seen.date().plusDays(DAYS_APART + 1))
                .flatMap(date -> groups.getOrDefault(date, List.of()).stream())
                .filter(group -> isSame(group.representative(), seen))
                .min(closestTo(seen).thenComparing(Group::representative, bestFirst))
                .ifPresentOrElse(
                        group -> group.members().add(seen.workout()),
                        () -> groups.computeIfAbsent(seen.date(), any -> new ArrayList<>())
                                .add(new Group(seen)));
    }

    private boolean isSame(Seen one, Seen other) {
        return !one.source().equals(other.source())
                && one.workout().isAtTheTimeOf(other.workout())
                && sports.areCompatible(one.workout().sport(), other.workout().sport());
    }

    private static Comparator<Group> closestTo(Seen seen) {
        return Comparator.comparing(
                        (Group group) -> group.representative().workout().timeWith(seen.workout()),
                        Comparator.reverseOrder())
                .thenComparing(group -> group.representative().workout().betweenStarts(seen.workout()));
    }

    private static List<MergedWorkout> oldestFirst(List<Group> groups) {
        return groups.stream()
                .sorted(Comparator.comparing(
                                (Group group) -> group.representative().start())
                        .thenComparing(group -> group.representative().source().value())
                        .thenComparing(group -> group.representative().workout().id()))
                .map(group -> new MergedWorkout(group.representative().workout(), group.members()))
                .toList();
    }

    /** An activity while its members are collected: the representative, then the others, best first. */
    private record Group(Seen representative, List<Workout> members) {

        Group(Seen representative) {
            this(representative, new ArrayList<>(List.of(representative.workout())));
        }
    }

    /** A workout on the day that its source has it on. */
    private record Seen(LocalDate date, Workout workout) {

        static Stream<Seen> on(SourceDay day) {
            return day.workouts().stream().map(workout -> new Seen(day.date(), workout));
        }

        SourceName source() {
            return workout.source();
        }

        Instant start() {
            return workout.start().toInstant();
        }

        Instant end() {
            return workout.end().toInstant();
        }

        /** Not so before WHOOP has scored it, and in what Sahha knows of exercise. */
        boolean hasValues() {
            return Stream.of(
                            workout.strain(),
                            workout.energyKcal(),
                            workout.distanceMeter(),
                            workout.averageHeartRate(),
                            workout.maxHeartRate())
                    .anyMatch(Objects::nonNull);
        }
    }
}
