package io.holisticos.whoop;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.Observation;
import io.holisticos.health.SourceAnswer;
import io.holisticos.health.SourceAnswer.DataStatus;
import java.time.Instant;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class KeptUntilTest {

    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final Instant LATER = Instant.parse("2026-11-22T11:00:00Z");
    private static final Instant LATE = Instant.parse("2026-11-22T12:00:00Z");
    private static final Instant MIDNIGHT = Instant.parse("2026-11-22T23:00:00Z");
    private static final Observation AT_HOME = new Observation(NOW.minusSeconds(60), ZoneOffset.ofHours(1));

    @Test
    void currentDataAreKeptUntilTheyAreStale() {
        assertThat(until(DataStatus.CURRENT, LATER, null)).isEqualTo(LATER);
        assertThat(until(DataStatus.CURRENT, LATE, LATER)).isEqualTo(LATER);
        assertThat(until(DataStatus.CURRENT, LATER, LATE)).isEqualTo(LATER);
        assertThat(until(DataStatus.CURRENT, MIDNIGHT.plusSeconds(1), null)).isEqualTo(MIDNIGHT);
        assertThat(until(DataStatus.CURRENT, null, null)).isEqualTo(MIDNIGHT);
    }

    @Test
    void dataThatCannotBecomeStaleAreKeptUntilTheMembersMidnight() {
        assertThat(until(DataStatus.REAUTHORIZATION_REQUIRED, LATER, null)).isEqualTo(MIDNIGHT);
        assertThat(until(DataStatus.ACCOUNT_UNCONFIRMED, null, null)).isEqualTo(MIDNIGHT);
    }

    @Test
    void staleDataAreNeverKeptSinceEachReadReportsTheMember() {
        assertThat(until(DataStatus.STALE, LATER, null)).isEqualTo(SourceAnswer.NEVER);
    }

    @ParameterizedTest
    @EnumSource(value = DataStatus.class, names = "STALE", mode = EnumSource.Mode.EXCLUDE)
    void anObservationToComeEndsEveryAnswerAndOneThatGoesOnLetsNoneBeKept(DataStatus status) {
        assertThat(until(status, null, LATER)).isEqualTo(LATER);
        assertThat(until(status, null, MIDNIGHT.plusSeconds(1))).isEqualTo(MIDNIGHT);
        assertThat(until(status, null, NOW)).isEqualTo(SourceAnswer.NEVER);
        assertThat(until(status, null, NOW.plusNanos(1000))).isEqualTo(NOW.plusNanos(1000));
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-22T10:00:00Z, +14:00, 2026-11-23T10:00:00Z",
        "2026-11-22T09:59:59Z, +14:00, 2026-11-22T10:00:00Z",
        "2026-11-22T10:00:00Z, -11:30, 2026-11-22T11:30:00Z",
        "2026-11-22T10:00:00Z, Z, 2026-11-23T00:00:00Z"
    })
    void midnightIsWhereTheMemberIs(Instant now, ZoneOffset offset, Instant midnight) {
        assertThat(KeptUntil.of(DataStatus.CURRENT, null, new Observation(now, offset), null, now))
                .isEqualTo(midnight);
    }

    @Test
    void withoutAnObservationMidnightIsThatOfUtc() {
        assertThat(KeptUntil.of(DataStatus.CURRENT, null, null, null, NOW))
                .isEqualTo(Instant.parse("2026-11-23T00:00:00Z"));
    }

    private static Instant until(DataStatus status, @Nullable Instant staleFrom, @Nullable Instant changesAt) {
        return KeptUntil.of(status, staleFrom, AT_HOME, changesAt, NOW);
    }
}
