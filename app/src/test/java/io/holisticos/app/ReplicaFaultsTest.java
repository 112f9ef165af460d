package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.app.Traffic.Tally;
import io.holisticos.twins.http.FaultKind;
import io.holisticos.twins.http.FaultRule;
import io.holisticos.twins.whoop.WhoopTwin;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * Two replicas behind a proxy, with callers and webhooks, while processes and PostgreSQL go wrong. Writes its part of {@code
 * docs/fault-matrix.md} with {@code -Dgolden.rewrite=true}.
 */
@Tag("deep")
@Tag("alone")
class ReplicaFaultsTest {

    private static final List<String> MEMBERS = TwoReplicas.MEMBERS;

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration MOMENT = Duration.ofSeconds(2);

    /** Jobs go on by then, whatever happened. */
    private static final Duration TAKEN_OVER = Duration.ofSeconds(30);

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int MOST_LINES = 50;

    private static final List<String> WHOOP_TABLES =
            List.of("whoop_inbox", "whoop_member_sync", "whoop_connection", "whoop_quota", "scheduled_tasks");
    private static final List<String> SAHHA_TABLES = List.of("scores", "feature_flag", "api_key");

    private static final List<String> LINES = new ArrayList<>();
    private static final List<AutoCloseable> OPENED = new ArrayList<>();
    private static final List<Service> REPLICAS = new ArrayList<>();
    private static DebianPostgres postgres;
    private static Jdbi whoopDatabase;
    private static Traffic traffic;
    private static WhoopTwin whoop;
    private static int linesOfTheDead;
    private static int faults;

    /** @param reads whether callers who only read must see nothing of it */
    private record Fault(String name, boolean readsGoOn, Act act) {}

    private interface Act {
        void run() throws Exception;
    }

    @BeforeAll
    static void open() throws Exception {
        assertThat(ReverseProxy.isInstalled())
                .as("HAProxy is installed (apt-get install haproxy)")
                .isTrue();
        TwoReplicas replicas = opened(TwoReplicas.prepared());
        postgres = replicas.postgres;
        whoopDatabase = replicas.whoopDatabase;
        REPLICAS.addAll(replicas.services);
        ReverseProxy proxy = opened(ReverseProxy.before(REPLICAS));
        replicas.start(proxy.url(), Map.of("DRAIN_TIME", "3s"));
        whoop = replicas.whoop();
        traffic = opened(new Traffic(proxy.url(), "sandbox-client-secret", replicas.told()));
        traffic.start();
        awaitJobs(Instant.now());
    }

    @AfterAll
    static void close() throws Exception {
        for (int i = OPENED.size() - 1; i >= 0; i--) {
            OPENED.get(i).close();
        }
        if (Boolean.getBoolean("golden.rewrite") && faults > 0 && LINES.size() == faults) { // never a part of the table
            FaultMatrix.write(FaultMatrix.REPLICAS, String.join("", LINES));
        }
    }

    @TestFactory
    List<DynamicTest> faults() {
        List<Fault> all = new ArrayList<>(List.of(
                new Fault("nothing is wrong", true, () -> pause(Duration.ofSeconds(5))),
                new Fault("kill -9 of a replica at work", true, ReplicaFaultsTest::killAtWork),
                new Fault("SIGTERM of a replica", true, ReplicaFaultsTest::endInOrder),
                new Fault("PostgreSQL restarts, fast", false, () -> postgres.restart("fast")),
                new Fault("PostgreSQL restarts, immediate", false, () -> postgres.restart("immediate")),
                new Fault("all sessions are terminated", true, ReplicaFaultsTest::terminateSessions),
                new Fault("PostgreSQL is read-only for 20 s", false, ReplicaFaultsTest::beReadOnly),
                new Fault("connection slots are full for 10 s", false, ReplicaFaultsTest::fillSlots)));
        Stream.concat(
                        WHOOP_TABLES.stream().map(table -> locked("whoop", table)),
                        SAHHA_TABLES.stream().map(table -> locked("sahha", table)))
                .forEach(all::add);
        faults = all.size();
        return all.stream()
                .map(fault -> DynamicTest.dynamicTest(fault.name(), () -> meet(fault)))
                .toList();
    }

