package io.holisticos.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.dropwizard.util.DataSize;
import io.dropwizard.util.Duration;
import io.holisticos.command.Command;
import io.holisticos.command.CommandConfiguration;
import io.holisticos.command.CommandFixture;
import io.holisticos.command.CommandKey;
import io.holisticos.command.Commands;
import io.holisticos.command.CommandsConfiguration;
import io.holisticos.command.Event;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError.BadSourceReply;
import io.holisticos.health.HealthError.SourceThrottled;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.SourceName;
import io.holisticos.health.UserId;
import io.holisticos.trace.RequestContext;
import jakarta.ws.rs.client.Client;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutboundTest {

    private static final SourceName TARGET = new SourceName("stub");
    private static final CommandKey KEY = new CommandKey("STUB_READ");
    private static final UserId ANNA = new UserId("demo-anna");

    private final Queue<Answer> answers = new ArrayDeque<>();
    private final List<String> credentials = new ArrayList<>();
    private final MetricRegistry metrics = new MetricRegistry();
    private final OutboundConfiguration configuration = new OutboundConfiguration();
    private final Commands commands =
            new Commands(new CommandsConfiguration(), metrics, Clock.systemUTC(), System::nanoTime);
    private final CountingBudget budget = new CountingBudget();

    private HttpServer server;
    private ExecutorService threads;
    private Client client;

    private interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    @BeforeEach
    void startStub() throws IOException {
        threads = Executors.newCachedThreadPool();
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            credentials.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            Answer answer = answers.size() > 1 ? answers.poll() : answers.peek();
            if (answer != null) {
                answer.to(exchange);
            }
            exchange.close();
        });
        server.start();
        configuration.retryPause = Duration.milliseconds(1);
        configuration.client.setGzipEnabled(false);
        configuration.client.setGzipEnabledForRequests(false);
        client = OutboundClient.build(metrics, threads, new ObjectMapper(), configuration, "stub");
    }

    @AfterEach
    void stopStub() {
        client.close();
        server.stop(0);
        threads.shutdownNow();
    }

    @Test
    void passesOnWhatWasAnsweredBelow500() {
        answers.add(status(404, "nobody"));

        Reply reply = outbound(Authorization.none()).call(read(), soon());

        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.isSuccess()).isFalse();
        assertThat(new String(reply.body(), StandardCharsets.UTF_8)).isEqualTo("nobody");
        assertThat(metrics.timer("outbound.STUB_READ").getCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void followsNoRedirectBecauseWhoeverItLeadsToWouldGetTheCredential(int status) {
        answers.add(exchange -> {
            exchange.getResponseHeaders().add("Location", "/elsewhere");
            exchange.sendResponseHeaders(status, -1);
        });

        Reply reply = outbound(Authorization.none()).call(read(), soon());

        assertThat(reply.status()).isEqualTo(status);
        assertThat(credentials).as("requests that came").hasSize(1);
    }

    @Test
    void aRedirectIsAnAnswerAndIsNotFollowed() {
        answers.add(exchange -> {
            exchange.getResponseHeaders().set("Location", "/elsewhere");
            exchange.sendResponseHeaders(307, -1);
        });

        Reply reply = outbound(Authorization.none()).call(read(), soon());

        assertThat(reply.status()).isEqualTo(307);
        assertThat(credentials).hasSize(1);
    }

    @Test
    void repeatsASafeCallAfterA5xxAndTakesAPermitForEachTry() {
        answers.addAll(List.of(status(503, ""), status(502, "<html>"), status(200, "[]")));

        Reply reply = outbound(Authorization.none()).call(read(), soon());

        assertThat(reply.status()).isEqualTo(200);
        assertThat(budget.taken).isEqualTo(3);
        assertThat(budget.learned).containsExactly(503, 502, 200);
    }

    @Test
    void doesNotRepeatWhatIsNotSafe() {
        answers.addAll(List.of(status(503, ""), status(200, "[]")));
        Call post = new Call(KEY, ANNA, "POST", uri(), Map.of(), new Call.Body("text/plain", new byte[] {'x'}), false);

        assertThatThrownBy(() -> outbound(Authorization.none()).call(post, soon()))
                .isInstanceOf(SourceUnavailable.class);
        assertThat(budget.taken).isEqualTo(1);
    }

    @Test
    void neverRepeatsPastTheDeadline() {
        answers.add(exchange -> {
            exchange.getResponseHeaders().add("Retry-After", "300");
            exchange.sendResponseHeaders(503, -1);
        });

        assertThatThrownBy(() -> outbound(Authorization.none()).call(read(), soon()))
                .isInstanceOfSatisfying(
                        SourceUnavailable.class,
                        e -> assertThat(e.retryAfter()).contains(java.time.Duration.ofSeconds(300)));
        assertThat(budget.taken).isEqualTo(1);
    }

    @Test
    void backPressureIsPassedOnWithItsTimeAndNeverOpensTheBreaker() {
        CommandFixture.requestVolume(configuration.command, 2);
        answers.add(exchange -> {
            exchange.getResponseHeaders().add("X-RateLimit-Reset", "42");
            exchange.sendResponseHeaders(429, -1);
        });
        Outbound outbound = outbound(Authorization.none());

        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() -> outbound.call(read(), soon()))
                    .isInstanceOfSatisfying(
                            SourceThrottled.class,
                            e -> assertThat(e.retryAfter()).contains(java.time.Duration.ofSeconds(42)));
        }
        assertThat(budget.taken).isEqualTo(5);
    }

    @Test
    void anOpenBreakerCostsNoPermitAndNoCall() {
        CommandFixture.requestVolume(configuration.command, 4);
        configuration.attempts = 1;
        answers.add(status(500, ""));
        Outbound outbound = outbound(Authorization.none());

        for (int i = 0; i < 10; i++) {
            assertThatThrownBy(() -> outbound.call(read(), soon())).isInstanceOf(SourceUnavailable.class);
        }

        assertThat(budget.taken).isEqualTo(4);
    }

    @Test
    void everyAttemptIsAnExecutionOfItsCommand() {
        answers.addAll(List.of(status(503, ""), status(502, "<html>"), status(200, "[]")));

        outbound(Authorization.none()).call(read(), soon());

        assertThat(counted(Event.FAILURE)).isEqualTo(2);
        assertThat(counted(Event.FALLBACK_MISSING)).isEqualTo(2);
        assertThat(counted(Event.EXCEPTION_THROWN)).isEqualTo(2);
        assertThat(counted(Event.SUCCESS)).isEqualTo(1);
        assertThat(command().pool().orElseThrow().work().executed().count()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 422})
    void whatBlamesTheCallerIsNoFailureAndNoTotal(int status) {
        answers.add(status(status, ""));
        CommandFixture.requestVolume(configuration.command, 1);

        outbound(Authorization.none()).call(read(), soon());

        assertThat(counted(Event.BAD_REQUEST)).isEqualTo(1);
        assertThat(counted(Event.EXCEPTION_THROWN)).isZero();
        assertThat(command().state()).isEqualTo(Command.State.CLOSED);
    }

    @Test
    void whatIsHeldStandsInForTheAnswer() {
        answers.add(status(500, ""));
        configuration.attempts = 1;
        Outbound outbound = outbound(Authorization.none());

        assertThatThrownBy(() -> outbound.call(read().withFallback(() -> true), soon()))
                .isInstanceOf(SourceUnavailable.class);
        assertThat(counted(Event.FALLBACK_SUCCESS)).isEqualTo(1);
        assertThat(counted(Event.EXCEPTION_THROWN)).isZero();

        assertThatThrownBy(() -> outbound.call(read().withFallback(() -> false), soon()))
                .isInstanceOf(SourceUnavailable.class);
        assertThat(counted(Event.FALLBACK_FAILURE)).isEqualTo(1);
        assertThat(counted(Event.EXCEPTION_THROWN)).isEqualTo(1);
    }

    @Test
    void backPressureIsNeitherRepeatedNorAFailure() {
        answers.add(status(429, ""));

        assertThatThrownBy(() -> outbound(Authorization.none()).call(read(), soon()))
                .isInstanceOf(SourceThrottled.class);

        assertThat(credentials).hasSize(1);
        assertThat(command().snapshot().counts().throttled()).isEqualTo(1);
        assertThat(counted(Event.FAILURE)).isZero();
    }

    @Test
    void troubleOfOurOwnQuotaIsNotTheirs() {
        budget.lost = true;
        configuration.attempts = 1;
        CommandFixture.requestVolume(configuration.command, 1);
        answers.add(status(200, "[]"));

        assertThatThrownBy(() -> outbound(Authorization.none()).call(read(), soon()))
                .isInstanceOf(SourceUnavailable.class);

        assertThat(counted(Event.FAILURE) + counted(Event.TIMEOUT)).isZero();
        assertThat(command().state()).isEqualTo(Command.State.CLOSED);
    }

    @Test
    void aFullBulkheadRefusesAtOnceAndIsNotRepeated() throws Exception {
        CommandFixture.oneThread(configuration.command);
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        answers.add(exchange -> {
            arrived.countDown();
            await(over);
            exchange.sendResponseHeaders(204, -1);
        });
        Outbound outbound = outbound(Authorization.none());
        Future<Reply> inside = threads.submit(() -> outbound.call(read(), soon()));
        await(arrived);

        assertThatThrownBy(() -> outbound.call(read(), soon()))
                .isInstanceOfSatisfying(
                        SourceUnavailable.class,
                        e -> assertThat(e.retryAfter()).contains(java.time.Duration.ofSeconds(1)));

        assertThat(counted(Event.THREAD_POOL_REJECTED)).isEqualTo(1);
        over.countDown();
        assertThat(inside.get().status()).isEqualTo(204);
    }

    @Test
    void anUninterruptedCommandStaysOnTheCallersThread() {
        answers.add(status(200, "[]"));
        CommandKey token = new CommandKey("STUB_TOKEN");
        CommandFixture.isolation(configuration.command, CommandConfiguration.Isolation.THREAD);
        Outbound outbound = outbound(Authorization.none()).announceUninterrupted(token);

        outbound.call(Call.get(token, ANNA, uri()), soon());

        assertThat(commands.find("STUB_TOKEN").orElseThrow().pool()).isEmpty();
    }

    @Test
    void aKeyThatNobodyAnnouncedIsAFaultOfOurs() {
        assertThatThrownBy(() -> outbound(Authorization.none())
                        .call(Call.get(new CommandKey("STUB_OTHER"), ANNA, uri()), soon()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("STUB_OTHER");
    }

    @Test
    void aSpentBudgetIsToldAtOnce() {
        budget.left = 0;
        answers.add(status(200, ""));

        assertThatThrownBy(() -> outbound(Authorization.none()).call(read(), soon()))
                .isInstanceOf(SourceThrottled.class);
        assertThat(credentials).isEmpty();
    }

    @Test
    void renewsARefusedCredentialOnceWithAPermitOfItsOwn() {
        answers.addAll(List.of(status(401, "Authorization was not valid"), status(200, "[]")));

        Reply reply = outbound(new TwoTokens()).call(read(), soon());

        assertThat(reply.status()).isEqualTo(200);
        assertThat(credentials).containsExactly("Bearer old", "Bearer new");
        assertThat(budget.taken).isEqualTo(2);
    }

    @Test
    void givesUpWhenTheRenewedCredentialIsRefusedToo() {
        answers.add(status(401, "Authorization was not valid"));

        Reply reply = outbound(new TwoTokens()).call(read(), soon());

        assertThat(reply.status()).isEqualTo(401);
        assertThat(credentials).hasSize(2);
    }

    @Test
    void aHangingServerIsLeftInTime() {
        answers.add(exchange -> {
            exchange.sendResponseHeaders(200, 100);
            exchange.getResponseBody().flush();
            hang();
        });
        configuration.attempts = 1;
        configuration.requestTimeout = Duration.milliseconds(300);
        long begun = System.nanoTime();

        assertThatThrownBy(() -> outbound(Authorization.none()).call(read(), soon()))
                .isInstanceOf(SourceUnavailable.class);
        assertThat(java.time.Duration.ofNanos(System.nanoTime() - begun)).isLessThan(java.time.Duration.ofSeconds(20));
    }

    @Test
    void anAnswerThatNeverEndsIsRefusedAsItArrives() {
        configuration.maxReplySize = DataSize.kibibytes(64);
        answers.add(status(200, "x".repeat(200_000)));

        assertThatThrownBy(() -> outbound(Authorization.none()).call(read(), soon()))
                .isInstanceOf(BadSourceReply.class)
                .hasMessageContaining("65536 bytes");
    }

    @Test
    void nobodyListeningIsUnavailable() {
        server.stop(0);

        assertThatThrownBy(() -> outbound(Authorization.none()).call(read(), soon()))
                .isInstanceOf(SourceUnavailable.class);
    }

    @Test
    void anExpiredDeadlineSendsNothing() {
        answers.add(status(200, ""));

        assertThatThrownBy(() -> outbound(Authorization.none()).call(read(), Deadline.after(java.time.Duration.ZERO)))
                .isInstanceOf(SourceUnavailable.class);
        assertThat(credentials).isEmpty();
    }

    @Test
    void decodesOnlyTheDocumentedFormAndQuotesNothingOfTheRest() {
        ObjectMapper mapper = new ObjectMapper();
        TypeReference<List<String>> form = new TypeReference<>() {};

        assertThat(reply("[\"a\"]", "application/json").decode(mapper, form)).containsExactly("a");
        assertThatThrownBy(() -> reply("secret", "application/json").decode(mapper, form))
                .isInstanceOf(BadSourceReply.class)
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> reply("<html>", "text/html; charset=UTF-8").decode(mapper, form))
                .isInstanceOf(BadSourceReply.class)
                .hasMessageContaining("HTML");
        assertThatThrownBy(() -> reply("null", "application/json").decode(mapper, form))
                .isInstanceOf(BadSourceReply.class);
    }

    @Test
    void printsNeitherHeadersNorBodies() {
        Call call = new Call(
                KEY,
                ANNA,
                "POST",
                URI.create("http://localhost/secret"),
                Map.of("Authorization", "secret"),
                new Call.Body("text/plain", "secret".getBytes(StandardCharsets.UTF_8)),
                false);

        assertThat(call.toString() + call.body() + reply("secret", "text/plain"))
                .doesNotContain("secret");
    }

    @Test
    void everyAttemptPassesTheTraceOnWithASpanOfItsOwn() {
        List<String> parents = new ArrayList<>();
        for (int status : new int[] {503, 200}) {
            answers.add(exchange -> {
                parents.add(exchange.getRequestHeaders().getFirst("traceparent"));
                exchange.sendResponseHeaders(status, -1);
            });
        }
        String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        RequestContext request = RequestContext.arriving(
                name -> name.equals("traceparent") ? "00-" + trace + "-00f067aa0ba902b7-01" : null);

        try (RequestContext.Binding binding = request.bind()) {
            outbound(Authorization.none()).call(read(), soon());
        }

        assertThat(parents)
                .hasSize(2)
                .doesNotHaveDuplicates()
                .allMatch(parent -> parent.matches("00-" + trace + "-[0-9a-f]{16}-01"));
    }

    private Command command() {
        return commands.find(KEY.name()).orElseThrow();
    }

    private long counted(Event event) {
        return command().snapshot().counts().cumulative(event);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Outbound outbound(Authorization authorization) {
        return Outbound.to(TARGET, client, configuration, commands, budget, authorization)
                .announce(KEY);
    }

    private Call read() {
        return Call.get(KEY, ANNA, uri());
    }

    private URI uri() {
        return URI.create("http://localhost:" + server.getAddress().getPort() + "/");
    }

    private static Deadline soon() {
        return Deadline.after(java.time.Duration.ofSeconds(20));
    }

    private static Reply reply(String body, String type) {
        return new Reply(TARGET, 200, Map.of("content-type", List.of(type)), body.getBytes(StandardCharsets.UTF_8));
    }

    private static Answer status(int status, String body) {
        return exchange -> {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            if (bytes.length > 0) {
                exchange.getResponseBody().write(bytes);
            }
        };
    }

    /** Until the test's threads are ended. */
    private static void hang() {
        try {
            Thread.currentThread().join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class TwoTokens implements Authorization {
        private volatile String token = "old";

        @Override
        public Map<String, String> headers(Call call, Deadline deadline) {
            return Map.of("Authorization", "Bearer " + token);
        }

        @Override
        public boolean renew(Call call, Map<String, String> refused, Deadline deadline) {
            token = "new";
            return true;
        }
    }

    private static final class CountingBudget implements Budget {
        private int left = Integer.MAX_VALUE;
        private int taken;
        private boolean lost;
        private final List<Integer> learned = new ArrayList<>();

        @Override
        public void take(Call call) {
            if (lost) {
                throw new SourceUnavailable(
                        TARGET, java.time.Duration.ofSeconds(5), new SQLException("connection refused", "08001"));
            }
            if (left-- <= 0) {
                throw new SourceThrottled(TARGET, java.time.Duration.ofSeconds(7));
            }
            taken++;
        }

        @Override
        public void learn(Call call, Reply reply) {
            learned.add(reply.status());
        }
    }
}
