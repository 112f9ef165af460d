package io.holisticos.sahha.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.DayRange;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

/** Which days are fetched together. */
class FetchSpanTest {

    @Test
    void aRangeIsFetchedAsRecentDaysAndMonths() {
        Clock clock = Clock.fixed(Instant.parse("2025-07-20T10:00:00Z"), ZoneOffset.UTC);

        assertThat(FetchSpan.of(new DayRange(LocalDate.of(2025, 5, 30), LocalDate.of(2025, 7, 20)), clock))
                .extracting(FetchSpan::name)
                .containsExactly("recent", "2025-05", "2025-06", "2025-07");
        assertThat(FetchSpan.of(DayRange.of(LocalDate.of(2025, 7, 20)), clock))
                .extracting(FetchSpan::name)
                .containsExactly("recent");
        assertThat(FetchSpan.of(DayRange.of(LocalDate.of(2020, 1, 1)), clock)).isEmpty();
        assertThat(FetchSpan.of(new DayRange(LocalDate.of(2025, 7, 12), LocalDate.of(2025, 7, 22)), clock))
                .as("days around today, and those looked back at for each of them")
                .extracting(FetchSpan::name)
                .containsExactly("recent");
        assertThat(FetchSpan.recent(clock).widened().from()).isEqualTo(LocalDate.of(2025, 6, 22));
    }
}
