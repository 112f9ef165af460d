package io.holisticos.command;

import static io.holisticos.command.CommandFixture.TARGET;
import static io.holisticos.command.CommandFixture.soon;
import static io.holisticos.command.CommandFixture.swallow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dropwizard.util.Duration;
import io.holisticos.command.Command.Force;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError;
import io.holisticos.health.HealthError.BadSourceReply;
import io.holisticos.health.HealthError.InvalidRequest;
import io.holisticos.health.HealthError.ReauthorizationRequired;
import io.holisticos.health.HealthError.SourceThrottled;
import io.holisticos.health.HealthError.SourceUnavailable;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Hystrix's semantics: what each outcome counts, and what a bulkhead does. */
class CommandTest {

    private static final java.time.Duration SECOND = java.time.Duration.ofSeconds(1);

    private final CommandFixture bed = new CommandFixture();

    @AfterEach
    void end() {
        bed.close();
    }

    /** How an outcome comes about, and every counter it moves, with nothing to fall back on. */
    private record Row(String name, Arranged call, Map<String, Long> moves, String forTheBreaker) {
        @Override
        public String toString() {
            return name;
        }
    }

    private interface Arranged {
        void on(CommandFixture bed) throws Exception;
    }

    static Stream<Row> table() {
        return Stream.of(
                new Row("returned a value", CommandFixture::succeeds, Map.of("Success", 1L), "1 of 0 errors"),
                failed("threw", () -> new SourceUnavailable(TARGET, SECOND), "Failure"),
                failed("answered nonsense", () -> new BadSourceReply(TARGET, "nonsense"), "Failure"),
                failed("a fault of ours", () -> new IllegalStateException("a bug"), "Failure"),
                failed("the database failed", () -> lost(new SQLException("x", "08006")), "Failure"),
                failed("over the time limit of a socket", () -> lost(new SocketTimeoutException()), "Timeout"),
                failed("over the server's time limit", () -> lost(new SQLException("x", "57014")), "Timeout"),
                new Row(
                        "over the time limit of the command",
                        bed -> {
                            bed.onOneThread().settings.timeout = Duration.milliseconds(20);
                            swallow(() -> bed.command().run(soon(), bed::stay));
                        },
                        without("Timeout"),
                        "1 of 1 errors"),
                new Row(
                        "pool full",
                        bed -> {
                            bed.onOneThread().occupies();
                            swallow(() -> bed.command().run(soon(), () -> "never"));
                        },
                        without("ThreadPoolRejected"),
                        "1 of 1 errors"),
                new Row(
                        "pool and queue full",
                        bed -> {
                            bed.onOneThread().settings.queue = 4;
                            bed.settings.queueRejectionThreshold = 1;
                            bed.occupies();
                            Command command = bed.command();
                            bed.callers.execute(() -> swallow(() -> command.run(soon(), () -> "waits")));
                            while (command.pool().orElseThrow().work().queued() == 0) {
                                Thread.onSpinWait();
                            }
                            swallow(() -> command.run(soon(), () -> "never"));
                        },
                        without("ThreadPoolRejected"),
                        "1 of 1 errors"),
                new Row(
                        "semaphore full",
                        bed -> {
                            bed.settings.semaphore = 1;
                            bed.occupies();
                            swallow(() -> bed.command().run(soon(), () -> "never"));
                        },
                        without("SemaphoreRejected"),
                        "1 of 1 errors"),
                new Row(
                        "breaker open",
                        bed -> {
                            bed.command().force(Force.FORCED_OPEN);
                            swallow(() -> bed.command().run(soon(), () -> "never"));
                        },
                        without("ShortCircuited"),
                        "0 of 0 errors"),
                threw("the caller's mistake", () -> new InvalidRequest("days"), "BadRequests"),
                threw("consent is missing", () -> new ReauthorizationRequired(TARGET), "BadRequests"),
                threw("back-pressure", () -> new SourceThrottled(TARGET, SECOND), "Throttled"),
                new Row(
                        "answered from cache",
                        bed -> bed.command().answeredFromCache(),
                        Map.of("ResponsesFromCache", 1L),
                        "0 of 0 errors"));
    }

    @ParameterizedTest
    @MethodSource("table")
    void anOutcomeMovesItsCountersAndNoOther(Row row) throws Exception {
        row.call().on(bed);

        assertThat(bed.counted()).isEqualTo(row.moves());
        CommandSnapshot.Health health = bed.command().snapshot().circuit().health();
        assertThat(
                        (health.requestCount() - health.errorCount() > 0
                                ? "1 of 0 errors"
                                : health.requestCount() + " of " + health.errorCount() + " errors"))
                .isEqualTo(row.forTheBreaker());
        assertThat(bed.command().hasExecuted()).isTrue();
    }

