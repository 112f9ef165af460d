package io.holisticos.sahha.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holisticos.command.CommandKey;
import io.holisticos.health.HealthError.SourceThrottled;
import io.holisticos.outbound.Budget;
import io.holisticos.outbound.Call;
import io.holisticos.outbound.Reply;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How many calls a second Sahha gets, and what a 429 changes. */
class CallRateTest {

    private static final Call CALL = Call.get(new CommandKey("SAHHA_SCORES"), null, URI.create("http://localhost/"));

    @Test
    void moreCallsThanTheRateAreRefusedAtOnce() {
        CallRate rate = new CallRate(3, System::nanoTime);
        for (int i = 0; i < 3; i++) {
            rate.take(CALL);
        }

        assertThatThrownBy(() -> {
                    for (int i = 0; i < 3; i++) { // a period may end meanwhile, but not two
                        rate.take(CALL);
                        rate.take(CALL);
                    }
                })
                .isInstanceOf(SourceThrottled.class);
    }

    @Test
    void strangersHaveAPartOfTheRateAndMembersTheRest() {
        CallRate rate = new CallRate(400, System::nanoTime);
        int forStrangers = 0;
        for (int i = 0; i < 400; i++) {
            forStrangers += isTaken(rate.ofStrangers()) ? 1 : 0;
        }
        int forMembers = 0;
        for (int i = 0; i < 300; i++) {
            forMembers += isTaken(rate) ? 1 : 0;
        }

        assertThat(forStrangers).isBetween(100, 200); // a period may end meanwhile
        assertThat(forMembers).isEqualTo(300);
    }

    @Test
    void strangersAreStillAskedForWhereTheRateIsLessThanTheirPart() {
        CallRate rate = new CallRate(1, System::nanoTime);

        assertThat(isTaken(rate.ofStrangers())).isTrue();
    }

    private static boolean isTaken(Budget budget) {
        try {
            budget.take(CALL);
            return true;
        } catch (SourceThrottled spent) {
            return false;
        }
    }

    @Test
    void a429StopsCallsForAsLongAsItAsksAndSlowsThemAfterwards() {
        AtomicLong nanos = new AtomicLong();
        CallRate rate = new CallRate(2, nanos::get);
        rate.learn(CALL, new Reply(SahhaApi.SAHHA, 200, Map.of(), new byte[0]));
        rate.take(CALL);
        rate.learn(CALL, new Reply(SahhaApi.SAHHA, 429, Map.of("Retry-After", List.of("7")), new byte[0]));

        assertThatThrownBy(() -> rate.take(CALL))
                .isInstanceOfSatisfying(
                        SourceThrottled.class,
                        throttled -> assertThat(throttled.retryAfter()).contains(Duration.ofSeconds(7)));
        nanos.addAndGet(Duration.ofSeconds(8).toNanos());
        rate.take(CALL);
        nanos.addAndGet(Duration.ofSeconds(61).toNanos());
        rate.learn(CALL, new Reply(SahhaApi.SAHHA, 429, Map.of(), new byte[0]));
        assertThatThrownBy(() -> rate.take(CALL))
                .isInstanceOfSatisfying(
                        SourceThrottled.class,
                        throttled -> assertThat(throttled.retryAfter()).contains(Duration.ofSeconds(2)));
    }
}
