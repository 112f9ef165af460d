package io.holisticos.unified;

import static io.holisticos.unified.UnifiedFixture.SAHHA;
import static io.holisticos.unified.UnifiedFixture.WHOOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.Preferences;
import io.holisticos.health.UserId;
import io.holisticos.notice.ChangeNotices;
import io.holisticos.testing.TestDatabase;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two replicas on one database. */
class MemberPreferencesTest {

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-22T10:00:00Z"), ZoneOffset.UTC);
    private static final Duration PROMISED = Duration.ofSeconds(2);
    private static final UserId ANNA = new UserId("anna");
    private static final UserId BEN = new UserId("ben");
    private static final Preferences FIRST = new Preferences(List.of(WHOOP, SAHHA), Map.of(), Map.of());
    private static final Preferences SECOND = new Preferences(List.of(SAHHA), Map.of(), Map.of());

    private final TestDatabase database = TestDatabase.migratedBy("sahha-db/changelog.yaml");
    private final List<ChangeNotices> started = new ArrayList<>();
    private final AtomicInteger statements = new AtomicInteger();
    private final AtomicBoolean away = new AtomicBoolean();
    private final MemberPreferences here = replica(counting(database.jdbi()));

    @AfterEach
    void stop() throws Exception {
        for (ChangeNotices notices : started) {
            notices.stop();
        }
    }

    @Test
    void whoHasNoneCostsNoStatement() {
        listen(here);
        statements.set(0);

        assertThat(here.of(ANNA)).isEqualTo(Preferences.NONE);
        assertThat(here.of(BEN)).isEqualTo(Preferences.NONE);

        assertThat(statements).hasValue(0);
    }

    @Test
    void whoWasReadBeforeTheNamesWereKnownCostsNoStatementAfterwards() {
        assertThat(here.of(ANNA)).isEqualTo(Preferences.NONE);
        listen(here);
        statements.set(0);

        assertThat(here.of(ANNA)).isEqualTo(Preferences.NONE);

        assertThat(statements).hasValue(0);
    }

    @Test
    void whoHasSomeCostsOneStatementOnce() {
        replica(database.jdbi()).save(ANNA, FIRST);
        listen(here);
        statements.set(0);

        assertThat(here.of(ANNA)).isEqualTo(FIRST);
        assertThat(here.of(ANNA)).isEqualTo(FIRST);
        assertThat(here.of(BEN)).isEqualTo(Preferences.NONE);

        assertThat(statements).hasValue(1);
    }

    @Test
    void withMoreMembersThanAreKeptByNameTheyAreLookedUpOneByOne() {
        replica(database.jdbi()).save(ANNA, FIRST);
        replica(database.jdbi()).save(BEN, SECOND);
        MemberPreferences small =
                new MemberPreferences(new PreferenceStore(counting(database.jdbi())), CLOCK, 1, System::nanoTime);
        listen(small);
        statements.set(0);

        assertThat(small.of(ANNA)).isEqualTo(FIRST);
        assertThat(small.of(BEN)).isEqualTo(SECOND);
        assertThat(small.of(new UserId("chen"))).isEqualTo(Preferences.NONE);
        assertThat(small.of(new UserId("chen"))).isEqualTo(Preferences.NONE);

        assertThat(statements).hasValue(3);
    }

    @Test
    void aChangeCountsHereAtOnceAndElsewhereWithinTwoSeconds() {
        MemberPreferences there = replica(database.jdbi());
        listen(here);
        listen(there);
        assertThat(there.of(ANNA)).isEqualTo(Preferences.NONE);

        here.save(ANNA, FIRST);
        assertThat(here.of(ANNA)).isEqualTo(FIRST);
        within(PROMISED, () -> there.of(ANNA).equals(FIRST));

        there.save(ANNA, SECOND);
        assertThat(there.of(ANNA)).isEqualTo(SECOND);
        within(PROMISED, () -> here.of(ANNA).equals(SECOND));

        here.save(ANNA, Preferences.NONE);
        assertThat(here.of(ANNA)).isEqualTo(Preferences.NONE);
        within(PROMISED, () -> there.of(ANNA).equals(Preferences.NONE));
    }

    @Test
    void theFirstPreferencesOfAMemberAreSeenWhenSomebodyInsertsThemByHand() {
        listen(here);
        assertThat(here.of(ANNA)).isEqualTo(Preferences.NONE);
        replica(database.jdbi()).save(BEN, FIRST); // a row to copy

        database.jdbi().useHandle(handle -> handle.execute("""
                insert into member_preference select 'demo-anna', source_order, by_family, by_metric, 1, recorded_at
                from member_preference where user_id <> 'demo-anna'""".replace("demo-anna", ANNA.value())));

        within(PROMISED, () -> here.of(ANNA).equals(FIRST));
    }

    @Test
    void withoutNoticesAChangeElsewhereCountsWithinTwoSecondsToo() {
        assertThat(here.of(ANNA)).isEqualTo(Preferences.NONE); // nobody listens

        replica(database.jdbi()).save(ANNA, FIRST);

        within(PROMISED, () -> here.of(ANNA).equals(FIRST));
    }

