package io.holisticos.whoop.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.testing.JavaProcess;
import io.holisticos.testing.TestDatabase;
import io.holisticos.twins.TwinClock;
import io.holisticos.twins.whoop.WhoopApp;
import io.holisticos.twins.whoop.WhoopTwin;
import io.holisticos.twins.whoop.WhoopTwinOptions;
import io.holisticos.twins.world.World;
import io.holisticos.twins.world.WorldOptions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("deep")
class TwoProcessesQuotaTest {

    /** Past the first minute, into the time when permits come back. */
    private static final int SECONDS = 75;

    private static final Duration START_MAY_TAKE = Duration.ofSeconds(60);

    @Test
    @Timeout(240)
    void neverSendMoreThanAHundredCallsInAMinuteAndWasteFewPermits() throws Exception {
        TestDatabase database = TestDatabase.migratedBy("whoop-db/changelog.yaml");
        TwinClock clock = TwinClock.atWallTime(1);
        WhoopTwin twin = WhoopTwin.start(
                WhoopTwinOptions.of(WhoopApp.sandbox()), World.of(new WorldOptions(7, clock.instant(), 0)), clock);
        String token = twin.grant("demo-anna").accessToken();
        try (JavaProcess one = JavaProcess.of(GreedyCaller.class, database.url(), twin.baseUrl(), token);
                JavaProcess other = JavaProcess.of(GreedyCaller.class, database.url(), twin.baseUrl(), token)) {
            List<JavaProcess> both = List.of(one, other);
            both.forEach(process -> process.awaitLine("ready"::equals, START_MAY_TAKE));

            both.forEach(process -> process.tell(Integer.toString(SECONDS)));
            int callsInFirstMinute = both.stream()
                    .map(process -> process.awaitLineAfter(
                            "calls in the first minute: ",
                            Duration.ofSeconds(SECONDS).plus(START_MAY_TAKE)))
                    .mapToInt(Integer::parseInt)
                    .sum();

            assertThat(twin.stats().maxCallsIn60s()).isLessThanOrEqualTo(100);
            assertThat(twin.stats().callsAnswered("429")).isZero();
            assertThat(callsInFirstMinute)
                    .as(one.everything() + other.everything())
                    .isBetween(90, 100);
            assertThat(twin.stats().callsAnswered("200"))
                    .as("calls go on when permits come back")
                    .isGreaterThan(callsInFirstMinute);
        } finally {
            twin.stop();
        }
    }
}
