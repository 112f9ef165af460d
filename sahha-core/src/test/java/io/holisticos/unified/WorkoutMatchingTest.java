package io.holisticos.unified;

import static io.holisticos.unified.UnifiedFixture.DAY;
import static io.holisticos.unified.UnifiedFixture.SAHHA;
import static io.holisticos.unified.UnifiedFixture.WHOOP;
import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.SourceDay;
import io.holisticos.health.SourceName;
import io.holisticos.health.Sports;
import io.holisticos.health.Workout;
import io.holisticos.unified.MergedDay.MergedWorkout;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkoutMatchingTest {

    private static final SourceName RING = new SourceName("ring");
    private static final WorkoutMatching MATCHING = new WorkoutMatching(Sports.read());

    @ParameterizedTest(name = "{0}: {1}-{2} and {3}-{4}: {5}")
    @CsvSource(textBlock = """
                    the same times,                      10:00,11:00, 10:00,11:00,   1
                    exactly 60 % of the shorter,         10:00,11:00, 10:24,11:24,   1
                    a second less than 60 %,             10:00,11:00, 10:24:01,11:24:01, 2
                    60 % of the shorter only,            10:00,12:00, 11:30,12:20,   1
                    one within the other,                10:00,14:00, 12:00,12:20,   1
                    one after the other,                 10:00,11:00, 11:00,12:00,   2
                    starts two minutes apart,            10:00,10:03, 10:02,12:00,   1
                    starts a second more apart,          10:00,10:03, 10:02:01,12:00, 2
                    starts two minutes apart and no time together, 10:00,10:01, 10:02,11:00, 1
                    without length at the other's start, 10:00,11:00, 10:01,10:01,   1
                    without length in the middle,        10:00,11:00, 10:30,10:30,   2
                    both without length at one moment,   10:00,10:00, 10:00,10:00,   1
                    """)
    void twoAreOneByTheirTimes(
            String situation, String start, String end, String otherStart, String otherEnd, int activities) {
        Workout band = scored(WHOOP, "w", "running", start, end);
        Workout phone = seen(SAHHA, "p", "running", otherStart, otherEnd);

        assertThat(found(band, phone)).as(situation).hasSize(activities);
        assertThat(found(scored(WHOOP, "w", "running", otherStart, otherEnd), seen(SAHHA, "p", "running", start, end)))
                .as(situation)
                .hasSize(activities);
    }

    @ParameterizedTest(name = "{0} and {1}: {2}")
    @CsvSource(textBlock = """
                    weightlifting,  exercise_session_strength_training, 1
                    weightlifting,  exercise_session_running,           2
                    activity,       exercise_session_running,           1
                    running,        exercise,                           1
                    quidditch,      Quidditch,                          1
                    quidditch,      running,                            2
                    """)
    void twoAreOneOnlyIfTheirSportsAreCompatible(String band, String phone, int activities) {
        assertThat(found(scored(WHOOP, "w", band, "10:00", "11:00"), seen(SAHHA, "p", phone, "10:00", "11:00")))
                .hasSize(activities);
    }

    @Test
    void twoOfOneSourceAreNeverOne() {
        assertThat(found(
                        scored(WHOOP, "a", "running", "10:00", "11:00"),
                        scored(WHOOP, "b", "running", "10:00", "11:00")))
                .extracting(WorkoutMatchingTest::ids)
                .containsExactly(List.of("a"), List.of("b"));
    }

    @Test
    void theSourceThatComesFirstRepresentsVerbatimAndTheOthersFollowInTheirOrder() {
        Workout phone = scored(SAHHA, "p", "walking", "10:05", "11:00");
        Workout band = scored(WHOOP, "w", "hiking-rucking", "10:00", "11:02");
        Workout ring = scored(RING, "r", "activity", "10:02", "11:01");

        assertThat(found(ring, band, phone)).containsExactly(new MergedWorkout(phone, List.of(phone, ring, band)));
        assertThat(found(MATCHING, List.of(WHOOP, RING, SAHHA), day(DAY, ring, band, phone))
                        .get(DAY))
                .containsExactly(new MergedWorkout(band, List.of(band, ring, phone)));
    }

    @Test
    void aWorkoutWithValuesRepresentsBeforeOneThatWasOnlySeen() {
        Workout band = scored(WHOOP, "w", "running", "10:00", "11:00");
        Workout phone = seen(SAHHA, "p", "running", "10:00", "11:00");

        assertThat(found(phone, band)).containsExactly(new MergedWorkout(band, List.of(band, phone)));
    }

    @Test
    void aWorkoutThatIsNotScoredYetRepresentsBeforeOneThatWasOnlySeenAndAfterOneWithValues() {
        Workout pending = unscored(WHOOP, "w", "running", "10:00", "11:00");
        Workout phone = seen(SAHHA, "p", "running", "10:00", "11:00");
        Workout ring = scored(RING, "r", "running", "10:00", "11:00");

        assertThat(found(pending, phone)).containsExactly(new MergedWorkout(pending, List.of(pending, phone)));
        assertThat(found(pending, phone, ring)).containsExactly(new MergedWorkout(ring, List.of(ring, pending, phone)));
    }

    @Test
    void ofWorkoutsThatWereOnlySeenTheOrderOfTheSourcesDecides() {
        Workout phone = seen(SAHHA, "p", "running", "10:00", "11:00");
        Workout ring = seen(RING, "r", "running", "10:00", "11:00");

        assertThat(found(ring, phone)).containsExactly(new MergedWorkout(phone, List.of(phone, ring)));
    }

    @ParameterizedTest(name = "only value {0}")
    @CsvSource({"0", "1", "2", "3", "4"})
    void anyValueIsAScore(int value) {
        Workout whole = scored(WHOOP, "w", "running", "10:00", "11:00");
        Workout band = new Workout(
                whole.id(),
                WHOOP,
                whole.sport(),
                whole.start(),
                whole.end(),
                "SCORED",
                value == 0 ? BigDecimal.TEN : null,
                value == 1 ? BigDecimal.TEN : null,
                value == 2 ? BigDecimal.TEN : null,
                value == 3 ? 120 : null,
                value == 4 ? 160 : null);

        assertThat(found(seen(SAHHA, "p", "running", "10:00", "11:00"), band))
                .extracting(MergedWorkout::representative)
                .containsExactly(band);
    }

    @Test
    void thePartsIntoWhichAnotherSourceSplitAnActivityJoinTheWhole() {
        assertThat(found(
                        scored(WHOOP, "w", "running", "10:00", "11:30"),
                        seen(SAHHA, "p1", "running", "10:00", "10:40"),
                        seen(SAHHA, "p2", "running", "10:45", "11:30")))
                .extracting(WorkoutMatchingTest::ids)
                .containsExactly(List.of("w", "p1", "p2"));
    }

    @Test
    void aWholeJoinsThePartItSharesMostTimeWithAndThePartsCount() {
        assertThat(found(
                        scored(SAHHA, "p1", "running", "10:00", "10:40"),
                        scored(SAHHA, "p2", "running", "10:45", "11:30"),
                        scored(WHOOP, "w", "running", "10:00", "11:30")))
                .extracting(WorkoutMatchingTest::ids)
                .containsExactly(List.of("p1"), List.of("p2", "w"));
    }

    @Test
    void ofTwoThatShareAsMuchTimeTheCloserStartIsTheActivity() {
        assertThat(found(
                        scored(SAHHA, "far", "running", "09:00", "12:00"),
                        scored(SAHHA, "near", "running", "10:10", "12:00"),
                        scored(WHOOP, "w", "running", "10:20", "11:00")))
                .extracting(WorkoutMatchingTest::ids)
                .containsExactly(List.of("far"), List.of("near", "w"));
    }

    @Test
    void ofTwoThatAreAsCloseTheBetterSourceIsTheActivity() {
        Workout ring = scored(RING, "a", "running", "10:00", "11:00");
        Workout phone = scored(SAHHA, "b", "cycling", "10:00", "11:00");
        Workout band = seen(WHOOP, "w", "activity", "10:00", "11:00");

        assertThat(found(MATCHING, List.of(SAHHA, RING, WHOOP), day(DAY, ring, band, phone))
                        .get(DAY))
                .extracting(WorkoutMatchingTest::ids)
                .containsExactly(List.of("a"), List.of("b", "w"));
    }

    @Test
    void whatOverlapsAMemberButNotTheRepresentativeIsAnotherActivity() {
        assertThat(found(
                        scored(SAHHA, "a", "running", "10:00", "11:00"),
                        scored(RING, "b", "running", "10:20", "11:20"),
                        scored(WHOOP, "c", "running", "10:40", "11:40")))
                .extracting(WorkoutMatchingTest::ids)
                .containsExactly(List.of("a", "b"), List.of("c"));
    }

    @Test
    void anActivityAfterMidnightIsFoundOnTheDayBeforeAndOnTheDayAfter() {
        Workout band = scored(WHOOP, "w", "running", "10:00", "11:00");
        Workout phone = seen(SAHHA, "p", "running", "10:00", "11:00");

        assertThat(found(MATCHING, List.of(SAHHA, WHOOP), day(DAY, band), day(DAY.plusDays(1), phone)))
                .isEqualTo(Map.of(DAY, List.of(new MergedWorkout(band, List.of(band, phone)))));
        assertThat(found(MATCHING, List.of(SAHHA, WHOOP), day(DAY, band), day(DAY.minusDays(1), phone)))
                .isEqualTo(Map.of(DAY, List.of(new MergedWorkout(band, List.of(band, phone)))));
    }

    @Test
    void daysFurtherApartDoNotMeet() {
        Workout band = scored(WHOOP, "w", "running", "10:00", "11:00");
        Workout phone = seen(SAHHA, "p", "running", "10:00", "11:00");

        assertThat(found(MATCHING, List.of(SAHHA, WHOOP), day(DAY, band), day(DAY.plusDays(2), phone)))
                .containsOnlyKeys(DAY, DAY.plusDays(2));
    }

    @Test
    void theDaysAroundADayThatDecideItGrowWithTheSources() {
        assertThat(WorkoutMatching.surroundingDays(2)).isEqualTo(4);
        assertThat(WorkoutMatching.surroundingDays(3)).isEqualTo(6);
    }

    @Test
    void momentsAreComparedNotLocalTimes() {
        Workout band = scored(WHOOP, "w", "running", "10:00", "11:00");
        OffsetDateTime start = band.start().withOffsetSameInstant(ZoneOffset.ofHours(-9));
        Workout phone =
                new Workout("p", SAHHA, "running", start, start.plusHours(1), null, null, null, null, null, null);

        assertThat(found(band, phone)).extracting(WorkoutMatchingTest::ids).containsExactly(List.of("w", "p"));
    }

    @Test
    void activitiesAreOldestFirstThenBySourceAndId() {
        assertThat(found(
                        scored(WHOOP, "d", "running", "10:00", "10:30"),
                        scored(WHOOP, "c", "running", "10:00", "10:20"),
                        scored(SAHHA, "z", "rowing", "10:00", "10:30"),
                        scored(WHOOP, "e", "running", "09:00", "09:30")))
                .extracting(WorkoutMatchingTest::ids)
                .containsExactly(List.of("e"), List.of("z"), List.of("c"), List.of("d"));
    }

    @Test
    void membersOfOneSourceAreOldestFirst() {
        assertThat(found(
                        scored(WHOOP, "w", "running", "10:00", "12:00"),
                        seen(SAHHA, "b", "running", "11:00", "11:40"),
                        seen(SAHHA, "d", "running", "10:00", "10:40"),
                        seen(SAHHA, "c", "running", "10:00", "10:30"),
                        seen(SAHHA, "a", "running", "10:00", "10:40")))
                .extracting(WorkoutMatchingTest::ids)
                .containsExactly(List.of("w", "c", "a", "d", "b"));
    }

    private static List<String> ids(MergedWorkout merged) {
        return merged.members().stream().map(Workout::id).toList();
    }

    /** On one day, the phone before the ring before the band. */
    private static List<MergedWorkout> found(Workout... workouts) {
        return found(MATCHING, List.of(SAHHA, RING, WHOOP), day(DAY, workouts)).get(DAY);
    }

    private static Map<LocalDate, List<MergedWorkout>> found(
            WorkoutMatching matching, List<SourceName> order, SourceDay... days) {
        return matching.apply(List.of(days), Comparator.comparing(order::indexOf));
    }

    private static SourceDay day(LocalDate date, Workout... workouts) {
        return new SourceDay(date, List.of(), List.of(), Stream.of(workouts).toList(), null);
    }

    private static Workout scored(SourceName source, String id, String sport, String start, String end) {
        return new Workout(
                id,
                source,
                sport,
                at(start),
                at(end),
                "SCORED",
                new BigDecimal("9.25"),
                new BigDecimal("312.046"),
                null,
                141,
                170);
    }

    private static Workout unscored(SourceName source, String id, String sport, String start, String end) {
        return new Workout(id, source, sport, at(start), at(end), "PENDING_SCORE", null, null, null, null, null);
    }

    private static Workout seen(SourceName source, String id, String sport, String start, String end) {
        return new Workout(id, source, sport, at(start), at(end), null, null, null, null, null, null);
    }

    private static OffsetDateTime at(String time) {
        return DAY.atTime(LocalTime.parse(time)).atOffset(ZoneOffset.ofHours(1));
    }
}
