package io.holisticos.whoop.custody;

import static io.holisticos.whoop.custody.CustodySetup.ANNA;
import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.testing.JavaProcess;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("deep")
class RefreshRaceAcrossProcessesTest {

    private static final int ROUNDS = 5;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    @Timeout(240)
    void twoProcessesRefreshOnceAndBothGoOnWithTheNewToken() throws Exception {
        try (CustodySetup world = new CustodySetup()) {
            Set<String> seen = new HashSet<>();
            seen.add(world.connect(world.worker(), ANNA).accessToken());
            try (JavaProcess one = racer(world);
                    JavaProcess other = racer(world)) {
                List<JavaProcess> both = List.of(one, other);
                both.forEach(racer -> racer.awaitLine("ready"::equals, PATIENCE));
                for (int round = 1; round <= ROUNDS; round++) {
                    world.letTheAccessTokenExpire();

                    String now = world.clock.instant().toString();
                    both.forEach(racer -> racer.tell(now));

                    Set<String> tokens = both.stream()
                            .map(racer -> racer.awaitLineAfter(now + " token ", PATIENCE))
                            .collect(Collectors.toSet());
                    assertThat(world.tokenCalls()).as("round %d", round).isEqualTo(round);
                    assertThat(tokens).hasSize(1);
                    assertThat(seen.addAll(tokens)).as("a new token").isTrue();
                    both.forEach(racer -> racer.awaitLine((now + " profile read")::equals, PATIENCE));
                }
            }
        }
    }

    private static JavaProcess racer(CustodySetup world) {
        return JavaProcess.of(
                RefreshRacer.class,
                world.database.url(),
                world.twin.baseUrl(),
                world.clock.instant().toString());
    }
}
