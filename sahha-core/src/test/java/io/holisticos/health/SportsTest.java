package io.holisticos.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holisticos.health.Sports.Table;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SportsTest {

    private static final Sports SPORTS = Sports.read();

    @ParameterizedTest(name = "{0} and {1}")
    @CsvSource(textBlock = """
                    running,         exercise_session_running
                    running,         exercise_session_running_treadmill
                    running,         HKWorkoutActivityTypeRunning
                    cycling,         EXERCISE_TYPE_BIKING_STATIONARY
                    spin,            biking_stationary
                    weightlifting,   HKWorkoutActivityTypeTraditionalStrengthTraining
                    weightlifting_msk, exercise_session_strength_training
                    functional-fitness, high_intensity_interval_training
                    functional-fitness, functional_strength_training
                    hiking-rucking,  Hiking
                    table-tennis,    exercise_session_table_tennis
                    table-tennis,    Table Tennis
                    football,        american_football
                    football,        soccer
                    triathlon,       swimming_open_water
                    sauna,           preparation_and_recovery
                    """)
    void theseCanMeanTheSame(String one, String other) {
        assertThat(SPORTS.areCompatible(one, other)).isTrue();
        assertThat(SPORTS.areCompatible(other, one)).isTrue();
    }

    @ParameterizedTest(name = "{0} and {1}")
    @CsvSource(textBlock = """
                    weightlifting, running
                    running,       cycling
                    running,       walking
                    soccer,        american_football
                    soccer,        australian-football
                    tennis,        table-tennis
                    sauna,         ice-bath
                    ice-hockey,    field-hockey
                    meditation,    hot-yoga
                    quidditch,     running
                    quidditch,     curling
                    """)
    void theseCannot(String one, String other) {
        assertThat(SPORTS.areCompatible(one, other)).isFalse();
        assertThat(SPORTS.areCompatible(other, one)).isFalse();
    }

    @ParameterizedTest(name = "[{index}] {0}")
    @CsvSource(textBlock = """
                    activity
                    other
                    UNKNOWN
                    exercise
                    exercise_session_
                    exercise_session_other_workout
                    EXERCISE_TYPE_OTHER_WORKOUT
                    HKWorkoutActivityTypeOther
                    ''
                    ---
                    """)
    void aWordThatDoesNotSayWhichSportGoesWithEveryOther(String word) {
        assertThat(SPORTS.areCompatible(word, "running")).isTrue();
        assertThat(SPORTS.areCompatible("quidditch", word)).isTrue();
    }

    @Test
    void aWordThatTheTableDoesNotHaveGoesWithItselfHoweverItIsWritten() {
        assertThat(SPORTS.areCompatible("Under-Water Hockey", "under_water/hockey"))
                .isTrue();
        assertThat(SPORTS.areCompatible("Żużel", "żużel")).isTrue();
    }

    @Test
    void aGeneralWordInAGroupIsRefusedByName() {
        Table table = new Table(List.of(), List.of("other"), Map.of("odd", List.of("odd", "Other")));

        assertThatThrownBy(() -> new Sports(table))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("sports.yml: Other of group odd is a general word, and goes with all groups");
    }

    @Test
    void aWordTwiceInAGroupIsRefusedByName() {
        Table table = new Table(List.of("ex_"), List.of(), Map.of("odd", List.of("sky-diving", "ex_skydiving")));

        assertThatThrownBy(() -> new Sports(table))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("sports.yml: group odd names ex_skydiving twice");
    }
}
