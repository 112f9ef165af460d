package io.holisticos.unified;

import static io.holisticos.unified.UnifiedFixture.DAY;
import static io.holisticos.unified.UnifiedFixture.SAHHA;
import static io.holisticos.unified.UnifiedFixture.WHOOP;
import static io.holisticos.unified.UnifiedFixture.day;
import static io.holisticos.unified.UnifiedFixture.measured;
import static io.holisticos.unified.UnifiedFixture.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.Counter;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.dropwizard.jackson.Jackson;
import io.holisticos.cache.MemberCache;
import io.holisticos.cache.SecondLevel;
import io.holisticos.health.BoundedSource;
import io.holisticos.health.DaysToRead;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthSource;
import io.holisticos.health.Metric;
import io.holisticos.health.Period;
import io.holisticos.health.SourceAnswer;
import io.holisticos.health.SourceAnswer.NotConnected;
import io.holisticos.health.SourceDay;
import io.holisticos.health.SourceDetails;
import io.holisticos.health.SourceName;
import io.holisticos.health.UserId;
import io.holisticos.unified.KeptAnswers.Asked;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OverviewLinesTest {

    private static final ObjectMapper JSON =
            Jackson.newObjectMapper().disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS);

    private final ExecutorService reads = Executors.newCachedThreadPool();
    private final ExecutorService threads = Executors.newFixedThreadPool(8);
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final Phone phone = new Phone();

    private volatile Consumer<UserId> beginning = who -> {};

    @AfterEach
    void end() {
        reads.shutdownNow();
        threads.shutdownNow();
    }

    @Test
    void aLineForEachMemberInTheOrderAskedWhoeverIsReadFirst() throws Exception {
        CountDownLatch theOthersAreRead = new CountDownLatch(OverviewLines.AHEAD - 1);
        phone.before = who -> {
            if (who.value().equals("m-0")) {
                await(theOthersAreRead);
            } else {
                theOthersAreRead.countDown();
            }
        };

        lines().write(members(10), anybody -> true, written);

        assertThat(userIds(written)).containsExactlyElementsOf(ids(10));
        assertThat(written.toString(StandardCharsets.UTF_8)).endsWith("}\n");
    }

    @Test
    void howeverManyAreAskedForOnlyAFewAreReadBeforeTheirLineIsWritten() throws Exception {
        AtomicInteger lines = new AtomicInteger();
        AtomicInteger farthest = new AtomicInteger();
        OutputStream slow = new OutputStream() {
            @Override
            public void write(int end) {
                lines.incrementAndGet();
            }

            @Override
            public void write(byte[] line, int from, int length) {
                farthest.accumulateAndGet(phone.begun.get() - lines.get(), Math::max);
            }
        };

        lines().write(members(100), anybody -> true, slow);

        assertThat(lines).hasValue(100);
        assertThat(farthest.get()).isBetween(1, OverviewLines.AHEAD);
    }

    @Test
    void aCallerWhoGoesAwayIsNotReadFor() {
        AtomicInteger lines = new AtomicInteger();
        OutputStream breaking = new OutputStream() {
            @Override
            public void write(int end) throws IOException {
                if (lines.incrementAndGet() == 3) {
                    throw new IOException("broken pipe");
                }
            }

            @Override
            public void write(byte[] line, int from, int length) {}
        };

        assertThatThrownBy(() -> lines().write(members(100), anybody -> true, breaking))
                .hasMessage("broken pipe");

        threads.shutdown();
        assertThat(phone.begun.get()).isLessThanOrEqualTo(3 + OverviewLines.AHEAD);
    }

    @Test
    void eachLineIsFlushedBeforeTheNextMemberIsWaitedFor() throws Exception {
        CountDownLatch firstLineIsThere = new CountDownLatch(1);
        phone.before = who -> {
            if (who.value().equals("m-1")) {
                await(firstLineIsThere);
            }
        };
        OutputStream flushed = new OutputStream() {
            @Override
            public void write(int end) {}

            @Override
            public void flush() {
                firstLineIsThere.countDown();
            }
        };

        lines().write(members(3), anybody -> true, flushed);

        assertThat(firstLineIsThere.getCount()).isZero();
    }

    @Test
    void whoNobodyKnowsHasTheProblemOfTheSingleEndpoint() throws Exception {
        phone.answer = who -> who.value().equals("no body/ä") ? new NotConnected(SAHHA) : measuredSteps();

        lines().write(
                        new OverviewsRequest(List.of(new UserId("no body/ä"), new UserId("m-1")), Period.TODAY),
                        anybody -> true,
                        written);

        assertThat(written.toString(StandardCharsets.UTF_8).lines().findFirst())
                .hasValue("{\"user_id\":\"no body/ä\",\"type\":\"urn:unified-health:problem:member_not_found\","
                        + "\"title\":\"Not Found\",\"status\":404,\"detail\":\"no such user\","
                        + "\"instance\":\"/api/v1/unified-health/overview/no%20body%2F%C3%A4\","
                        + "\"code\":\"member_not_found\"}");
        assertThat(parsed(written).get(1).at("/metrics/steps/value").intValue()).isEqualTo(9000);
    }

    @Test
    void whoMayNotBeSeenHasTheLineOfSomebodyWhomNobodyKnowsAndIsNotRead() throws Exception {
        OverviewsRequest request = new OverviewsRequest(
                List.of(new UserId("m-0"), new UserId("no body/ä"), new UserId("m-1")), Period.TODAY);
        List<String> read = new CopyOnWriteArrayList<>();
        phone.before = who -> read.add(who.value());
        phone.answer = who -> who.value().equals("no body/ä") ? new NotConnected(SAHHA) : measuredSteps();

        lines().write(request, who -> !who.value().equals("m-1"), written);

        List<String> lines = written.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines.get(2))
                .isEqualTo(lines.get(1).replace("no body/ä", "m-1").replace("no%20body%2F%C3%A4", "m-1"));
        assertThat(read).doesNotContain("m-1").contains("m-0");
    }

    @Test
    void aFaultOfOursInOneLineLeavesTheOthersWhole() throws Exception {
        lines(who -> {
                    if (who.value().equals("m-1")) {
                        throw new IllegalStateException("planted");
                    }
                })
                .write(members(3), anybody -> true, written);

        List<JsonNode> lines = parsed(written);
        assertThat(lines.get(0).has("metrics")).isTrue();
        assertThat(lines.get(1).path("code").asText()).isEqualTo("internal_error");
        assertThat(lines.get(1).path("user_id").asText()).isEqualTo("m-1");
        assertThat(lines.get(2).has("metrics")).isTrue();
    }

    @Test
    void aFaultBeforeALineIsReadLeavesTheOthersWhole() throws Exception {
        beginning = who -> {
            if (who.value().equals("m-6")) { // while the lines before it are written
                throw new IllegalStateException("planted");
            }
        };

        lines().write(members(8), anybody -> true, written);

        assertThat(userIds(written)).containsExactlyElementsOf(ids(8));
        assertThat(parsed(written).get(6).path("code").asText()).isEqualTo("internal_error");
        assertThat(parsed(written).get(7).has("metrics")).isTrue();
    }

    @Test
    void linesThatNobodyReadsAnyMoreSayThatTheyAreMissing() throws Exception {
        phone.before = who -> {
            if (who.value().equals("m-0")) {
                threads.shutdown();
            }
        };

        lines().write(members(10), anybody -> true, written);

        assertThat(userIds(written)).containsExactlyElementsOf(ids(10));
        assertThat(parsed(written).get(0).has("metrics")).isTrue();
        assertThat(parsed(written).get(9).path("code").asText()).isEqualTo("service_unavailable");
    }

    @Test
    void aDayThatCannotBeWrittenLeavesTheOthersWhole() throws Exception {
        phone.answer = who -> who.value().equals("m-1")
                ? measured(SAHHA, new SourceDay(DAY, List.of(), List.of(), List.of(), new Unwritable()))
                : measuredSteps();

        lines().write(members(3), anybody -> true, written);

        List<JsonNode> lines = parsed(written);
        assertThat(lines.get(0).has("metrics")).isTrue();
        assertThat(lines.get(1).path("code").asText()).isEqualTo("internal_error");
        assertThat(lines.get(1).path("user_id").asText()).isEqualTo("m-1");
        assertThat(lines.get(2).has("metrics")).isTrue();
    }

    private static final class Unwritable implements SourceDetails {
        @JsonProperty
        String cycle() {
            throw new IllegalStateException("planted");
        }
    }

    private OverviewLines lines() {
        return lines(who -> {});
    }

    /** @param reading runs in the flow itself, where nothing of ours should fail */
    private OverviewLines lines(Consumer<UserId> reading) {
        UnifiedReader reader = new UnifiedReader(
                List.of(new BoundedSource(phone, reads, new SourceFailureLog())),
                UnifiedFixture.merge(new OfferedMetrics(Map.of())),
                who -> {
                    beginning.accept(who);
                    return Wishes.NONE;
                },
                new UnifiedConfiguration(),
                new UnifiedReader.Timing(
                        who -> {
                            reading.accept(who);
                            return false;
                        },
                        Clock.fixed(Instant.parse("2026-11-22T10:00:00Z"), ZoneOffset.UTC),
                        System::nanoTime));
        MemberCache<Asked, WrittenAnswer> cache = new MemberCache<>(10_000_000);
        phone.tell(cache);
        UnifiedFlow flow = new UnifiedFlow(reader, cache, new Counter());
        return new OverviewLines(
                new KeptAnswers(flow, new AnswerWriter(JSON, WHOOP), cache, SecondLevel.NONE), threads, JSON);
    }

    private static OverviewsRequest members(int count) {
        return new OverviewsRequest(ids(count).stream().map(UserId::new).toList(), Period.TODAY);
    }

    private static List<String> ids(int count) {
        return IntStream.range(0, count).mapToObj(i -> "m-" + i).toList();
    }

    private static SourceAnswer measuredSteps() {
        return measured(SAHHA, day(DAY, value(Metric.STEPS, "9000")));
    }

    private static List<JsonNode> parsed(ByteArrayOutputStream written) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : written.toString(StandardCharsets.UTF_8).lines().toList()) {
            lines.add(JSON.readTree(line));
        }
        return lines;
    }

    private static List<String> userIds(ByteArrayOutputStream written) throws IOException {
        return parsed(written).stream()
                .map(line -> line.path("user_id").asText())
                .toList();
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(20, TimeUnit.SECONDS)) {
                throw new IllegalStateException("nobody came");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A source that answers each member as it is told to, and counts whom it was asked for. */
    private static final class Phone implements HealthSource {

        private final AtomicInteger begun = new AtomicInteger();
        private volatile Consumer<UserId> before = who -> {};
        private volatile Function<UserId, SourceAnswer> answer = who -> measuredSteps();

        @Override
        public SourceName name() {
            return SAHHA;
        }

        @Override
        public SourceAnswer read(UserId who, DaysToRead days, Deadline deadline) {
            begun.incrementAndGet();
            before.accept(who);
            return answer.apply(who);
        }

        @Override
        public Acquaintance acquaintance(UserId who, Deadline deadline) {
            return Acquaintance.UNKNOWN;
        }
    }
}
