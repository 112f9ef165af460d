package io.holisticos.app.flags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holisticos.health.HealthError.InvalidRequest;
import io.holisticos.health.UserId;
import io.holisticos.notice.ChangeNotices;
import io.holisticos.testing.TestDatabase;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FlagsTest {

    private static final UserId ANNA = new UserId("demo-anna");
    private static final FlagChange OFF = new FlagChange(false, 100, List.of());

    private TestDatabase database;

    @BeforeEach
    void migrate() {
        database = TestDatabase.migratedBy("sahha-db/changelog.yaml");
    }

    @Test
    void everyFlagButParallelReadIsOnUntilSomebodySaysOtherwise() {
        Flags flags = flags(database.dataSource());

        for (Flag flag : Flag.values()) {
            boolean on = flag != Flag.PARALLEL_READ;
            assertThat(flags.isOn(flag, ANNA)).as(flag.name()).isEqualTo(on);
            assertThat(flags.isOnForAnyone(flag)).as(flag.name()).isEqualTo(on);
        }
    }

    @Test
    void aChangeReachesAnotherReplicaAndSurvivesARestart() {
        Flags here = flags(database.dataSource());
        Flags there = flags(database.dataSource());
        assertThat(there.isOn(Flag.WHOOP_INTEGRATION, ANNA)).isTrue();

        here.change(Flag.WHOOP_INTEGRATION, OFF);

        assertThat(here.isOn(Flag.WHOOP_INTEGRATION, ANNA)).isFalse();
        assertThat(within(2_000, () -> !there.isOn(Flag.WHOOP_INTEGRATION, ANNA)))
                .isTrue();
        assertThat(flags(database.dataSource()).isOn(Flag.WHOOP_INTEGRATION, ANNA))
                .isFalse();
    }

    @Test
    void aChangeIsToldWhereChangesAreHeard() throws Exception {
        ChangeNotices notices = new ChangeNotices("here", database.dataSource(), Clock.systemUTC());
        Flags there = new Flags(database.dataSource(), notices);
        notices.start();
        try {
            assertThat(within(20_000, notices::areListenedTo)).isTrue();
            assertThat(there.isOn(Flag.WHOOP_CONNECT, ANNA)).isTrue();

            flags(database.dataSource()).change(Flag.WHOOP_CONNECT, OFF);

            assertThat(within(2_000, () -> !there.isOn(Flag.WHOOP_CONNECT, ANNA)))
                    .isTrue();
        } finally {
            notices.stop();
        }
    }

    @Test
    void aFlagIsReadFromMemoryAsLongAsChangesAreHeard() throws Exception {
        AtomicBoolean away = new AtomicBoolean();
        AtomicInteger asked = new AtomicInteger();
        ChangeNotices notices = new ChangeNotices("here", database.dataSource(), Clock.systemUTC());
        Flags flags = new Flags(switchable(counted(database.dataSource(), asked), away), notices);
        notices.start();
        try {
            assertThat(within(20_000, notices::areListenedTo)).isTrue();
            flags.isOn(Flag.WHOOP_CONNECT, ANNA);
            int before = asked.get();

            assertThat(within(1_500, () -> !flags.isOn(Flag.WHOOP_CONNECT, ANNA)))
                    .isFalse();

            assertThat(asked.get()).isEqualTo(before);
        } finally {
            notices.stop();
        }
    }

    @Test
    void aGrowingPercentageOnlyEverAddsMembers() {
        Flags flags = flags(database.dataSource());
        List<UserId> members = IntStream.range(0, 1_000)
                .mapToObj(i -> new UserId("member-" + i))
                .toList();

        flags.change(Flag.WHOOP_CONNECT, new FlagChange(true, 20, List.of()));
        List<UserId> few = members.stream()
                .filter(who -> flags.isOn(Flag.WHOOP_CONNECT, who))
                .toList();
        flags.change(Flag.WHOOP_CONNECT, new FlagChange(true, 60, List.of()));
        List<UserId> many = members.stream()
                .filter(who -> flags.isOn(Flag.WHOOP_CONNECT, who))
                .toList();

        assertThat(few).hasSizeBetween(120, 280);
        assertThat(many).hasSizeBetween(500, 700).containsAll(few);
    }

    @Test
    void listedMembersAreInWhateverThePercentage() {
        Flags flags = flags(database.dataSource());

        flags.change(Flag.WHOOP_SYNC, new FlagChange(true, 0, List.of("demo-anna")));

        assertThat(flags.isOn(Flag.WHOOP_SYNC, ANNA)).isTrue();
        assertThat(flags.isOn(Flag.WHOOP_SYNC, new UserId("demo-ben"))).isFalse();
        assertThat(flags.isOnForAnyone(Flag.WHOOP_SYNC)).isTrue();
    }

    @Test
    void switchedOffIsOffForListedMembersToo() {
        Flags flags = flags(database.dataSource());

        flags.change(Flag.WHOOP_SYNC, new FlagChange(false, 100, List.of("demo-anna")));

        assertThat(flags.isOn(Flag.WHOOP_SYNC, ANNA)).isFalse();
        assertThat(flags.isOnForAnyone(Flag.WHOOP_SYNC)).isFalse();
    }

    @Test
    void whatIsLeftOutStaysAsItStandsOnEveryReplicaAndAfterARestart() {
        Flags here = flags(database.dataSource());
        Flags there = flags(database.dataSource());
        here.change(Flag.WHOOP_SYNC, new FlagChange(true, 25, List.of("demo-anna")));

        there.change(Flag.WHOOP_SYNC, switched(false));
        assertThat(here.change(Flag.WHOOP_SYNC, switched(true)))
                .isEqualTo(new FlagState(true, 25, List.of("demo-anna")));

        assertThat(flags(database.dataSource()).read(Flag.WHOOP_SYNC))
                .isEqualTo(new FlagState(true, 25, List.of("demo-anna")));
    }

    @Test
    void whatIsLeftOutOfAFlagThatNobodyHasSetStaysAsItIsByDefault() {
        Flags flags = flags(database.dataSource());

        assertThat(flags.change(Flag.PARALLEL_READ, new FlagChange(null, 10, null)))
                .isEqualTo(new FlagState(false, 10, List.of()));
        assertThat(flags.change(Flag.WHOOP_CONNECT, new FlagChange(null, 10, null)))
                .isEqualTo(new FlagState(true, 10, List.of()));
    }

    @Test
    void usersWithoutAPercentageMeanNobodyElse() {
        Flags flags = flags(database.dataSource());

        assertThat(flags.change(Flag.WHOOP_SYNC, new FlagChange(true, null, List.of("demo-anna"))))
                .isEqualTo(new FlagState(true, 0, List.of("demo-anna")));
        assertThat(flags.change(Flag.WHOOP_SYNC, new FlagChange(null, null, List.of())))
                .as("the last of them taken out does not mean everybody")
                .isEqualTo(new FlagState(true, 0, List.of()));
    }

    @Test
    void twoReplicasThatChangeAFlagAtTheSameTimeLoseNothing() throws Exception {
        Flags here = flags(database.dataSource());
        Flags there = flags(database.dataSource());
        ExecutorService both = Executors.newFixedThreadPool(2);
        try {
            for (int round = 1; round <= 20; round++) {
                int percentage = round;
                List<String> users = List.of("member-" + round);
                Future<?> one = both.submit(() -> here.change(Flag.WHOOP_SYNC, new FlagChange(null, percentage, null)));
                Future<?> other =
                        both.submit(() -> there.change(Flag.WHOOP_SYNC, new FlagChange(null, percentage, users)));
                one.get();
                other.get();

                assertThat(flags(database.dataSource()).read(Flag.WHOOP_SYNC))
                        .isEqualTo(new FlagState(true, percentage, users));
            }
        } finally {
            both.shutdownNow();
        }
    }

    @Test
    void aDatabaseThatIsAwayLeavesAFlagAsItWasLastSeen() {
        AtomicBoolean away = new AtomicBoolean();
        Flags flags = flags(switchable(database.dataSource(), away));
        flags.change(Flag.WHOOP_INTEGRATION, OFF);

        away.set(true);

        assertThat(within(1_500, () -> flags.isOn(Flag.WHOOP_INTEGRATION, ANNA)))
                .isFalse();
    }

    @Test
    void aFlagThatWasNeverReadCountsAsThrownUntilItsDatabaseIsThere() {
        flags(database.dataSource()).change(Flag.WHOOP_SYNC, OFF);
        AtomicBoolean away = new AtomicBoolean(true);
        Flags flags = flags(switchable(database.dataSource(), away));

        for (Flag flag : Flag.values()) {
            assertThat(flags.isOn(flag, ANNA)).as(flag.name()).isFalse();
            assertThat(flags.isOnForAnyone(flag)).as(flag.name()).isFalse();
        }
        away.set(false);

        assertThat(within(2_000, () -> flags.isOn(Flag.WHOOP_INTEGRATION, ANNA)))
                .isTrue();
        assertThat(within(1_500, () -> flags.isOn(Flag.WHOOP_SYNC, ANNA)))
                .as("what somebody set")
                .isFalse();
    }

    @Test
    void refusesAPercentageThatIsNone() {
        assertThatThrownBy(() -> new FlagState(true, 101, List.of())).isInstanceOf(InvalidRequest.class);
        assertThatThrownBy(() -> new FlagState(true, -1, List.of())).isInstanceOf(InvalidRequest.class);
        assertThatThrownBy(() -> new FlagState(true, 100, List.of(" "))).isInstanceOf(InvalidRequest.class);
    }

    private static FlagChange switched(boolean on) {
        return new FlagChange(on, null, null);
    }

    /** A replica that nobody tells anything. */
    private static Flags flags(DataSource database) {
        return new Flags(database, new ChangeNotices("deaf", database, Clock.systemUTC()));
    }

    private static DataSource counted(DataSource real, AtomicInteger asked) {
        return (DataSource) Proxy.newProxyInstance(
                DataSource.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    asked.incrementAndGet();
                    return method.invoke(real, arguments);
                });
    }

    /** Looks until it holds, for a bounded time. */
    private static boolean within(long millis, BooleanSupplier holds) {
        long end = System.nanoTime() + millis * 1_000_000;
        while (System.nanoTime() < end) {
            if (holds.getAsBoolean()) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    private static DataSource switchable(DataSource real, AtomicBoolean away) {
        return (DataSource) Proxy.newProxyInstance(
                DataSource.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    if (away.get()) {
                        throw new SQLException("away");
                    }
                    return method.invoke(real, arguments);
                });
    }
}
