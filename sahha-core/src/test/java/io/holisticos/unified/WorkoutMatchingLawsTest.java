package io.holisticos.unified;

import static io.holisticos.unified.UnifiedFixture.DAY;
import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.SourceDay;
import io.holisticos.health.SourceName;
import io.holisticos.health.Sports;
import io.holisticos.health.Workout;
import io.holisticos.unified.MergedDay.MergedWorkout;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;

/** What holds of the activities of a person, whoever saw them and whenever that was. */
@Tag("law")
class WorkoutMatchingLawsTest {

    private static final Sports SPORTS = Sports.read();
    private static final WorkoutMatching MATCHING = new WorkoutMatching(SPORTS);
    private static final List<SourceName> SOURCES =
            List.of(new SourceName("sahha"), new SourceName("ring"), new SourceName("whoop"));
    private static final Comparator<SourceName> ORDER = Comparator.comparing(SOURCES::indexOf);

    @Property(tries = 200)
    void theOrderOfInputDoesNotMatter(@ForAll("days") List<SourceDay> days, @ForAll Random random) {
        List<SourceDay> shuffled = new ArrayList<>(days);
        Collections.shuffle(shuffled, random);

        assertThat(MATCHING.apply(shuffled, ORDER)).isEqualTo(MATCHING.apply(days, ORDER));
    }

    @Property(tries = 200)
    void eachWorkoutIsInExactlyOneActivity(@ForAll("days") List<SourceDay> days) {
        assertThat(activities(days).stream().flatMap(activity -> activity.members().stream()))
                .containsExactlyInAnyOrderElementsOf(
                        days.stream().flatMap(day -> day.workouts().stream()).toList());
    }

    @Property(tries = 200)
    void everyMemberIsTheSameActivityAsItsRepresentative(@ForAll("days") List<SourceDay> days) {
        for (MergedWorkout activity : activities(days)) {
            assertThat(activity.members()).startsWith(activity.representative());
            assertThat(activity.members().subList(1, activity.members().size()))
                    .allMatch(member -> isSame(member, activity.representative()));
        }
    }

    @Property(tries = 200)
    void noTwoRepresentativesOnNeighbouringDaysAreTheSameActivity(@ForAll("days") List<SourceDay> days) {
        MATCHING.apply(days, ORDER)
                .forEach((date, activities) ->
                        activities.forEach(activity -> assertThat(MATCHING.apply(days, ORDER).entrySet().stream()
                                        .filter(other -> Math.abs(other.getKey().toEpochDay() - date.toEpochDay()) <= 1)
                                        .flatMap(other -> other.getValue().stream()))
                                .noneMatch(other -> isSame(other.representative(), activity.representative()))));
    }

    @Property(tries = 200)
    void anEchoOfAWorkoutChangesNoRepresentative(@ForAll("days") List<SourceDay> days, @ForAll Random random) {
        List<SourceDay> withEcho = new ArrayList<>(days);
        SourceDay day = days.get(random.nextInt(days.size()));
        for (Workout workout : day.workouts()) {
            if (workout.strain() != null || workout.state() != null) {
                withEcho.add(on(day.date(), List.of(echoOf(workout))));
            }
        }

        assertThat(representatives(withEcho)).isEqualTo(representatives(days));
    }

    @Property(tries = 200)
    void whatIsFurtherAwayThanTheSurroundingDaysDoesNotChangeADay(@ForAll("days") List<SourceDay> days) {
        Map<LocalDate, List<MergedWorkout>> all = MATCHING.apply(days, ORDER);
        int surrounding = WorkoutMatching.surroundingDays(SOURCES.size());
        for (LocalDate date : all.keySet()) {
            List<SourceDay> around = days.stream()
                    .filter(day -> Math.abs(day.date().toEpochDay() - date.toEpochDay()) <= surrounding)
                    .toList();

            assertThat(MATCHING.apply(around, ORDER).get(date)).isEqualTo(all.get(date));
        }
    }

