package io.holisticos.unified;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.MetricDefinition.Tolerance;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerdictTest {

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "52, single",
        "0, single",
        "52 52.0, agree",
        "50 53, agree",
        "50 53.01, minor",
        "50 58, minor",
        "50 58.01, conflict",
        "-4 4, minor",
        "-50 -53, agree",
        "50 51 53, agree",
        "50 53 56, minor",
        "56 50 53, minor",
        "41 50 53, conflict",
    })
    void comparesTheWidestDifferenceWithTheMetricsTolerance(String values, String word) {
        assertThat(verdict(Tolerance.Kind.ABSOLUTE, "3", "8", values)).isEqualTo(word);
    }

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "0, single",
        "0 0, agree",
        "9000 10000, agree",
        "8999 10000, minor",
        "7000 10000, minor",
        "6999 10000, conflict",
        "0 1, conflict",
        "-0.5 0.5, conflict",
        "-90 -100, agree",
        "100 90 80, minor",
        "80 100 90, minor",
    })
    void countsARelativeToleranceInPercentOfTheLargerValue(String values, String word) {
        assertThat(verdict(Tolerance.Kind.RELATIVE, "10", "30", values)).isEqualTo(word);
    }

    private static String verdict(Tolerance.Kind kind, String agree, String conflict, String values) {
        List<BigDecimal> candidates =
                Arrays.stream(values.split(" ")).map(BigDecimal::new).toList();
        return Verdict.of(new Tolerance(kind, new BigDecimal(agree), new BigDecimal(conflict), "a study"), candidates)
                .word();
    }
}
