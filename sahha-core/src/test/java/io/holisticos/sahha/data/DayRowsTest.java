package io.holisticos.sahha.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.holisticos.health.Score;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rows that others wrote to the tables of the entry point. */
class DayRowsTest {

    private static final Instant AT = Instant.parse("2026-11-22T09:00:00Z");

    @Test
    void aScoreBeyondItsScaleIsNoneForCallersOfTheRowsAndGoesToTheGateOfTheUnifiedDay() {
        DayRows day = new DayRows(List.of(score("1", "readiness", "1.7"), score("2", "sleep", "0.5")), List.of());

        assertThat(day.score("readiness")).isEmpty();
        assertThat(day.allScores())
                .extracting(Score::name, Score::value)
                .containsExactly(tuple("readiness", new BigDecimal("1.7")), tuple("sleep", new BigDecimal("0.5")));
    }

    @Test
    void aScoreThatCanBeGoesBeforeOneThatCannot() {
        DayRows day = new DayRows(List.of(score("1", "sleep", "-2"), score("2", "sleep", "0.5")), List.of());

        assertThat(day.allScores()).extracting(Score::value).containsExactly(new BigDecimal("0.5"));
    }

    private static SahhaRow score(String id, String name, String value) {
        return new SahhaRow(
                id,
                "profile",
                name,
                null,
                null,
                value,
                null,
                AT,
                null,
                ZoneOffset.UTC,
                LocalDate.parse("2026-11-22"),
                AT,
                AT,
                AT,
                null,
                AT,
                AT);
    }
}