    static Stream<Row> fallbacks() {
        return Stream.of(
                new Row("works", falling(error -> "held"), Map.of("Failure", 1L, "FallbackSuccess", 1L), "held"),
                new Row(
                        "fails",
                        falling(error -> {
                            throw error;
                        }),
                        Map.of("Failure", 1L, "FallbackFailure", 1L, "ExceptionsThrown", 1L),
                        "thrown"),
                new Row(
                        "is switched off",
                        bed -> {
                            bed.settings.fallbackSemaphore = 0;
                            falling(error -> "held").on(bed);
                        },
                        Map.of("Failure", 1L, "FallbackDisabled", 1L, "ExceptionsThrown", 1L),
                        "thrown"),
                new Row(
                        "is asked for by too many",
                        bed -> {
                            bed.settings.fallbackSemaphore = 1;
                            Command command = bed.command();
                            command.run(soon(), CommandFixture::failure, outer -> {
                                swallow(() -> command.run(soon(), CommandFixture::failure, inner -> "never"));
                                return "held";
                            });
                        },
                        Map.of("Failure", 2L, "FallbackSuccess", 1L, "FallbackRejection", 1L, "ExceptionsThrown", 1L),
                        "held"));
    }

    @ParameterizedTest
    @MethodSource("fallbacks")
    void aFallbackCountsOnceAndThrowsTheFailureItself(Row row) throws Exception {
        row.call().on(bed);

        assertThat(bed.counted()).isEqualTo(row.moves());
    }

    @Test
    void theCallersMistakeAndBackPressureHaveNoFallback() {
        Function<HealthError, String> never = error -> "never";

        assertThatThrownBy(() -> bed.command().run(soon(), failing(() -> new InvalidRequest("days")), never))
                .isInstanceOf(InvalidRequest.class);
        assertThatThrownBy(() -> bed.command().run(soon(), failing(() -> new SourceThrottled(TARGET, SECOND)), never))
                .isInstanceOf(SourceThrottled.class);
    }

    @Test
    void theFallbackIsToldWhy() {
        AtomicReference<HealthError> why = new AtomicReference<>();

        bed.command().run(soon(), failing(() -> new IllegalStateException("a bug")), error -> {
            why.set(error);
            return "held";
        });

        assertThat(why.get()).isInstanceOf(SourceUnavailable.class).hasRootCauseMessage("a bug");
    }

    @Test
    void workThatIsTooLateIsInterruptedAndTheCallerLeaves() throws Exception {
        bed.onOneThread().settings.timeout = Duration.seconds(1); // enough to begin on a busy machine
        CountDownLatch interrupted = new CountDownLatch(1);

        assertThatThrownBy(() -> bed.command().run(soon(), () -> {
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        interrupted.countDown();
                    }
                    return "late";
                }))
                .isInstanceOfSatisfying(
                        SourceUnavailable.class, e -> assertThat(e.retryAfter()).isPresent());

        assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void theCallersDeadlineEndsTheWaitToo() {
        bed.onOneThread();

        assertThatThrownBy(() -> bed.command().run(Deadline.after(java.time.Duration.ofMillis(20)), bed::stay))
                .isInstanceOf(SourceUnavailable.class);

        assertThat(bed.counted()).isEqualTo(without("Timeout"));
    }

