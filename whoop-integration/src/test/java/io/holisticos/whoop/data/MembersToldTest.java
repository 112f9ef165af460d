package io.holisticos.whoop.data;

import static io.holisticos.whoop.data.Samples.sample;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holisticos.health.MemberListener;
import io.holisticos.health.UserId;
import io.holisticos.notice.ChangeNotices;
import io.holisticos.notice.MemberNotices;
import io.holisticos.testing.TestDatabase;
import io.holisticos.whoop.api.Cycle;
import io.holisticos.whoop.api.Fetched;
import io.holisticos.whoop.api.Sleep;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever can make an answer about a member another one is told, whoever does it, and nothing else is. */
class MembersToldTest {

    private static final Instant T0 = Instant.parse("2026-10-01T10:00:00Z");
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final String ALL = "*";

    private static final Heard HEARD = new Heard();

    private static TestDatabase database;
    private static Jdbi jdbi;
    private static WhoopStore store;

    private final UserId who = new UserId("member-" + COUNT.incrementAndGet());

    /** Whom a listener heard of, in order. */
    private static final class Heard implements MemberListener {
        final List<String> members = new CopyOnWriteArrayList<>();

        @Override
        public void changed(UserId who) {
            members.add(who.value());
        }

        @Override
        public void anybodyChanged() {
            members.add(ALL);
        }
    }

    @BeforeAll
    static void openDatabase() {
        database = TestDatabase.migratedBy("whoop-db/changelog.yaml");
        jdbi = Samples.pooled(database);
        MemberNotices notices = new MemberNotices(new ChangeNotices("whoop", database.dataSource(), Clock.systemUTC()));
        notices.tell(HEARD);
        notices.hearCommits(jdbi);
        store = new WhoopStore(jdbi, Samples.vault(jdbi));
    }

