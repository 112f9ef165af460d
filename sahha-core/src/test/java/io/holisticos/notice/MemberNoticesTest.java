package io.holisticos.notice;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.MemberListener;
import io.holisticos.health.UserId;
import io.holisticos.testing.LogLines;
import io.holisticos.testing.TestDatabase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MemberNoticesTest {

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-22T10:00:00Z"), ZoneOffset.UTC);

    private final TestDatabase database = TestDatabase.migratedBy("sahha-db/changelog.yaml");
    private final Jdbi jdbi = database.jdbi();
    private final ChangeNotices notices = new ChangeNotices("test", database.dataSource(), CLOCK);
    private final MemberNotices members = new MemberNotices(notices);
    private final List<String> heard = new CopyOnWriteArrayList<>();

    @BeforeEach
    void listen() {
        members.tell(new MemberListener() {
            @Override
            public void changed(UserId who) {
                heard.add(who.value());
            }

            @Override
            public void anybodyChanged() {
                heard.add("*");
            }
        });
    }

    @AfterEach
    void stop() throws Exception {
        notices.stop();
    }

    @Test
    void aChangeOfThisProcessIsHeardBeforeAnythingElseHappens() {
        members.changed(new UserId("m-1"));

        assertThat(heard).containsExactly("m-1");
        assertThat(members.areHeard()).as("of other processes").isFalse();
    }

    @Test
    void whoeverWritesTheNoticeItIsHeardOnce() {
        notices.listen("flag", new NoticeListener() {
            @Override
            public void changed(String key) {
                heard.add("flag " + key);
            }

            @Override
            public void missed() {}
        });
        start();

        jdbi.useTransaction(handle -> {
            handle.execute("select notice_member('m-1')");
            handle.execute("select notice_member('')");
            handle.execute("select notice_member(repeat('m', 101))"); // nobody's id
        });
        jdbi.useTransaction(handle -> notices.write(handle, new Notice("flag", "A"))); // which makes the table be read
        within(() -> heard.contains("flag A"));
        jdbi.useHandle(handle -> handle.execute("select notice_member('m-2')"));

        within(() -> heard.contains("m-2"));
        heard.remove("flag A");
        assertThat(heard).containsExactly("*", "m-1", "*", "m-2");
    }

    /** Rows of the former service may bear any text. */
    @Test
    void whatIsNobodysIdIsNoTrouble() {
        try (LogLines logged = LogLines.of(ChangeNotices.class)) {
            notices.tell(new Notice("member", " "));
            notices.tell(new Notice("member", "a\tb"));

            assertThat(heard).isEmpty();
            assertThat(logged.lines()).isEmpty();
        }
    }

    @Test
    void whatIsRolledBackIsNotHeard() {
        start();

        jdbi.useTransaction(handle -> {
            handle.execute("select notice_member('m-1')");
            handle.rollback();
        });
        jdbi.useHandle(handle -> handle.execute("select notice_member('m-2')"));

        within(() -> heard.contains("m-2"));
        assertThat(heard).containsExactly("*", "m-2");
    }

    @Test
    void whatIsWrittenWhileTheConnectionIsLostIsHeardAllTheSame() {
        start();

        jdbi.useTransaction(handle -> {
            handle.execute("select notice_member('m-1')");
            handle.execute("select pg_terminate_backend(pid) from pg_stat_activity"
                    + " where datname = current_database() and query like 'listen%'");
        });

        within(() -> heard.contains("m-1"));
        assertThat(heard).startsWith("*");
    }

    @Test
    void anIdThatNobodyCanHaveEndsNothing() {
        start();

        jdbi.useHandle(handle -> handle.execute("select notice_member(' ')"));
        jdbi.useHandle(handle -> handle.execute("select notice_member('m-2')"));

        within(() -> heard.contains("m-2"));
    }

    private void start() {
        notices.start();
        within(notices::areListenedTo);
    }

    private static void within(BooleanSupplier holds) {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!holds.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(end);
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }
}
