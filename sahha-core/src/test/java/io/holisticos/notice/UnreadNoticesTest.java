package io.holisticos.notice;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.notice.ChangeNoticeStore.StoredNotice;
import io.holisticos.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnreadNoticesTest {

    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    private final TestDatabase database = TestDatabase.migratedBy("sahha-db/changelog.yaml");
    private final Jdbi jdbi = database.jdbi();
    private final ChangeNoticeStore store = new ChangeNoticeStore(jdbi);
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000); // may wrap around, as System.nanoTime may
    private final UnreadNotices unread = new UnreadNotices(store, nanos::get);

    @Test
    void eachNoticeIsReadOnce() {
        write("A");
        unread.skip();
        write("B");
        write("C");

        assertThat(keys()).containsExactly("B", "C");
        assertThat(keys()).isEmpty();
        assertThat(unread.newest()).isEqualTo(3);
    }

    @Test
    void whatWasHeardIsNotReadAgain() {
        unread.skip();
        write("A");
        write("B");
        write("C");
        unread.heard(new StoredNotice(2, new Notice("flag", "B")));

        assertThat(keys()).containsExactly("A", "C");
        assertThat(keys()).isEmpty();
    }

    @Test
    void whatCommitsAfterALaterOneIsReadOnce() {
        unread.skip();
        try (Handle slow = jdbi.open();
                Handle slower = jdbi.open()) {
            slow.begin();
            slower.begin();
            ChangeNoticeStore.write(slow, new Notice("flag", "A"), NOW);
            ChangeNoticeStore.write(slower, new Notice("flag", "B"), NOW);
            ChangeNoticeStore.write(slow, new Notice("flag", "C"), NOW);
            write("D");
            assertThat(keys()).containsExactly("D");

            slow.commit();
            assertThat(keys()).containsExactly("A", "C");
            slower.commit();
            assertThat(keys()).containsExactly("B");
            assertThat(keys()).isEmpty();
        }
    }

    @Test
    void aGapIsLookedAtForMinutesAndNotForEver() {
        unread.skip();
        try (Handle slow = jdbi.open();
                Handle forgotten = jdbi.open()) {
            slow.begin();
            forgotten.begin();
            ChangeNoticeStore.write(slow, new Notice("flag", "A"), NOW);
            ChangeNoticeStore.write(forgotten, new Notice("flag", "B"), NOW);
            write("C");
            assertThat(keys()).containsExactly("C");
            nanos.addAndGet(Duration.ofMinutes(5).toNanos());
            slow.commit();
            assertThat(keys()).containsExactly("A");

            nanos.addAndGet(1);
            forgotten.commit();
            assertThat(keys()).isEmpty();
        }
    }

    @Test
    void aTransactionThatIsUnderWayAtTheStartIsReadOnceItCommits() {
        try (Handle slow = jdbi.open()) {
            slow.begin();
            ChangeNoticeStore.write(slow, new Notice("flag", "A"), NOW);
            write("B");
            unread.skip();
            slow.commit();
        }

        assertThat(keys()).containsExactly("A");
    }

    @Test
    void readingCostsNoMoreAfterManyNotices() {
        unread.skip();
        try (Handle slow = jdbi.open()) {
            slow.begin();
            ChangeNoticeStore.write(slow, new Notice("flag", "late"), NOW);
            jdbi.useHandle(
                    handle -> handle.execute("select notice_member('m-' || n) from generate_series(1, 20000) n"));
            jdbi.useHandle(handle -> handle.execute("analyze change_notice"));
            assertThat(keys()).hasSize(20_000);

            long before = rowsRead();
            assertThat(keys()).isEmpty();
            assertThat(rowsRead() - before).isLessThan(10);
            slow.commit();
        }
        assertThat(keys()).containsExactly("late");
    }

    @Test
    void noticesWithoutATimeAreForgottenByTheirPlace() {
        jdbi.useHandle(handle -> handle.execute("select notice_member('m-' || n) from generate_series(1, 5) n"));
        write("kept for a day");

        store.purge(NOW, 3);
        assertThat(held()).containsExactly("m-4", "m-5", "kept for a day");
        store.purge(NOW.plusNanos(1_000), 6);
        assertThat(held()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"m", "demo=anna", "=", "with space", "ä/ö", "line\nbreak"})
    void aNotificationSaysWhoChanged(String who) {
        assertThat(StoredNotice.inNotification("=member=17=" + who))
                .contains(new StoredNotice(17, new Notice("member", who)));
    }

    @Test
    void aNotificationWithoutAMemberIsAboutAllOfThem() {
        assertThat(StoredNotice.inNotification("=member=17=")).contains(new StoredNotice(17, new Notice("member", "")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "sahha-db 123 4", "=member=", "=member=who", "=Member=1=who", "=member=x=who", "member=1=who"
            })
    void otherNotificationsSayNothing(String payload) {
        assertThat(StoredNotice.inNotification(payload)).isEmpty();
    }

    private void write(String key) {
        jdbi.useTransaction(handle -> ChangeNoticeStore.write(handle, new Notice("flag", key), NOW));
    }

    private List<String> keys() {
        return unread.read().stream().map(Notice::key).toList();
    }

    private List<String> held() {
        return jdbi.withHandle(handle -> handle.createQuery("select key from change_notice order by sequence")
                .mapTo(String.class)
                .list());
    }

    private long rowsRead() {
        return jdbi.withHandle(handle -> {
            handle.execute("select pg_stat_force_next_flush()");
            return handle.createQuery(
                            "select seq_tup_read + idx_tup_fetch from pg_stat_user_tables where relname = 'change_notice'")
                    .mapTo(Long.class)
                    .one();
        });
    }
}
