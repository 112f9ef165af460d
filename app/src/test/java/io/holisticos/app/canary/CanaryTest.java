package io.holisticos.app.canary;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.holisticos.app.canary.BurnRule.Window;
import io.holisticos.app.flags.Flag;
import io.holisticos.app.flags.FlagChange;
import io.holisticos.app.flags.FlagState;
import io.holisticos.app.flags.Flags;
import io.holisticos.notice.ChangeNotices;
import io.holisticos.testing.LogLines;
import io.holisticos.testing.TestDatabase;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When a replica looks, and what it then does to the flag in the database. */
class CanaryTest {

    private static final FlagState FIVE_PERCENT = new FlagState(true, 5, List.of());

    private final AtomicBoolean away = new AtomicBoolean();
    private volatile FlagState lastSeen = FIVE_PERCENT;
    private TestDatabase database;
    private Flags operator;
    private LogLines said;

    /** What a replica has counted of WHOOP's calls, and its time. */
    private static final class Replica {
        private final MetricRegistry metrics = new MetricRegistry();
        private final Canary canary;
        private Tally calls = Tally.NONE;
        private long nanos;

        Replica(Supplier<FlagState> flag, Flags flags) {
            canary = new Canary(
                    Flag.WHOOP_INTEGRATION,
                    new Canary.Eyes(flag, () -> new Window(Map.of(Objective.SOURCE_ERRORS, calls)), () -> nanos),
                    new BurnRule(20),
                    new FallBack(flags, metrics));
        }

        void pass(Duration time, long good, long failed) {
            nanos += time.toNanos();
            calls = calls.plus(new Tally(good + failed, failed));
            canary.look();
        }

        long fallbacks() {
            return metrics.counter("canary.fallbacks.source_errors").getCount();
        }
    }

    @BeforeEach
    void open() {
        database = TestDatabase.migratedBy("sahha-db/changelog.yaml");
        operator = flags(database.dataSource());
        said = LogLines.of(FallBack.class, Canary.class);
    }

    @AfterEach
    void close() {
        said.close();
    }

    @Test
    void whatFailsUnderACanarySwitchesItOffAndSaysWhy() {
        set(FIVE_PERCENT);
        Replica replica = replica();

        replica.pass(Duration.ZERO, 0, 0);
        replica.pass(Duration.ofSeconds(10), 10, 30);

        assertThat(stored()).isEqualTo(new FlagState(false, 5, List.of()));
        assertThat(replica.fallbacks()).isOne();
        assertThat(said.messages())
                .containsExactly("event=canary_fell_back caller=canary flag=WHOOP_INTEGRATION percentage=5 users=0"
                        + " objective=source_errors missed=30 of=40 missed_longer=30 of_longer=40"
                        + " runbook=docs/runbooks/canary.md");
    }

    @ParameterizedTest
    @CsvSource({"true, 100", "false, 5", "false, 100", "true, 0"})
    void onForAllOrOffItIsLeftAlone(boolean enabled, int percentage) {
        set(new FlagState(enabled, percentage, List.of()));
        Replica replica = replica();

        replica.pass(Duration.ZERO, 0, 0);
        replica.pass(Duration.ofSeconds(10), 0, 500);

        assertThat(stored()).isEqualTo(new FlagState(enabled, percentage, List.of()));
        assertThat(said.messages()).isEmpty();
    }

    @Test
    void aFlagForNamedMembersOnlyIsACanaryToo() {
        set(new FlagState(true, 0, List.of("somebody")));
        Replica replica = replica();

        replica.pass(Duration.ZERO, 0, 0);
        replica.pass(Duration.ofSeconds(10), 0, 30);

        assertThat(stored()).isEqualTo(new FlagState(false, 0, List.of("somebody")));
    }

    @Test
    void whatFailedBeforeTheStepSaysNothingOfIt() {
        set(new FlagState(true, 100, List.of()));
        Replica replica = replica();
        replica.pass(Duration.ZERO, 0, 500);

        set(FIVE_PERCENT);
        replica.pass(Duration.ofSeconds(10), 0, 500);
        replica.pass(Duration.ofSeconds(10), 30, 0);
        set(new FlagState(true, 25, List.of()));
        replica.pass(Duration.ofSeconds(10), 0, 500);
        replica.pass(Duration.ofSeconds(10), 30, 0);

        assertThat(stored().enabled()).isTrue();
    }