    @BeforeEach
    void aMemberWithACycle() {
        save(cycle(T0), T0);
        execute("insert into whoop_member_sync (user_id, connected_at, recorded_at, covered_from, cycles_listed_at,"
                + " sleeps_listed_at, recoveries_listed_at, workouts_listed_at) values ('" + who.value()
                + "', '2026-10-01Z', '2026-10-01Z', '2026-09-01Z', '2026-10-01Z', '2026-10-01Z', '2026-10-01Z',"
                + " '2026-10-01Z')");
        execute("insert into whoop_connection (user_id, whoop_user_id, state, scopes, access_token, refresh_token,"
                + " access_expires_at, token_version, connected_at, recorded_at) values ('" + who.value() + "', "
                + who.value().hashCode() + ", 'active', '', 'a', 'b', '2026-10-01Z', 1, '2026-10-01Z', '2026-10-01Z')");
        execute("insert into whoop_profile (user_id, whoop_user_id, email_sealed, first_name_sealed, last_name_sealed,"
                + " recorded_at, fetch_begun_at, archive_hash, last_fetch_begun_at) values ('" + who.value()
                + "', 1, '', '', '', '2026-10-01Z', '2026-10-01Z', '', '2026-10-01Z')");
        forget();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "update whoop_cycle set step_count = 12 where user_id = 'W'",
                "update whoop_cycle set recorded_at = recorded_at - interval '1 hour' where user_id = 'W'",
                "update whoop_cycle set deleted_at = '2026-10-01Z' where user_id = 'W'",
                "delete from whoop_cycle where user_id = 'W'",
                "update whoop_connection set state = 'reauthorization_required' where user_id = 'W'",
                "update whoop_connection set state = 'awaiting_profile', whoop_user_id = null where user_id = 'W'",
                "update whoop_connection set connected_at = '2026-10-02Z' where user_id = 'W'",
                "update whoop_connection set state = 'revoked', access_token = null, refresh_token = null"
                        + " where user_id = 'W'",
                "delete from whoop_connection where user_id = 'W'",
                "update whoop_member_sync set cycles_listed_at = '2026-10-01 00:00:01Z' where user_id = 'W'",
                "update whoop_member_sync set covered_from = '2026-08-31 23:00:00Z' where user_id = 'W'",
                "update whoop_member_sync set workouts_listed_at = null where user_id = 'W'",
                "delete from whoop_member_sync where user_id = 'W'",
                "delete from whoop_profile where user_id = 'W'",
                "update whoop_revision set revision = 77 where user_id = 'W'",
                "delete from whoop_revision where user_id = 'W'",
            })
    void aChangeByHandIsToldToEveryReplicaAndByTheCommitToWhoeverMadeIt(String change) {
        execute(change.replace("'W'", "'" + who.value() + "'"));

        assertThat(written()).containsExactly(who.value());
        if (!change.contains("whoop_revision")) { // none of ours changes it but triggers
            assertThat(HEARD.members).containsExactly(who.value());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "update whoop_cycle set last_fetch_begun_at = '2026-10-03Z', fetch_begun_at = '2026-10-03Z'"
                        + " where user_id = 'W'",
                "update whoop_connection set state = 'refreshing', token_version = 2, recorded_at = '2026-10-03Z'"
                        + " where user_id = 'W'",
                "update whoop_member_sync set last_event_at = '2026-10-03Z' where user_id = 'W'",
                "update whoop_member_sync set walk_collection = 'cycle', walk_pages = 3, recorded_at = '2026-10-03Z'"
                        + " where user_id = 'W'",
                "update whoop_member_sync set sleeps_listed_at = '2026-10-02Z' where user_id = 'W'",
                "update whoop_profile set recorded_at = '2026-10-02Z' where user_id = 'W'",
                "select whoop_member_lock('W', '2026-10-03Z')",
                "insert into whoop_tombstone values ('W', 'sleep', 'a', '2026-10-01Z', '2026-10-01Z')"
                        + " on conflict do nothing",
            })
    void whatNoAnswerShowsIsNotTold(String change) {
        execute(change.replace("'W'", "'" + who.value() + "'"));

        assertThat(written()).isEmpty();
        assertThat(HEARD.members).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "whoop_cycle",
                "whoop_recovery",
                "whoop_sleep",
                "whoop_workout",
                "whoop_profile",
                "whoop_connection",
                "whoop_member_sync",
                "whoop_revision"
            })
    void aTruncationIsToldOfEverybody(String table) {
        execute("truncate " + table);

        assertThat(written()).contains("");
    }

    @Test
    void aPageIsToldOnceAndTheSamePageAgainIsNot() {
        save(cycle(T0.plusSeconds(60)), T0.plusSeconds(60));
        assertThat(HEARD.members).containsExactly(who.value());
        assertThat(written()).containsExactly(who.value());

        save(cycle(T0.plusSeconds(60)), T0.plusSeconds(120));
        assertThat(HEARD.members).hasSize(1);
        assertThat(written()).hasSize(1);
    }

    @Test
    void aDeletionIsToldOnceThoughItIsOfSeveralStatements() {
        Fetched<Sleep> sleep = sample("sleep-scored", Sleep.class);
        store.save(RecordKind.SLEEP, who, List.of(sleep), T0, T0);
        forget();

        store.delete(RecordKind.SLEEP, who, sleep.record().id().toString(), T0.plusSeconds(60), T0.plusSeconds(60));

        assertThat(HEARD.members).containsExactly(who.value());
        assertThat(written()).containsExactly(who.value());
    }

    @Test
    void aTransactionTellsWhenItIsCommittedAndNotBefore() {
        jdbi.useTransaction(handle -> {
            handle.execute("update whoop_cycle set step_count = 1 where user_id = ?", who.value());
            handle.execute("update whoop_cycle set step_count = 2 where user_id = ?", who.value());
            assertThat(HEARD.members).isEmpty();
        });
        assertThat(HEARD.members).containsExactly(who.value());
        forget();

        jdbi.useTransaction(handle -> {
            handle.execute("update whoop_cycle set step_count = 3 where user_id = ?", who.value());
            handle.rollback();
        });
        assertThatThrownBy(() -> jdbi.useTransaction(handle -> {
                    handle.execute("update whoop_cycle set step_count = 3 where user_id = ?", who.value());
                    handle.execute("select 1 / 0");
                }))
                .isInstanceOf(RuntimeException.class);
        assertThat(HEARD.members).isEmpty();
        assertThat(written()).isEmpty();
    }

    @Test
    void aTransactionOfSeveralMembersTellsEachAndAnEnormousOneEverybody() {
        UserId other = new UserId(who.value() + "-other");
        save(other, cycle(T0));
        forget();

        execute("update whoop_cycle set step_count = 9 where user_id in ('" + who.value() + "', '" + other.value()
                + "')");
        assertThat(HEARD.members).containsExactlyInAnyOrder(who.value(), other.value());
        forget();

        execute("insert into whoop_member_sync (user_id, connected_at, recorded_at, covered_from, cycles_listed_at,"
                + " sleeps_listed_at, recoveries_listed_at, workouts_listed_at) select '" + who.value()
                + "-' || i, '2026-10-01Z', '2026-10-01Z', '2026-09-01Z', '2026-10-01Z', '2026-10-01Z', '2026-10-01Z',"
                + " '2026-10-01Z' from generate_series(1, 1001) i");
        assertThat(HEARD.members).containsExactly(ALL);
        assertThat(written()).containsExactly("");
    }

    @Test
    void nothingIsCollectedOnAConnectionThatIsUsedAgain() throws SQLException {
        jdbi.useHandle(handle -> {
            for (int i = 0; i < 3; i++) {
                int steps = 100 + i;
                handle.useTransaction(inner ->
                        inner.execute("update whoop_cycle set step_count = ? where user_id = ?", steps, who.value()));
            }
            assertThat((Throwable) handle.getConnection().getWarnings()).isNull();
        });
        assertThat(HEARD.members).hasSize(3);
    }

    @Test
    void anotherProgramIsHeard() throws Exception {
        Heard heard = new Heard();
        ChangeNotices listening = new ChangeNotices("whoop", database.dataSource(), Clock.systemUTC());
        MemberNotices notices = new MemberNotices(listening);
        notices.tell(heard);
        listening.start();
        try {
            await(listening::areListenedTo);
            await(notices::areHeard);
            heard.members.clear();
            try (Connection psql = database.dataSource().getConnection();
                    Statement statement = psql.createStatement()) {
                statement.execute("update whoop_cycle set step_count = 4711 where user_id = '" + who.value() + "'");
            }

            await(() -> heard.members.contains(who.value()));
        } finally {
            listening.stop();
        }
    }

    private static void await(BooleanSupplier condition) {
        long until = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited too long").isLessThan(until);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static void execute(String sql) {
        jdbi.useHandle(handle -> handle.execute(sql));
    }

    /** The notices that are written for other replicas since {@link #forget}. */
    private static List<String> written() {
        return jdbi.withHandle(
                handle -> handle.createQuery("select key from change_notice where topic = 'member' order by sequence")
                        .mapTo(String.class)
                        .list());
    }

    private static void forget() {
        execute("delete from change_notice");
        HEARD.members.clear();
    }

    private static Fetched<Cycle> cycle(Instant updatedAt) {
        return sample(
                "cycle-scored",
                Cycle.class,
                tree -> tree.put("updated_at", updatedAt.toString())
                        .put("step_count", updatedAt.getEpochSecond() % 1000));
    }

    private void save(Fetched<Cycle> cycle, Instant at) {
        store.save(RecordKind.CYCLE, who, List.of(cycle), at, at);
    }

    private static void save(UserId member, Fetched<Cycle> cycle) {
        store.save(RecordKind.CYCLE, member, List.of(cycle), T0, T0);
    }
}
