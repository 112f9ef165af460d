package io.holisticos.notice;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.testing.TestDatabase;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ChangeNoticesTest {

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-22T10:00:00Z"), ZoneOffset.UTC);
    private static final String TOPIC = "flag";

    /** What is promised, and something for a machine under load. */
    private static final Duration PROMISED = Duration.ofSeconds(2);

    private final List<ChangeNotices> started = new ArrayList<>();
    private TestDatabase database;
    private Jdbi jdbi;

    /** What a listener heard, in order. */
    private static final class Heard implements NoticeListener {
        final List<String> keys = new CopyOnWriteArrayList<>();

        @Override
        public void changed(String key) {
            keys.add(key);
        }

        @Override
        public void missed() {
            keys.add("*");
        }
    }

    @BeforeEach
    void migrate() {
        database = TestDatabase.migratedBy("sahha-db/changelog.yaml");
        jdbi = database.jdbi();
    }

    @AfterEach
    void stop() throws Exception {
        for (ChangeNotices notices : started) {
            notices.stop();
        }
    }

    @Test
    void aNoticeIsHeardByEveryReplicaAsSoonAsItIsCommitted() {
        Heard here = new Heard();
        Heard there = new Heard();
        ChangeNotices writer = listening(database.dataSource(), here);
        ChangeNotices other = listening(database.dataSource(), there);
        await(() -> writer.areListenedTo() && other.areListenedTo());

        jdbi.useTransaction(handle -> {
            writer.write(handle, new Notice(TOPIC, "A"));
            writer.write(handle, new Notice("another", "B"));
        });

        within(PROMISED, () -> here.keys.equals(List.of("*", "A")));
        within(PROMISED, () -> there.keys.equals(List.of("*", "A")));
    }

    @Test
    void whatIsRolledBackIsNotTold() {
        Heard heard = new Heard();
        ChangeNotices notices = listening(database.dataSource(), heard);
        await(notices::areHeard);

        jdbi.useTransaction(handle -> {
            notices.write(handle, new Notice(TOPIC, "taken back"));
            handle.rollback();
        });
        jdbi.useTransaction(handle -> notices.write(handle, new Notice(TOPIC, "kept")));

        within(PROMISED, () -> heard.keys.equals(List.of("*", "kept")));
    }

    @Test
    void aTransactionThatCommitsAfterALaterOneIsTold() {
        Heard heard = new Heard();
        ChangeNotices notices = listening(database.dataSource(), heard);
        await(notices::areHeard);

        try (Handle slow = jdbi.open()) {
            slow.begin();
            notices.write(slow, new Notice(TOPIC, "first"));
            jdbi.useTransaction(handle -> notices.write(handle, new Notice(TOPIC, "second")));
            within(PROMISED, () -> heard.keys.contains("second"));
            slow.commit();
        }

        within(PROMISED, () -> heard.keys.equals(List.of("*", "second", "first")));
    }

    @Test
    void behindAPoolerThatLosesNotificationsTheTableIsPolled() {
        Heard heard = new Heard();
        ChangeNotices notices = listening(deaf(database.dataSource()), heard);
        await(notices::areHeard);

        jdbi.useTransaction(handle -> notices.write(handle, new Notice(TOPIC, "A")));

        within(PROMISED, () -> heard.keys.contains("A"));
        assertThat(notices.areHeard()).isTrue();
        assertThat(notices.areListenedTo()).isFalse();
    }

    @Test
    void aConnectionThatIsLostLosesNoNotice() {
        Heard heard = new Heard();
        ChangeNotices notices = listening(database.dataSource(), heard);
        await(notices::areListenedTo);

        jdbi.useTransaction(handle -> {
            notices.write(handle, new Notice(TOPIC, "A"));
            handle.execute("select pg_terminate_backend(pid) from pg_stat_activity"
                    + " where datname = current_database() and query like 'listen%'");
        });

        within(PROMISED, () -> heard.keys.contains("A"));
        await(notices::areListenedTo);
        jdbi.useTransaction(handle -> notices.write(handle, new Notice(TOPIC, "B")));
        within(PROMISED, () -> heard.keys.contains("B"));
    }

    @Test
    void afterADatabaseThatWasAwayAnythingMayHaveChanged() {
        Switchable source = new Switchable(database.dataSource());
        Heard heard = new Heard();
        ChangeNotices notices = listening(source.pool(), heard);
        await(notices::areHeard);
        heard.keys.clear();

        source.away.set(true);
        jdbi.useHandle(handle -> handle.execute("select pg_terminate_backend(pid) from pg_stat_activity"
                + " where datname = current_database() and query like 'listen%'"));
        // A round asks for a connection that listens, and then for one to read.
        await(() -> source.refused.get() >= 2 && !notices.areHeard());
        assertThat(heard.keys).isEmpty();
        source.away.set(false);

        await(notices::areHeard);
        assertThat(heard.keys).containsExactly("*");
    }

    @Test
    void aListenerThatFailsKeepsNobodyElseFromHearing() {
        Heard heard = new Heard();
        ChangeNotices notices = new ChangeNotices("test", database.dataSource(), CLOCK);
        notices.listen("broken", new NoticeListener() {
            @Override
            public void changed(String key) {
                throw new IllegalStateException(key);
            }

            @Override
            public void missed() {
                throw new IllegalStateException("missed");
            }
        });
        notices.listen(TOPIC, heard);
        start(notices);
        await(notices::areHeard);

        jdbi.useTransaction(handle -> {
            notices.write(handle, new Notice("broken", "A"));
            notices.write(handle, new Notice(TOPIC, "B"));
        });

        within(PROMISED, () -> heard.keys.equals(List.of("*", "B")));
    }

    @Test
    void noticesAreForgottenAfterADay() {
        jdbi.useTransaction(handle -> {
            ChangeNoticeStore.write(
                    handle, new Notice(TOPIC, "old"), CLOCK.instant().minusSeconds(90_000));
            ChangeNoticeStore.write(
                    handle, new Notice(TOPIC, "new"), CLOCK.instant().minusSeconds(80_000));
        });

        listening(database.dataSource(), new Heard());

        await(() -> jdbi.withHandle(handle -> handle.createQuery("select key from change_notice")
                        .mapTo(String.class)
                        .list())
                .equals(List.of("new")));
    }

    private ChangeNotices listening(DataSource source, NoticeListener listener) {
        ChangeNotices notices = new ChangeNotices("test", source, CLOCK);
        notices.listen(TOPIC, listener);
        return start(notices);
    }

    private ChangeNotices start(ChangeNotices notices) {
        notices.start();
        started.add(notices);
        return notices;
    }

    /** As a pooler that gives each transaction another connection: LISTEN seems to work, and nothing ever comes. */
    private static DataSource deaf(DataSource real) {
        return proxy(DataSource.class, real, (method, result) -> {
            if (!(result instanceof Connection connection)) {
                return result;
            }
            return proxy(Connection.class, connection, (name, made) -> {
                if (!name.equals("createStatement")) {
                    return made;
                }
                return Proxy.newProxyInstance(
                        Statement.class.getClassLoader(),
                        new Class<?>[] {Statement.class},
                        (proxy, called, arguments) ->
                                called.getName().equals("execute") ? (Object) false : called.invoke(made, arguments));
            });
        });
    }

    /** A database that can be taken away, and counts whom it refused meanwhile. */
    private record Switchable(DataSource real, AtomicBoolean away, AtomicInteger refused) {

        Switchable(DataSource real) {
            this(real, new AtomicBoolean(), new AtomicInteger());
        }

        DataSource pool() {
            return (DataSource) Proxy.newProxyInstance(
                    DataSource.class.getClassLoader(),
                    new Class<?>[] {DataSource.class},
                    (proxy, method, arguments) -> {
                        if (away.get()) {
                            refused.incrementAndGet();
                            throw new SQLException("away");
                        }
                        return method.invoke(real, arguments);
                    });
        }
    }

    private interface After {
        Object called(String method, Object result);
    }

    private static <T> T proxy(Class<T> type, T real, After after) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    try {
                        return after.called(method.getName(), method.invoke(real, arguments));
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    private static void await(BooleanSupplier holds) {
        within(Duration.ofSeconds(20), holds);
    }

    private static void within(Duration longest, BooleanSupplier holds) {
        long end = System.nanoTime() + longest.toNanos();
        while (!holds.getAsBoolean()) {
            assertThat(System.nanoTime()).as("within " + longest).isLessThan(end);
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }
}
