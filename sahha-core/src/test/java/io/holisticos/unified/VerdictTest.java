package io.holisticos.unified;

import static org.assertj.core.api.Assertions.assertThat;

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
        "0 0, agree",
        "95 100, agree",
        "94.9 100, minor",
        "85 100, minor",
        "84.9 100, conflict",
        "0 1, conflict",
        "-0.5 0.5, conflict",
        "-95 -100, agree",
        "100 96 92, minor",
        "92 100 96, minor",
    })
    void comparesTheWidestDifferenceWithTheLargerValue(String values, String word) {
        List<BigDecimal> candidates =
                Arrays.stream(values.split(" ")).map(BigDecimal::new).toList();

        assertThat(Verdict.of(candidates).word()).isEqualTo(word);
    }
}
