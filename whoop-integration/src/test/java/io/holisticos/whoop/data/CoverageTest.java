package io.holisticos.whoop.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.whoop.api.Window;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is known of a kind's moments, from spans as the tables give them. */
class CoverageTest {

    private static final Instant START = Instant.parse("2026-11-01T00:00:00Z");

    private final Coverage coverage = new Coverage(Map.of(RecordKind.SLEEP, Spans.of(days(1, 10), days(20, 25))));

    @Test
    void whatWasNotReadIsAGap() {
        assertThat(coverage.gaps(RecordKind.SLEEP, days(5, 22))).containsExactly(days(10, 20));
        assertThat(coverage.gaps(RecordKind.CYCLE, days(5, 22))).containsExactly(days(5, 22));
    }

    @Test
    void theNewestSpanIsTheOneNearestToToday() {
        assertThat(coverage.newest(RecordKind.SLEEP)).contains(days(20, 25));
        assertThat(coverage.newest(RecordKind.CYCLE)).isEmpty();
        assertThat(Coverage.none().newest(RecordKind.SLEEP)).isEmpty();
    }

    @Test
    void printsKindsAndNoMoments() {
        assertThat(coverage.toString()).startsWith("Coverage[").doesNotContain("2026");
    }

    private static Window days(int from, int to) {
        return new Window(day(from), day(to));
    }

    private static Instant day(int number) {
        return START.plusSeconds(86_400L * number);
    }
}