    private static void meet(Fault fault) throws Exception {
        pause(MOMENT);
        int linesBefore = lines();
        Tally tally = traffic.begin();
        fault.act().run();
        Instant over = Instant.now();
        giveWork();
        pause(MOMENT);
        Duration untilJobs = awaitJobs(over);
        Service.await("all webhooks acknowledged", traffic::isNearlyAcknowledged);
        Set<String> acknowledged = traffic.acknowledged();
        int lines = lines() - linesBefore;
        traffic.begin(); // what is to be mended now is no part of it
        restartTheDead();
        Set<String> lost = new TreeSet<>(acknowledged);
        lost.removeAll(held());

        LINES.add("| %s | %d | %d | %d | %s | %d | %d | %d | %s | %d |\n"
                .formatted(
                        fault.name(),
                        tally.reads.get(),
                        tally.failedReads.get(),
                        tally.shed.get(),
                        seconds(Duration.ofMillis(tally.slowestMillis.get())),
                        tally.webhooks.get(),
                        tally.sentAgain.get(),
                        lost.size(),
                        seconds(untilJobs),
                        lines));
        System.out.println(LINES.get(LINES.size() - 1) + "  " + tally.failed);
        assertThat(tally.shed.get()).as("existing paths and health, shed").isZero();
        assertThat(lost).as("acknowledged, and not in the database").isEmpty();
        if (fault.readsGoOn()) {
            assertThat(tally.failures).isEmpty();
        }
        assertThat(untilJobs).isLessThan(TAKEN_OVER);
        assertThat(lines).as("log lines, WARN and above").isLessThan(MOST_LINES);
    }

    /** Whichever of them has taken a member's job: it lies still until another takes it over. */
    private static void killAtWork() {
        whoop.faults().add(FaultRule.always("/developer", FaultKind.LATENCY).withDelay(Duration.ofSeconds(5)));
        for (String member : MEMBERS) {
            assertThat(REPLICAS.get(0).post("/internal/sync/" + member).statusCode())
                    .isEqualTo(202);
        }
        Service.await("a job under way", () -> REPLICAS.stream().anyMatch(ReplicaFaultsTest::isAtWork));
        Service working = REPLICAS.stream()
                .filter(ReplicaFaultsTest::isAtWork)
                .findFirst()
                .orElseThrow();
        working.process().kill();
        whoop.faults().clear();
        assertThat(isAtWork(working)).as("left behind").isTrue();
    }

    private static boolean isAtWork(Service replica) {
        return whoopDatabase.withHandle(handle -> handle.createQuery(
                                "select count(*) from scheduled_tasks where task_name = 'whoop-member' and picked"
                                        + " and picked_by like :process")
                        .bind("process", "%:" + replica.process().pid())
                        .mapTo(Long.class)
                        .one())
                > 0;
    }

    /** Events may leave nothing to do for a while: a sync is asked for of whoever can be asked. */
    private static void giveWork() {
        for (Service replica : REPLICAS) {
            if (replica.process().isAlive()) {
                try {
                    int status =
                            replica.post("/internal/sync/" + MEMBERS.get(0)).statusCode();
                    assertThat(status).isIn(202, 503);
                } catch (UncheckedIOException e) {
                    assertThat(replica.process().isAlive()).isTrue();
                }
            }
        }
    }

    private static void endInOrder() {
        REPLICAS.get(1).process().terminate();
        REPLICAS.get(1).process().exitStatus(PATIENCE);
    }

