package io.holisticos.whoop.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.whoop.api.Window;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Spans written as text: {@code "1-3 5-7"} are two, in hours. */
class SpansTest {

    private static final Instant START = Instant.parse("2026-11-22T00:00:00Z");

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({"5-7 1-3, 1-3 5-7", "1-3 3-5, 1-5", "1-5 2-3, 1-5", "1-3 2-5, 1-5", "1-3 1-3, 1-3", "1-4 2-4, 1-4"})
    void areWrittenInOneWay(String given, String joined) {
        assertThat(spans(given).windows()).containsExactly(windows(joined));
    }

    @ParameterizedTest(name = "{0} without {1} is {2}")
    @CsvSource({
        "1-9, 3-5, 1-3 5-9",
        "1-9, 1-5, 5-9",
        "1-9, 5-9, 1-5",
        "1-9, 0-9, ''",
        "1-9, 2-3 5-6, 1-2 3-5 6-9",
        "1-3 5-9, 2-7, 1-2 7-9",
        "1-3 5-9, 0-1 3-5 9-10, 1-3 5-9",
        "1-3, '', 1-3",
        "'', 1-3, ''",
    })
    void withoutOthers(String all, String others, String left) {
        assertThat(spans(all).minus(spans(others))).isEqualTo(spans(left));
    }

    @Test
    void togetherHoldWhatIsInEither() {
        assertThat(spans("1-3").union(spans("2-5 7-8"))).isEqualTo(spans("1-5 7-8"));
    }

    @Test
    void holdTheirStartAndNotTheirEnd() {
        Spans spans = spans("1-3 5-7");

        assertThat(spans.contains(at(1))).isTrue();
        assertThat(spans.contains(at(2))).isTrue();
        assertThat(spans.contains(at(3))).isFalse();
        assertThat(spans.contains(at(0))).isFalse();
        assertThat(spans.contains(at(5))).isTrue();
    }

    @Test
    void ofNoMomentAreEmpty() {
        assertThat(Spans.none().isEmpty()).isTrue();
        assertThat(spans("1-2").isEmpty()).isFalse();
    }

    private static Spans spans(String text) {
        return Spans.of(windows(text));
    }

    private static Window[] windows(String text) {
        return text.isEmpty()
                ? new Window[0]
                : Arrays.stream(text.split(" "))
                        .map(span -> span.split("-"))
                        .map(ends -> new Window(at(Integer.parseInt(ends[0])), at(Integer.parseInt(ends[1]))))
                        .toArray(Window[]::new);
    }

    private static Instant at(int hour) {
        return START.plusSeconds(hour * 3_600L);
    }
}