    @Test
    void whileTheDatabaseIsAwayWhatWasReadLastCounts() {
        MemberPreferences cut = replica(Jdbi.create(switchable()));
        cut.save(ANNA, FIRST);
        cut.save(BEN, SECOND);
        assertThat(cut.of(ANNA)).isEqualTo(FIRST);
        away.set(true);

        assertThat(cut.of(ANNA)).isEqualTo(FIRST);
        assertThat(cut.of(BEN)).as("saved, and not read since").isEqualTo(SECOND);
        assertThat(cut.of(new UserId("chen"))).isEqualTo(Preferences.NONE);
        assertThatThrownBy(() -> cut.read(ANNA)).isInstanceOf(SourceUnavailable.class);
        assertThatThrownBy(() -> cut.save(ANNA, SECOND)).isInstanceOf(SourceUnavailable.class);

        replica(database.jdbi()).save(ANNA, SECOND);
        away.set(false);
        within(PROMISED, () -> cut.of(ANNA).equals(SECOND));
    }

    @Test
    void whileTheDatabaseIsAwayHardlyAnybodyWaitsForIt() {
        AtomicInteger tries = new AtomicInteger();
        away.set(true);
        MemberPreferences cut = replica(Jdbi.create(switchable(tries::incrementAndGet)));

        for (int i = 0; i < 1_000; i++) {
            assertThat(cut.of(new UserId("member-" + i))).isEqualTo(Preferences.NONE);
        }

        assertThat(tries).hasValueLessThan(10);
    }

    @Test
    void whileTheDatabaseIsAwayOneReaderASecondTriesItAndTheOthersDoNotWait() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        CountDownLatch asking = new CountDownLatch(1);
        CountDownLatch answered = new CountDownLatch(1);
        AtomicLong nanoTime = new AtomicLong();
        Jdbi hanging = Jdbi.create(switchable(() -> {
            if (tries.incrementAndGet() == 2) {
                asking.countDown();
                await(answered);
            }
        }));
        MemberPreferences cut = new MemberPreferences(new PreferenceStore(hanging), CLOCK, 1, nanoTime::get);
        away.set(true);
        assertThat(cut.of(ANNA)).isEqualTo(Preferences.NONE);
        nanoTime.addAndGet(Duration.ofSeconds(1).toNanos());
        Thread one = new Thread(() -> cut.of(ANNA));
        one.start();
        await(asking);

        for (int i = 0; i < 100; i++) {
            assertThat(cut.of(BEN)).isEqualTo(Preferences.NONE);
        }
        assertThat(tries).hasValue(2);

        answered.countDown();
        one.join();
        assertThat(cut.of(BEN)).isEqualTo(Preferences.NONE);
        assertThat(tries).as("within a second after it failed").hasValue(2);
        nanoTime.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(cut.of(BEN)).isEqualTo(Preferences.NONE);
        assertThat(tries).hasValue(3);
    }

    @Test
    void whatIsSavedWhileTheTableIsReadCountsAtOnceAndWhenTheDatabaseGoesAway() {
        AtomicReference<Runnable> afterwards = new AtomicReference<>(() -> {});
        Jdbi slow = Jdbi.create(switchable()).setSqlLogger(new SqlLogger() {
            @Override
            public void logAfterExecution(StatementContext context) {
                afterwards.getAndSet(() -> {}).run();
            }
        });
        MemberPreferences cut = replica(slow);
        replica(database.jdbi()).save(ANNA, FIRST);
        afterwards.set(() -> cut.save(ANNA, SECOND));
        assertThat(cut.of(ANNA)).as("read before it was saved").isEqualTo(FIRST);

        away.set(true);
        assertThat(cut.of(ANNA)).isEqualTo(SECOND);
        away.set(false);
        within(PROMISED, () -> cut.of(ANNA).equals(SECOND));
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private MemberPreferences replica(Jdbi jdbi) {
        return new MemberPreferences(new PreferenceStore(jdbi), CLOCK);
    }

    private void listen(MemberPreferences replica) {
        ChangeNotices notices = new ChangeNotices("test", database.dataSource(), CLOCK);
        replica.listenTo(notices);
        notices.start();
        started.add(notices);
        within(Duration.ofSeconds(20), notices::areListenedTo);
    }

    private Jdbi counting(Jdbi jdbi) {
        return jdbi.setSqlLogger(new SqlLogger() {
            @Override
            public void logBeforeExecution(StatementContext context) {
                statements.incrementAndGet();
            }
        });
    }

    private DataSource switchable() {
        return switchable(() -> {});
    }

    private DataSource switchable(Runnable asked) {
        return (DataSource) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    asked.run();
                    if (away.get()) {
                        throw new SQLException("no connection", "08001");
                    }
                    return database.dataSource().getConnection();
                });
    }

    private static void within(Duration time, BooleanSupplier holds) {
        long end = System.nanoTime() + time.toNanos();
        while (!holds.getAsBoolean()) {
            assertThat(System.nanoTime()).as("within " + time).isLessThan(end);
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }
}