    @Test
    void whatHasWorkedForLongWeighsInTheLongWindowAndWhatIsOlderDoesNot() {
        set(FIVE_PERCENT);
        Replica replica = replica();
        replica.pass(Duration.ZERO, 0, 0);
        replica.pass(Duration.ofMinutes(1), 1_000, 0);
        replica.pass(Duration.ofMinutes(6), 0, 30);
        assertThat(stored().enabled()).isTrue(); // 30 of 1,030

        for (int minutes = 0; minutes < 24; minutes++) {
            replica.pass(Duration.ofMinutes(1), 0, 0);
        }
        replica.pass(Duration.ofMinutes(1), 0, 30);

        assertThat(stored().enabled()).isFalse(); // the thousand are more than half an hour ago
    }

    @Test
    void itNeverSwitchesOnAgainByItself() {
        set(FIVE_PERCENT);
        Replica replica = replica();
        replica.pass(Duration.ZERO, 0, 0);
        replica.pass(Duration.ofSeconds(10), 0, 30);

        for (int i = 0; i < 200; i++) {
            replica.pass(Duration.ofMinutes(1), 100, 0);
        }

        assertThat(stored()).isEqualTo(new FlagState(false, 5, List.of()));
        assertThat(said.messages()).hasSize(1);
    }

    @Test
    void twoReplicasThatSeeTheSameAtOnceLeaveOneLine() throws Exception {
        set(FIVE_PERCENT);
        List<Replica> replicas = List.of(replica(), replica(), replica(), replica());
        replicas.forEach(replica -> replica.pass(Duration.ZERO, 0, 0));
        CountDownLatch together = new CountDownLatch(replicas.size());
        ExecutorService threads = Executors.newFixedThreadPool(replicas.size());
        try {
            List<Future<?>> looks = replicas.stream()
                    .<Future<?>>map(replica -> threads.submit(() -> {
                        together.countDown();
                        together.await();
                        replica.pass(Duration.ofSeconds(10), 0, 30);
                        return null;
                    }))
                    .toList();
            for (Future<?> look : looks) {
                look.get();
            }
        } finally {
            threads.shutdown();
        }

        assertThat(stored().enabled()).isFalse();
        assertThat(said.messages()).hasSize(1);
        assertThat(replicas.stream().mapToLong(Replica::fallbacks).sum()).isOne();
    }

    @Test
    void anOperatorWhoWidensInTheSameMomentWins() {
        set(FIVE_PERCENT);
        Flags stale = flags(database.dataSource());
        assertThat(stale.read(Flag.WHOOP_INTEGRATION)).isEqualTo(FIVE_PERCENT);
        set(new FlagState(true, 100, List.of()));

        new FallBack(stale, new MetricRegistry())
                .from(
                        Flag.WHOOP_INTEGRATION,
                        FIVE_PERCENT,
                        new BurnRule.Burn(Objective.SOURCE_ERRORS, new Tally(30, 30), new Tally(30, 30)));

        assertThat(stored()).isEqualTo(new FlagState(true, 100, List.of()));
        assertThat(stale.read(Flag.WHOOP_INTEGRATION).percentage()).isEqualTo(100);
        assertThat(said.messages()).isEmpty();
    }

    @Test
    void whileTheDatabaseIsAwayItSaysSoAndTriesAgain() {
        set(FIVE_PERCENT);
        Replica replica = replica();
        replica.pass(Duration.ZERO, 0, 0);

        away.set(true);
        replica.pass(Duration.ofSeconds(10), 0, 30);

        assertThat(said.messages())
                .singleElement()
                .asString()
                .startsWith("event=canary_not_judged flag=WHOOP_INTEGRATION cause=");
        away.set(false);
        assertThat(stored().enabled()).isTrue();

        replica.pass(Duration.ofSeconds(10), 0, 0);
        assertThat(stored().enabled()).isFalse();
        assertThat(replica.fallbacks()).isOne();
    }

    private Replica replica() {
        DataSource real = database.dataSource();
        return new Replica(this::seen, flags((DataSource) Proxy.newProxyInstance(
                CanaryTest.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    if (away.get()) {
                        throw new SQLException("away", "08001");
                    }
                    return method.invoke(real, arguments);
                })));
    }

    private void set(FlagState state) {
        operator.change(Flag.WHOOP_INTEGRATION, new FlagChange(state.enabled(), state.percentage(), state.users()));
    }

    /** As a replica that is told of every change sees it. */
    private FlagState seen() {
        if (!away.get()) {
            lastSeen = stored();
        }
        return lastSeen;
    }

    /** As the database has it. */
    private FlagState stored() {
        return flags(database.dataSource()).read(Flag.WHOOP_INTEGRATION);
    }

    private static Flags flags(DataSource database) {
        return new Flags(database, new ChangeNotices("test", database, Clock.systemUTC()));
    }
}