    private static void terminateSessions() throws Exception {
        try (Connection connection = postgres.dataSource("postgres").getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()"
                    + " and datname in ('sahha', 'whoop')");
        }
    }

    /** As a node that another took the lead from: sessions there are, and new ones, may only read. */
    private static void beReadOnly() throws Exception {
        setReadOnly("on");
        pause(LONG);
        setReadOnly("off");
    }

    private static void setReadOnly(String value) throws Exception {
        try (Connection connection = postgres.dataSource("postgres").getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("alter system set default_transaction_read_only = " + value);
            statement.execute("select pg_reload_conf()");
        }
    }

    private static void fillSlots() throws Exception {
        List<Connection> all = new ArrayList<>();
        try {
            long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
            while (System.nanoTime() < end) {
                try {
                    all.add(postgres.dataSource("postgres").getConnection());
                } catch (SQLException full) {
                    pause(Duration.ofMillis(50));
                }
            }
        } finally {
            for (Connection one : all) {
                one.close();
            }
        }
    }

    private static Fault locked(String database, String table) {
        return new Fault("table " + table + " is locked for 20 s", false, () -> {
            try (Connection connection = postgres.dataSource(database).getConnection();
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute("lock table " + table + " in access exclusive mode");
                pause(LONG);
                connection.rollback();
            }
        });
    }

    /** A replica that a fault ended is back, and the proxy knows, before the next one begins. */
    private static void restartTheDead() throws Exception {
        for (Service replica : REPLICAS) {
            if (!replica.process().isAlive()) {
                linesOfTheDead += linesOf(replica);
                replica.start();
                Service.await("ready", () -> replica.get("/health/ready").statusCode() == 200);
            }
        }
    }

    /** Waits until jobs are done again, and none lies still; returns how long that took. */
    private static Duration awaitJobs(Instant since) {
        Service.await(
                () -> "jobs going on: " + stillJobs(),
                () -> answersAtAll() && stillJobs().isEmpty() && doneSince(since) > 0);
        return Duration.between(since, Instant.now());
    }

    private static boolean answersAtAll() {
        try {
            return count("scheduled_tasks") > 0;
        } catch (RuntimeException away) {
            return false;
        }
    }

    /** What should have been done by now, and what a process has that says nothing any more. */
    private static List<String> stillJobs() {
        Instant now = Instant.now();
        return whoopDatabase.withHandle(handle -> handle.createQuery(
                        "select task_name || case when picked then ' picked' else ' due' end from scheduled_tasks"
                                + " where (not picked and execution_time < :due) or (picked and last_heartbeat < :silent)")
                .bind("due", now.minusSeconds(5).atOffset(ZoneOffset.UTC))
                .bind("silent", now.minusSeconds(9).atOffset(ZoneOffset.UTC))
                .mapTo(String.class)
                .list());
    }

    private static long doneSince(Instant since) {
        return whoopDatabase.withHandle(handle -> handle.createQuery(
                        "select count(*) from scheduled_tasks where task_name = 'whoop-member' and last_success >"
                                + " :since")
                .bind("since", since.atOffset(ZoneOffset.UTC))
                .mapTo(Long.class)
                .one());
    }

    private static long count(String tableAndCondition) {
        return whoopDatabase.withHandle(handle -> handle.createQuery("select count(*) from " + tableAndCondition)
                .mapTo(Long.class)
                .one());
    }

    private static Set<String> held() {
        return whoopDatabase.withHandle(handle -> handle.createQuery("select trace_id from whoop_inbox")
                .mapTo(String.class)
                .collectIntoSet());
    }

    private static int lines() {
        return linesOfTheDead
                + REPLICAS.stream().mapToInt(ReplicaFaultsTest::linesOf).sum();
    }

    private static int linesOf(Service replica) {
        return replica.process().printed().size()
                + replica.process().complained().size();
    }

    private static void pause(Duration length) {
        LockSupport.parkNanos(length.toNanos());
    }

    private static String seconds(Duration duration) {
        return "%.1f s".formatted(duration.toMillis() / 1000.0);
    }

    private static <T extends AutoCloseable> T opened(T one) {
        OPENED.add(one);
        return one;
    }
}
