package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.testing.TestDatabase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jdbi.v3.core.ConnectionException;
import org.junit.jupiter.api.Test;

class DatabaseClockTest {

    private static final TestDatabase DATABASE = TestDatabase.empty();
    private static final Clock RIGHT = Clock.systemUTC();

    /** What two looks at one clock may be apart, where others use the machine. */
    private static final Duration SLOW_MACHINE = Duration.ofMinutes(1);

    @Test
    void aClockThatIsHoursAheadIsCorrectedAndShows() {
        DatabaseClock clock = overTheDatabase(Clock.offset(RIGHT, Duration.ofHours(6)));

        Instant time = clock.instant();

        assertThat(Duration.between(RIGHT.instant(), time).abs()).isLessThan(SLOW_MACHINE);
        assertThat(clock.healthCheck().execute().isHealthy()).isFalse();
        assertThat(clock.healthCheck().execute().getMessage()).contains("ahead of this host's: set both by NTP");
    }

    @Test
    void aClockThatIsHoursBehindIsCorrectedToo() {
        DatabaseClock clock = overTheDatabase(Clock.offset(RIGHT, Duration.ofHours(-6)));

        assertThat(Duration.between(RIGHT.instant(), clock.instant()).abs()).isLessThan(SLOW_MACHINE);
    }

    @Test
    void aClockThatIsNearlyRightIsTakenAsItIs() {
        Clock nearly = Clock.fixed(RIGHT.instant(), RIGHT.getZone());
        DatabaseClock clock = new DatabaseClock(nearly, () -> nearly.instant().plusMillis(1_900), System::nanoTime);

        assertThat(clock.instant()).isEqualTo(nearly.instant());
        assertThat(clock.healthCheck().execute().isHealthy()).isTrue();
    }

    @Test
    void itIsComparedEveryHalfMinuteAndADatabaseThatIsAwayHarmsNobody() {
        AtomicInteger asked = new AtomicInteger();
        AtomicLong nanos = new AtomicLong();
        DatabaseClock clock = new DatabaseClock(
                RIGHT,
                () -> {
                    asked.incrementAndGet();
                    throw new ConnectionException(new java.sql.SQLException("away"));
                },
                nanos::get);

        assertThat(Duration.between(clock.instant(), RIGHT.instant()).abs()).isLessThan(Duration.ofSeconds(1));
        clock.instant();
        assertThat(asked).hasValue(1);
        nanos.addAndGet(Duration.ofSeconds(30).toNanos());
        clock.instant();
        assertThat(asked).hasValue(2);
        assertThat(clock.healthCheck().execute().isHealthy()).isTrue();
    }

    private static DatabaseClock overTheDatabase(Clock ours) {
        return new DatabaseClock(ours, new DatabaseClockStore(DATABASE.jdbi())::time, System::nanoTime);
    }
}