    @Test
    void aCallerWhoIsInterruptedLeavesAndKeepsItsFlag() {
        bed.onOneThread();
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> bed.command().run(soon(), bed::stay)).isInstanceOf(SourceUnavailable.class);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(bed.counted()).isEqualTo(Map.of("ExceptionsThrown", 1L));
    }

    @Test
    void workOnASemaphoreIsNeverCutOff() {
        bed.settings.timeout = Duration.milliseconds(10);

        String late = bed.command().run(Deadline.after(java.time.Duration.ZERO), () -> "late, but here");

        assertThat(late).isEqualTo("late, but here");
        assertThat(bed.counted()).isEqualTo(Map.of("Success", 1L));
    }

    @Test
    void whoIsRefusedIsToldWhenToComeBackAndRoomComesBackWithWhoLeaves() throws Exception {
        bed.settings.semaphore = 1;
        bed.occupies();

        assertThatThrownBy(bed::succeeds)
                .hasMessage("stub is not available for STUB_READ")
                .isInstanceOfSatisfying(
                        SourceUnavailable.class, e -> assertThat(e.retryAfter()).contains(SECOND));
        assertThat(bed.command().snapshot().concurrency().permitsInUse()).isEqualTo(1);
        assertThat(bed.command().snapshot().concurrency().current()).isEqualTo(1);

        bed.close();
        while (bed.command().snapshot().concurrency().permitsInUse() > 0) {
            Thread.onSpinWait();
        }
        bed.succeeds();
        bed.passes(SECOND);
        assertThat(bed.command().snapshot().concurrency().rollingMax()).isEqualTo(1);
    }

    @Test
    void idleThreadsEndAndAllAreDaemonsNamedByTheKey() {
        bed.onOneThread().settings.keepAlive = Duration.milliseconds(1);

        String thread = bed.command()
                .run(
                        soon(),
                        () -> Thread.currentThread().getName()
                                + Thread.currentThread().isDaemon());

        assertThat(thread).isEqualTo("STUB_READ-1true");
        Instant giveUp = Instant.now().plusSeconds(20);
        while (bed.command().pool().orElseThrow().threads().size() > 0) {
            assertThat(Instant.now()).as("threads that are idle end").isBefore(giveUp);
            Thread.onSpinWait();
        }
        PoolSnapshot pool = bed.command().pool().orElseThrow();
        assertThat(pool.threads().largest()).isEqualTo(1);
        assertThat(pool.work().executed().count()).isEqualTo(1);
    }

    @Test
    void latenciesAreOfTheLastMinuteAndWithoutRefusals() {
        for (int millis = 1; millis <= 100; millis++) {
            takes(millis);
        }
        bed.command().force(Force.FORCED_OPEN);
        bed.fails();
        bed.passes(java.time.Duration.ofMillis(500));

        CommandSnapshot.Distribution execute =
                bed.command().snapshot().latencies().execute();
        assertThat(execute.percentile(0)).isEqualTo(1);
        assertThat(execute.percentile(50)).isEqualTo(50);
        assertThat(execute.percentile(99.5)).isEqualTo(100);
        assertThat(execute.mean()).isEqualTo(50);
        assertThat(bed.command().snapshot().latencies().total().percentile(100)).isEqualTo(100);
        assertThat(bed.gauge("latencyExecute_percentile_90")).isEqualTo(90);

        bed.passes(java.time.Duration.ofSeconds(60));
        assertThat(bed.command().snapshot().latencies().execute().mean()).isZero();
        assertThat(bed.gauge("latencyTotal_mean")).isEqualTo(0);
    }

    @Test
    void ofMoreThanAHundredInTenSecondsTheNewestCount() {
        for (int i = 0; i < 100; i++) {
            takes(1);
        }
        for (int i = 0; i < 100; i++) {
            takes(7);
        }
        bed.passes(java.time.Duration.ofMillis(500));

        assertThat(bed.command().snapshot().latencies().execute().percentile(0)).isEqualTo(7);
    }

    @Test
    void whatLeavesTheWindowIsForgottenThereAndKeptInTheSum() {
        bed.succeeds();
        assertThat(bed.command().snapshot().counts().rolling(Event.SUCCESS)).isZero();
        bed.passes(java.time.Duration.ofSeconds(10));
        assertThat(bed.command().snapshot().counts().rolling(Event.SUCCESS)).isEqualTo(1);
        bed.passes(SECOND);

        assertThat(bed.command().snapshot().counts().rolling(Event.SUCCESS)).isZero();
        assertThat(bed.command().snapshot().counts().cumulative(Event.SUCCESS)).isEqualTo(1);
    }

    private void takes(int millis) {
        bed.command().run(soon(), () -> {
            bed.passes(java.time.Duration.ofMillis(millis));
            return "value";
        });
    }

    private static Row failed(String name, Supplier<RuntimeException> why, String execution) {
        return new Row(
                name,
                bed -> swallow(() -> bed.command().run(soon(), failing(why))),
                without(execution),
                "1 of 1 errors");
    }

    private static Row threw(String name, Supplier<RuntimeException> why, String execution) {
        return new Row(
                name,
                bed -> swallow(() -> bed.command().run(soon(), failing(why), error -> "never")),
                Map.of(execution, 1L, "ExceptionsThrown", 1L),
                "0 of 0 errors");
    }

    private static Map<String, Long> without(String execution) {
        return Map.of(execution, 1L, "FallbackMissing", 1L, "ExceptionsThrown", 1L);
    }

    private static Arranged falling(Function<HealthError, String> fallback) {
        return bed -> swallow(() -> bed.command().run(soon(), CommandFixture::failure, fallback));
    }

    private static SourceUnavailable lost(Exception cause) {
        return new SourceUnavailable(TARGET, SECOND, cause);
    }

    private static Supplier<String> failing(Supplier<RuntimeException> why) {
        return () -> {
            throw why.get();
        };
    }
}
