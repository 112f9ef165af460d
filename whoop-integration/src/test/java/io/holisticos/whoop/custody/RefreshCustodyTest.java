package io.holisticos.whoop.custody;

import static io.holisticos.whoop.custody.CustodySetup.ANNA;
import static io.holisticos.whoop.custody.CustodySetup.BEN;
import static io.holisticos.whoop.custody.CustodySetup.TOKEN_PATH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.MetricRegistry;
import com.sun.net.httpserver.HttpServer;
import io.holisticos.command.CommandKey;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError.ConnectionNotFound;
import io.holisticos.health.HealthError.ReauthorizationRequired;
import io.holisticos.health.HealthError.SourceThrottled;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.UserId;
import io.holisticos.outbound.Call;
import io.holisticos.twins.http.FaultKind;
import io.holisticos.twins.http.FaultRule;
import io.holisticos.twins.whoop.IssuedTokens;
import io.holisticos.whoop.custody.Connection.State;
import io.holisticos.whoop.custody.CustodySetup.Worker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RefreshCustodyTest {

    private static CustodySetup world;

    private Worker worker;

    @BeforeAll
    static void open() {
        world = new CustodySetup();
    }

    @AfterAll
    static void close() throws Exception {
        world.close();
    }

    @BeforeEach
    void reset() {
        world.reset();
        worker = world.worker();
    }

    @Test
    void aTokenThatLivesIsUsedAsItIs() {
        IssuedTokens tokens = world.connect(worker, ANNA);

        assertThat(accessToken(worker)).isEqualTo(tokens.accessToken());
        assertThat(world.tokenCalls()).isZero();
    }

    @Test
    void aTokenAboutToExpireIsReplacedBeforeItIsUsed() {
        IssuedTokens tokens = world.connect(worker, ANNA);
        world.clock.advance(Duration.ofMinutes(59).plusSeconds(1));

        assertThat(accessToken(worker)).isNotEqualTo(tokens.accessToken());
        assertThat(world.tokenCalls()).isEqualTo(1);
        assertThat(worker.api().profile(ANNA, soon())).isPresent();
        assertThat(state()).isEqualTo(State.ACTIVE);
    }

    @Test
    void threadsOfTwoProcessesRefreshOnceAndAllGoOnWithTheNewToken() throws Exception {
        world.connect(worker, ANNA);
        Worker other = world.worker();
        world.letTheAccessTokenExpire();

        List<String> tokens = atOnce(12, i -> () -> accessToken(i % 2 == 0 ? worker : other));

        assertThat(world.tokenCalls()).isEqualTo(1);
        assertThat(Set.copyOf(tokens)).hasSize(1);
        assertThat(worker.api().profile(ANNA, soon())).isPresent();
        assertThat(other.api().profile(ANNA, soon())).isPresent();
    }

    @Test
    void aProcessThatComesDuringTheCallOfAnotherWaitsForItsPair() throws Exception {
        world.connect(worker, ANNA);
        Worker other = world.worker();
        world.letTheAccessTokenExpire();
        world.twin
                .faults()
                .add(FaultRule.times(TOKEN_PATH, FaultKind.LATENCY, 1).withDelay(Duration.ofMillis(500)));

        List<String> first = new ArrayList<>();
        Thread caller = new Thread(() -> first.add(accessToken(worker)));
        caller.start();
        waitUntilARefreshIsAnnounced();
        String second = accessToken(other);
        caller.join(20_000);

        assertThat(first).containsExactly(second);
        assertThat(world.tokenCalls()).isEqualTo(1);
    }

    @Test
    void whoWaitsTooLongForTheCallOfAnotherIsToldLaterAndKeepsItsDatabaseConnection() {
        Jdbi only = world.impatientPool();
        Worker waiter = world.worker(only, Duration.ofMillis(1500));
        IssuedTokens tokens = world.connect(worker, ANNA);
        world.letTheAccessTokenExpire();
        int session = sessionOf(only);

        ConnectionStore store = new ConnectionStore(world.pool());
        store.inTransaction(handle -> {
            store.lock(handle, ANNA);
            assertThatThrownBy(() -> accessToken(waiter)).isInstanceOf(SourceUnavailable.class);
            return true;
        });

        assertThat(sessionOf(only)).isEqualTo(session);
        assertThat(world.tokenCalls()).isZero();
        assertThat(state()).isEqualTo(State.ACTIVE);
        assertThat(accessToken(waiter)).isNotEqualTo(tokens.accessToken());
    }

    private static int sessionOf(Jdbi pool) {
        return pool.withHandle(handle -> handle.createQuery("select pg_backend_pid()")
                .mapTo(Integer.class)
                .one());
    }

    @Test
    void ofTwoUsersWhoConnectOneAccountAtOnceOneSucceeds() throws Exception {
        IssuedTokens tokens = world.twin.grant(ANNA.value());

        List<AccountAssignment> outcomes = atOnce(4, i -> () -> world.join(worker, new UserId("user-" + i), 1, tokens));

        assertThat(outcomes).containsOnlyOnce(new AccountAssignment.Connected(1, true));
        assertThat(outcomes.stream().filter(AccountAssignment.AccountOfAnotherUser.class::isInstance))
                .hasSize(3);
        assertThat(new ConnectionReader(world.pool()).count().connected()).isEqualTo(1);
    }

    @Test
    void aDatabaseThatIsAwayMeansLater() {
        Jdbi nowhere = Jdbi.create("jdbc:postgresql://localhost:1/nowhere");
        Connections connections = new Connections(
                nowhere, CustodySetup.vault(nowhere), worker.oauth(), CustodySetup.terms(), world.clock);

        assertThatThrownBy(() -> connections.find(ANNA)).isInstanceOf(SourceUnavailable.class);
        assertThatThrownBy(() -> connections.markReauthorizationRequired(ANNA, "any", world.clock.instant()))
                .isInstanceOf(SourceUnavailable.class);
        connections.stop();
    }

    @Test
    void callsThatCarryTheirOwnCredentialAreLeftAlone() {
        Call own = new Call(
                new CommandKey("WHOOP_PROFILE"),
                ANNA,
                "GET",
                URI.create("http://localhost/"),
                Map.of("authorization", "Bearer own"),
                null,
                true);
        Call nobodys = Call.get(new CommandKey("WHOOP_PROFILE"), null, URI.create("http://localhost/"));

        for (Call call : List.of(own, nobodys)) {
            assertThat(worker.authorization().headers(call, soon())).isEmpty();
            assertThat(worker.authorization().renew(call, Map.of(), soon())).isFalse();
        }
    }

    @Test
    void a401RefreshesOnceForAllThatWereRefused() throws Exception {
        IssuedTokens tokens = world.connect(worker, ANNA);
        Worker other = world.worker();
        worker.oauth().refresh(ANNA, String.valueOf(tokens.refreshToken()), soon()); // the held access token dies
        world.twin.grant(ANNA.value());
        long before = world.tokenCalls();

        assertThatThrownBy(() -> worker.api().profile(ANNA, soon())).isInstanceOf(ReauthorizationRequired.class);
        assertThatThrownBy(() -> other.api().profile(ANNA, soon())).isInstanceOf(ReauthorizationRequired.class);

        assertThat(world.tokenCalls() - before).isEqualTo(1);
        assertThat(state()).isEqualTo(State.REAUTHORIZATION_REQUIRED);
    }

    @Test
    void a401OfTheDataApiIsCuredByOneRefresh() {
        world.connect(worker, ANNA);
        world.twin
                .faults()
                .add(FaultRule.times("/developer/v2/user/profile", FaultKind.STATUS, 1)
                        .withStatus(401));

        assertThat(worker.api().profile(ANNA, soon())).isPresent();
        assertThat(world.tokenCalls()).isEqualTo(1);
    }

    @Test
    void a401ThatStaysIsNotAnsweredWithRefreshAfterRefresh() {
        world.connect(worker, ANNA);
        world.twin
                .faults()
                .add(FaultRule.always("/developer/v2/user/profile", FaultKind.STATUS)
                        .withStatus(401));

        assertThatThrownBy(() -> worker.api().profile(ANNA, soon())).isInstanceOf(ReauthorizationRequired.class);
        assertThat(world.tokenCalls()).isEqualTo(1);
    }

    @Test
    void aLostReplyIsTriedOnceMoreAndThenNeedsConsent() {
        world.connect(worker, ANNA);
        world.letTheAccessTokenExpire();
        world.twin.faults().add(FaultRule.times(TOKEN_PATH, FaultKind.LOST_REFRESH_REPLY, 1));

        assertThatThrownBy(() -> accessToken(worker)).isInstanceOf(ReauthorizationRequired.class);

        assertThat(world.tokenCalls()).isEqualTo(2);
        assertThat(state()).isEqualTo(State.REAUTHORIZATION_REQUIRED);
        assertThatThrownBy(() -> accessToken(worker)).isInstanceOf(ReauthorizationRequired.class);
        assertThat(world.tokenCalls()).isEqualTo(2);
        assertThat(history())
                .containsExactly("active connected", "reauthorization_required refresh_refused_invalid_request");
        assertThat(lost()).isEqualTo(1);
    }

    @Test
    void aConnectionThatEndedIsCountedOnceWhateverRefusedIt() {
        world.connect(worker, ANNA);

        worker.connections().refusedWithFreshToken(ANNA, world.clock.instant());
        worker.connections().refusedWithFreshToken(ANNA, world.clock.instant());

        assertThat(lost()).isEqualTo(1);
    }

    private long lost() {
        MetricRegistry metrics = new MetricRegistry();
        worker.connections().register(metrics);
        return metrics.counter("whoop.consents.lost").getCount();
    }

    @Test
    void aServerErrorIsTriedOnceMoreAndCostsNothing() {
        world.connect(worker, ANNA);
        world.letTheAccessTokenExpire();
        world.twin.faults().add(FaultRule.times(TOKEN_PATH, FaultKind.STATUS, 1));

        assertThat(accessToken(worker)).isNotEmpty();
        assertThat(state()).isEqualTo(State.ACTIVE);
    }

    @Test
    void anOutageOfTheTokenEndpointMeansLater() {
        world.connect(worker, ANNA);
        world.letTheAccessTokenExpire();
        world.twin.faults().add(FaultRule.times(TOKEN_PATH, FaultKind.HTML, 2));

        assertThatThrownBy(() -> accessToken(worker)).isInstanceOf(SourceUnavailable.class);
        assertThat(worker.connections().find(ANNA).orElseThrow().status()).isEqualTo("active");

        assertThat(accessToken(worker)).isNotEmpty();
    }

    @Test
    void garbageInsteadOfTokensMeansLater() {
        world.connect(worker, ANNA);
        world.letTheAccessTokenExpire();
        world.twin.faults().add(FaultRule.times(TOKEN_PATH, FaultKind.GARBAGE, 1));

        // the twin's garbage comes before its token endpoint: nothing was spent
        assertThat(accessToken(worker)).isNotEmpty();
    }

    @Test
    void anUnclearRefusalMeansLater() {
        world.connect(worker, ANNA);
        world.letTheAccessTokenExpire();
        world.twin.faults().add(FaultRule.times(TOKEN_PATH, FaultKind.STATUS, 2).withStatus(403));

        assertThatThrownBy(() -> accessToken(worker)).isInstanceOf(SourceUnavailable.class);
        assertThat(accessToken(worker)).isNotEmpty();
    }

    @Test
    void aTokenThatStillLivesIsUsedWhileTheTokenEndpointAsksToWait() {
        IssuedTokens tokens = world.connect(worker, ANNA);
        world.clock.advance(Duration.ofMinutes(59).plusSeconds(30));
        world.twin.faults().add(FaultRule.always(TOKEN_PATH, FaultKind.STATUS).withStatus(429));

        assertThat(accessToken(worker)).isEqualTo(tokens.accessToken());
        assertThat(state()).isEqualTo(State.ACTIVE);

        world.clock.advance(Duration.ofMinutes(1));
        assertThatThrownBy(() -> accessToken(worker)).isInstanceOf(SourceThrottled.class);
        assertThat(state()).isEqualTo(State.ACTIVE);
    }

    @Test
    void aWrongClientSecretIsOurFaultAndNotTheMembers() {
        world.connect(worker, ANNA);
        world.letTheAccessTokenExpire();
        world.twin.register(world.app.withCredentials(world.app.clientId(), "rotated"));

        assertThatThrownBy(() -> accessToken(worker)).isInstanceOf(SourceUnavailable.class);
        assertThat(state()).isEqualTo(State.ACTIVE);
        assertThat(lost()).isZero();
        assertThat(world.tokenCalls()).isEqualTo(1);

        world.twin.register(world.app);
        assertThat(accessToken(worker)).isNotEmpty();
    }

    @Test
    void aScopeSwitchedOffInTheDashboardNeedsConsent() {
        world.connect(worker, ANNA);
        world.letTheAccessTokenExpire();
        world.twin.register(world.app.withScopes(Set.of("offline", "read:profile")));

        assertThatThrownBy(() -> accessToken(worker)).isInstanceOf(ReauthorizationRequired.class);
        assertThat(history()).contains("reauthorization_required refresh_refused_invalid_scope");
    }

    @Test
    void theCallersDeadlineEndsTheWaitingAndNotTheRefresh() throws Exception {
        IssuedTokens tokens = world.connect(worker, ANNA);
        world.letTheAccessTokenExpire();
        world.twin
                .faults()
                .add(FaultRule.times(TOKEN_PATH, FaultKind.LATENCY, 1).withDelay(Duration.ofMillis(400)));

        assertThatThrownBy(() -> worker.connections().current(ANNA, Deadline.after(Duration.ofMillis(50))))
                .isInstanceOf(SourceUnavailable.class);
        worker.connections().stop(); // waits for what is under way

        assertThat(state()).isEqualTo(State.ACTIVE);
        assertThat(accessToken(world.worker())).isNotEqualTo(tokens.accessToken());
        assertThat(world.tokenCalls()).isEqualTo(1);
    }

    @Test
    void aStoppedWorkerRefreshesNoMore() {
        world.connect(worker, ANNA);
        world.letTheAccessTokenExpire();
        worker.connections().stop();

        assertThatThrownBy(() -> accessToken(worker)).isInstanceOf(SourceUnavailable.class);
        assertThat(world.tokenCalls()).isZero();
    }

    @Test
    void aWorkerThatDiedBeforeItsCallLeavesAConnectionThatWorks() {
        world.connect(worker, ANNA);
        world.letTheAccessTokenExpire();
        announceARefresh();

        assertThat(accessToken(worker)).isNotEmpty();
        assertThat(state()).isEqualTo(State.ACTIVE);
    }

    @Test
    void aWorkerThatDiedBeforeItsReplyWasSavedLeavesAConnectionThatNeedsConsent() {
        IssuedTokens tokens = world.connect(worker, ANNA);
        world.letTheAccessTokenExpire();
        announceARefresh();
        worker.oauth().refresh(ANNA, String.valueOf(tokens.refreshToken()), soon());

        assertThatThrownBy(() -> accessToken(worker)).isInstanceOf(ReauthorizationRequired.class);
        assertThat(state()).isEqualTo(State.REAUTHORIZATION_REQUIRED);
    }

    @Test
    void aPairIsSavedEvenWhenTheDatabaseConnectionDiesDuringTheCall() throws Exception {
        IssuedTokens tokens = world.connect(worker, ANNA);
        world.letTheAccessTokenExpire();
        world.twin
                .faults()
                .add(FaultRule.times(TOKEN_PATH, FaultKind.LATENCY, 1).withDelay(Duration.ofMillis(800)));

        List<String> outcome = new ArrayList<>();
        Thread caller = new Thread(() -> outcome.add(accessToken(worker)));
        caller.start();
        killTheSessionThatHoldsTheRow();
        caller.join(20_000);

        assertThat(outcome).hasSize(1).doesNotContain(tokens.accessToken());
        assertThat(world.tokenCalls()).isEqualTo(1);
        assertThat(accessToken(world.worker())).isEqualTo(outcome.get(0));
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 500})
    void aWorkerThatLostItsLockAndThenTheRaceGoesOnWithTheWinnersToken(int loserIsTold) throws Exception {
        CountDownLatch loserIsOut = new CountDownLatch(1);
        CountDownLatch winnerIsThrough = new CountDownLatch(1);
        HttpServer whoop = whoopThatKeepsTheFirstCallerWaiting(loserIsOut, winnerIsThrough, loserIsTold);
        try {
            URI tokenUrl = URI.create("http://localhost:" + whoop.getAddress().getPort() + "/token");
            Worker slow = world.workerWithTokenEndpoint(tokenUrl);
            Worker other = world.workerWithTokenEndpoint(tokenUrl);
            world.connect(slow, ANNA);
            world.letTheAccessTokenExpire();

            List<String> outcome = new ArrayList<>();
            Thread caller = new Thread(() -> outcome.add(accessToken(slow)));
            caller.start();
            assertThat(loserIsOut.await(20, TimeUnit.SECONDS)).isTrue();
            killTheSessionThatHoldsTheRow();
            String token = accessToken(other);
            winnerIsThrough.countDown();
            caller.join(20_000);

            assertThat(token).isEqualTo("new-access");
            assertThat(outcome).containsExactly(token);
            assertThat(state()).isEqualTo(State.ACTIVE);
        } finally {
            winnerIsThrough.countDown();
            whoop.stop(0);
        }
    }

    private static HttpServer whoopThatKeepsTheFirstCallerWaiting(
            CountDownLatch arrived, CountDownLatch until, int thenTells) throws IOException {
        AtomicInteger calls = new AtomicInteger();
        HttpServer whoop = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        whoop.setExecutor(Executors.newCachedThreadPool());
        whoop.createContext("/token", exchange -> {
            boolean first = calls.getAndIncrement() == 0;
            if (first) {
                arrived.countDown();
                try {
                    until.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            byte[] body = (first
                            ? "{\"error\":\"invalid_request\"}"
                            : "{\"access_token\":\"new-access\",\"refresh_token\":\"new-refresh\","
                                    + "\"expires_in\":3600,\"token_type\":\"bearer\"}")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(first ? thenTells : 200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        whoop.start();
        return whoop;
    }

    @Test
    void whoNeverConnectedOrLeftHasNoToken() {
        assertThatThrownBy(() -> accessToken(worker)).isInstanceOf(ConnectionNotFound.class);

        world.connect(worker, ANNA);
        assertThat(worker.connections().end(ANNA)).isTrue();

        assertThatThrownBy(() -> accessToken(worker)).isInstanceOf(ConnectionNotFound.class);
        assertThatThrownBy(() -> worker.connections().replace(ANNA, "any", soon()))
                .isInstanceOf(ConnectionNotFound.class);
    }

    @Test
    void aMemberWhoseKeyIsGoneNeedsConsent() {
        world.connect(worker, ANNA);
        CustodySetup.vault(world.pool()).shred(ANNA);

        assertThatThrownBy(() -> accessToken(world.worker())).isInstanceOf(ReauthorizationRequired.class);
    }

    @Test
    void aKeyThatWasDestroyedIsTheReasonInTheHistory() {
        world.connect(worker, ANNA);
        CustodySetup.vault(world.pool()).shred(ANNA);

        assertThatThrownBy(() -> accessToken(world.worker())).isInstanceOf(ReauthorizationRequired.class);

        assertThat(state()).isEqualTo(State.REAUTHORIZATION_REQUIRED);
        assertThat(reasons()).containsExactly("connected", "member_key_destroyed");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "update whoop_connection set access_token = 'torn', refresh_token = 'torn'",
                "update member_key set wrapped_key = 'wrapped by another key'",
                "update member_key set wrapped_by = 'a key that nobody has'",
                "delete from member_key"
            })
    void whatDoesNotOpenIsOurFaultAndChangesNoConnection(String damage) {
        world.connect(worker, ANNA);
        world.pool().useHandle(handle -> handle.execute("create table kept as select * from whoop_connection"));
        world.pool().useHandle(handle -> handle.execute("create table kept_key as select * from member_key"));
        world.pool().useHandle(handle -> handle.execute(damage));

        assertThatThrownBy(() -> accessToken(world.worker())).isInstanceOf(SourceUnavailable.class);
        world.letTheAccessTokenExpire();
        assertThatThrownBy(() -> accessToken(world.worker())).isInstanceOf(SourceUnavailable.class);

        assertThat(state()).isEqualTo(State.ACTIVE);
        assertThat(reasons()).containsExactly("connected");
        assertThat(world.tokenCalls()).isZero();
        world.pool().useHandle(handle -> {
            handle.execute("delete from member_key");
            handle.execute("insert into member_key select * from kept_key");
            handle.execute("update whoop_connection set access_token = kept.access_token,"
                    + " refresh_token = kept.refresh_token from kept");
            handle.execute("drop table kept; drop table kept_key");
        });
        assertThat(accessToken(world.worker())).isNotEmpty();
    }

    @Test
    void whatIsSealedForOneMemberOpensForNoOtherThoughTheirKeyWereCopied() {
        world.connect(worker, ANNA);
        world.connect(worker, BEN);
        copyFromAnnaToBen("whoop_connection", "access_token", "refresh_token");
        assertBensTokensDoNotOpenAndNothingChanged();

        copyFromAnnaToBen("member_key", "wrapped_by", "wrapped_key");
        assertBensTokensDoNotOpenAndNothingChanged();

        assertThat(accessToken(world.worker())).isNotEmpty();
    }

    @Test
    void anAccessTokenIsNeverTakenForARefreshToken() {
        world.connect(worker, ANNA);
        world.pool()
                .useHandle(handle -> handle.execute(
                        "update whoop_connection set access_token = refresh_token, refresh_token = access_token"));

        assertThatThrownBy(() -> accessToken(world.worker())).isInstanceOf(SourceUnavailable.class);

        assertThat(state()).isEqualTo(State.ACTIVE);
        assertThat(world.tokenCalls()).isZero();
    }

    private void copyFromAnnaToBen(String table, String first, String second) {
        int copied = world.pool()
                .withHandle(handle -> handle.createUpdate("update " + table + " ben set " + first + " = anna." + first
                                + ", " + second + " = anna." + second + " from " + table
                                + " anna where ben.user_id = :ben and anna.user_id = :anna")
                        .bind("ben", BEN.value())
                        .bind("anna", ANNA.value())
                        .execute());
        assertThat(copied).isOne();
    }

    private void assertBensTokensDoNotOpenAndNothingChanged() {
        Worker another = world.worker();
        assertThatThrownBy(() -> another.connections().current(BEN, soon())).isInstanceOf(SourceUnavailable.class);
        assertThat(another.connections().find(BEN).orElseThrow().state()).isEqualTo(State.ACTIVE);
        assertThat(world.tokenCalls()).isZero();
    }

    private List<String> reasons() {
        return world.pool()
                .withHandle(handle -> handle.createQuery("select reason from whoop_connection_history order by id")
                        .mapTo(String.class)
                        .list());
    }

    private void announceARefresh() {
        ConnectionStore store = new ConnectionStore(world.pool());
        store.beginRefresh(ANNA, 1, Duration.ofSeconds(1), world.clock.instant());
        assertThat(state()).isEqualTo(State.REFRESHING);
    }

    private void waitUntilARefreshIsAnnounced() {
        for (int i = 0; i < 10_000; i++) {
            if (state() == State.REFRESHING) {
                return;
            }
        }
        throw new AssertionError("no refresh was announced");
    }

    private void killTheSessionThatHoldsTheRow() {
        for (int i = 0; i < 10_000; i++) {
            boolean killed = world.database
                    .jdbi()
                    .withHandle(handle -> handle.createQuery("""
                            select pg_terminate_backend(pid) from pg_stat_activity
                            where datname = current_database() and state = 'idle in transaction'
                                and query like '%for update%'
                                and exists (select 1 from whoop_connection where state = 'refreshing')""")
                            .mapTo(Boolean.class)
                            .findFirst()
                            .orElse(false));
            if (killed) {
                return;
            }
        }
        throw new AssertionError("no session holds the row");
    }

    private static <T> List<T> atOnce(int threads, java.util.function.IntFunction<Callable<T>> work) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            CountDownLatch go = new CountDownLatch(1);
            List<Future<T>> futures = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                Callable<T> one = work.apply(i);
                futures.add(executor.submit(() -> {
                    go.await();
                    return one.call();
                }));
            }
            go.countDown();
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get());
            }
            return results;
        } finally {
            executor.shutdownNow();
        }
    }

    private static String accessToken(Worker worker) {
        return worker.connections().current(ANNA, soon()).pair().accessToken();
    }

    private State state() {
        return worker.connections().find(ANNA).orElseThrow().state();
    }

    private List<String> history() {
        return world.database
                .jdbi()
                .withHandle(handle -> handle.createQuery(
                                "select state || ' ' || reason from whoop_connection_history order by id")
                        .mapTo(String.class)
                        .list());
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(15));
    }
}