    /** The rule as the documents have it, apart from the days. */
    private static boolean isSame(Workout one, Workout other) {
        Duration together = Duration.between(
                latest(one.start().toInstant(), other.start().toInstant()),
                earliest(one.end().toInstant(), other.end().toInstant()));
        double shorter = Math.min(lengthOf(one), lengthOf(other));
        boolean atOneTime = Duration.between(one.start(), other.start()).abs().toSeconds() <= 120
                || together.toSeconds() > 0 && together.toSeconds() / shorter >= 0.6;
        return !one.source().equals(other.source()) && atOneTime && SPORTS.areCompatible(one.sport(), other.sport());
    }

    private static double lengthOf(Workout workout) {
        return Duration.between(workout.start(), workout.end()).toSeconds();
    }

    private static Instant latest(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private static Instant earliest(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private static List<MergedWorkout> activities(List<SourceDay> days) {
        return MATCHING.apply(days, ORDER).values().stream()
                .flatMap(Collection::stream)
                .toList();
    }

    private static List<Workout> representatives(List<SourceDay> days) {
        return activities(days).stream()
                .map(MergedWorkout::representative)
                .sorted(Comparator.comparing(Workout::id))
                .toList();
    }

    /** As a phone's health store passes it on: the times, nothing else. The phone comes first in the order. */
    private static Workout echoOf(Workout workout) {
        return new Workout(
                "echo-" + workout.id(),
                new SourceName("phone"),
                workout.sport(),
                workout.start(),
                workout.end(),
                null,
                null,
                null,
                null,
                null,
                null);
    }

    /** Two weeks of each source, in which little else happens than training. */
    @Provide
    Arbitrary<List<SourceDay>> days() {
        List<Arbitrary<SourceDay>> days = new ArrayList<>();
        for (SourceName source : SOURCES) {
            for (int day = 0; day < 14; day++) {
                days.add(dayOf(source, DAY.plusDays(day)));
            }
        }
        return Combinators.combine(days).as(list -> list);
    }

    private static Arbitrary<SourceDay> dayOf(SourceName source, LocalDate date) {
        Arbitrary<Workout> workout = Combinators.combine(
                        Arbitraries.of("running", "running", "activity", "weightlifting"),
                        Arbitraries.integers().between(-12, 36),
                        Arbitraries.of(0, 1, 2, 3, 30),
                        Arbitraries.of(0, 2, 30, 60, 90, 1500),
                        Arbitraries.of(true, false))
                .as((sport, hour, minute, length, scored) -> {
                    OffsetDateTime start = date.atStartOfDay()
                            .atOffset(ZoneOffset.ofHours(1))
                            .plusHours(hour)
                            .plusMinutes(minute);
                    return new Workout(
                            "?",
                            source,
                            sport,
                            start,
                            start.plusMinutes(length),
                            source.value().equals("whoop") ? scored ? "SCORED" : "PENDING_SCORE" : null,
                            scored ? BigDecimal.TEN : null,
                            null,
                            null,
                            null,
                            null);
                });
        return workout.list().ofMaxSize(3).map(workouts -> on(date, named(workouts, source + "-" + date)));
    }

    private static List<Workout> named(List<Workout> workouts, String prefix) {
        List<Workout> named = new ArrayList<>();
        for (Workout it : workouts) {
            named.add(new Workout(
                    prefix + "-" + named.size(),
                    it.source(),
                    it.sport(),
                    it.start(),
                    it.end(),
                    it.state(),
                    it.strain(),
                    it.energyKcal(),
                    it.distanceMeter(),
                    it.averageHeartRate(),
                    it.maxHeartRate()));
        }
        return named;
    }

    private static SourceDay on(LocalDate date, List<Workout> workouts) {
        return new SourceDay(date, List.of(), List.of(), workouts, null);
    }
}
