package io.holisticos.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holisticos.command.CommandFixture;
import io.holisticos.command.ExecutionOutcome;
import io.holisticos.command.ExecutionOutcome.NotRun;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError.BadSourceReply;
import io.holisticos.health.HealthError.SourceThrottled;
import io.holisticos.health.HealthError.SourceUnavailable;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** How often a call is tried, under a time that only the tries themselves take. */
class RetryStepTest {

    private static final Call READ = Call.get(CommandFixture.KEY, null, URI.create("http://localhost/"));
    private static final Call WRITE =
            new Call(CommandFixture.KEY, null, "POST", URI.create("http://localhost/"), Map.of(), null, false);

    private final AtomicLong nanos = new AtomicLong();
    private final OutboundConfiguration configuration = new OutboundConfiguration();
    private int tries;

    @ParameterizedTest(name = "{0}")
    @MethodSource("outcomes")
    void triesAgainOnlyWhatMayHelp(String name, Supplier<Reply> outcome, int expected) {
        tried(READ, Duration.ofSeconds(60), Duration.ZERO, outcome);

        assertThat(tries).isEqualTo(expected);
    }

    static Stream<Arguments> outcomes() {
        return Stream.of(
                Arguments.of("an answer", reply(200), 1),
                Arguments.of("a refusal", reply(404), 1),
                Arguments.of("back-pressure", reply(429, "X-RateLimit-Reset", "1"), 1),
                Arguments.of("a server's fault", reply(500), 3),
                Arguments.of("a server's fault with a short pause asked for", reply(503, "Retry-After", "0"), 3),
                Arguments.of("a server's fault with a long pause asked for", reply(503, "Retry-After", "61"), 1),
                Arguments.of("no answer", thrown(null), 3),
                Arguments.of("no answer in time", thrown(ExecutionOutcome.TIMEOUT), 3),
                Arguments.of("an open breaker", thrown(ExecutionOutcome.SHORT_CIRCUITED), 1),
                Arguments.of("a full pool", thrown(ExecutionOutcome.THREAD_POOL_REJECTED), 1),
                Arguments.of("a full semaphore", thrown(ExecutionOutcome.SEMAPHORE_REJECTED), 1));
    }

    @Test
    void neverTriesAgainWhatIsNotSafe() {
        tried(WRITE, Duration.ofSeconds(60), Duration.ZERO, reply(500));

        assertThat(tries).isEqualTo(1);
    }

    @Test
    void neverBeginsATryPastTheDeadline() {
        tried(READ, Duration.ofSeconds(15), Duration.ofSeconds(10), reply(500));

        assertThat(tries).isEqualTo(2); // 5 s are left for the second, and nothing for a third
    }

    @Test
    void nonsenseAndASpentBudgetAreNotTriedAgain() {
        assertThatThrownBy(() -> run(READ, Duration.ofSeconds(60), () -> {
                    throw new BadSourceReply(CommandFixture.TARGET, "nonsense");
                }))
                .isInstanceOf(BadSourceReply.class);
        assertThatThrownBy(() -> run(READ, Duration.ofSeconds(60), () -> {
                    throw new SourceThrottled(CommandFixture.TARGET, Duration.ofSeconds(1));
                }))
                .isInstanceOf(SourceThrottled.class);

        assertThat(tries).isEqualTo(2);
    }

    @Test
    @Tag("deep")
    void waitsAsLongAsItIsAskedTo() {
        configuration.attempts = 2;
        long begun = System.nanoTime();

        tried(READ, Duration.ofSeconds(60), Duration.ZERO, reply(503, "Retry-After", "1"));

        assertThat(tries).isEqualTo(2);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
    }

    private void tried(Call call, Duration deadline, Duration eachTakes, Supplier<Reply> outcome) {
        CommandFixture.swallow(() -> run(call, deadline, () -> {
            nanos.addAndGet(eachTakes.toNanos());
            return outcome.get();
        }));
    }

    private Reply run(Call call, Duration deadline, Supplier<Reply> outcome) {
        configuration.retryPause = io.dropwizard.util.Duration.milliseconds(1);
        return new RetryStep(CommandFixture.TARGET, configuration)
                .run(call, Deadline.after(deadline, nanos::get), (sent, within) -> {
                    tries++;
                    return outcome.get();
                });
    }

    private static Supplier<Reply> reply(int status, String... header) {
        Map<String, List<String>> headers = header.length == 0 ? Map.of() : Map.of(header[0], List.of(header[1]));
        return () -> new Reply(CommandFixture.TARGET, status, headers, new byte[0]);
    }

    private static Supplier<Reply> thrown(ExecutionOutcome why) {
        return () -> {
            throw why == null
                    ? new SourceUnavailable(CommandFixture.TARGET, Duration.ofSeconds(1))
                    : new SourceUnavailable(
                            CommandFixture.TARGET, Duration.ofSeconds(1), new NotRun(CommandFixture.KEY, why));
        };
    }
}
