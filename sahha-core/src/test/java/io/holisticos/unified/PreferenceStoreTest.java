package io.holisticos.unified;

import static io.holisticos.unified.UnifiedFixture.SAHHA;
import static io.holisticos.unified.UnifiedFixture.WHOOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.Metric;
import io.holisticos.health.Metric.Family;
import io.holisticos.health.Preferences;
import io.holisticos.health.UserId;
import io.holisticos.testing.TestDatabase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class PreferenceStoreTest {

    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final UserId ANNA = new UserId("anna");
    private static final UserId BEN = new UserId("ben");
    private static final Preferences FIRST = new Preferences(
            List.of(WHOOP, SAHHA),
            Map.of(Family.ACTIVITY, List.of(SAHHA)),
            Map.of(Metric.HEART_RATE_RESTING, List.of(SAHHA, WHOOP)));
    private static final Preferences SECOND = new Preferences(List.of(SAHHA), Map.of(), Map.of());

    private final TestDatabase database = TestDatabase.migratedBy("sahha-db/changelog.yaml");
    private final PreferenceStore store = new PreferenceStore(database.jdbi());

    @Test
    void whoNeverSaidSoHasNone() {
        assertThat(store.read(ANNA)).isEqualTo(Preferences.NONE);
        assertThat(store.members(10)).isEmpty();
    }

    @Test
    void whatIsSavedReplacesAllOfTheFormer() {
        assertThat(store.save(ANNA, FIRST, NOW)).isTrue();
        assertThat(store.read(ANNA)).isEqualTo(FIRST);

        assertThat(store.save(ANNA, SECOND, NOW.plusSeconds(60))).isTrue();

        assertThat(store.read(ANNA)).isEqualTo(SECOND);
        assertThat(store.read(BEN)).isEqualTo(Preferences.NONE);
        assertThat(store.members(10)).containsExactly(ANNA);
    }

    @Test
    void theReplacedVersionIsKeptWithItsTimes() {
        store.save(ANNA, FIRST, NOW);
        store.save(ANNA, SECOND, NOW.plusSeconds(60));
        store.save(ANNA, Preferences.NONE, NOW.plusSeconds(120));

        assertThat(rows("""
                select revision || ' ' || source_order || ' ' || by_family || ' ' || by_metric || ' '
                    || (recorded_at at time zone 'UTC') || ' ' || (replaced_at at time zone 'UTC')
                from member_preference_history order by revision"""))
                .containsExactly(
                        "1 [\"whoop\", \"sahha\"] {\"activity\": [\"sahha\"]}"
                                + " {\"heart_rate.resting\": [\"sahha\", \"whoop\"]} 2026-11-22 10:00:00 2026-11-22 10:01:00",
                        "2 [\"sahha\"] {} {} 2026-11-22 10:01:00 2026-11-22 10:02:00");
        assertThat(rows("select revision || ' ' || source_order from member_preference"))
                .containsExactly("3 []");
    }

    @Test
    void theSameAgainWritesNothingAndTellsNobody() {
        store.save(ANNA, FIRST, NOW);

        assertThat(store.save(ANNA, FIRST, NOW.plusSeconds(60))).isFalse();
        assertThat(store.save(BEN, Preferences.NONE, NOW)).isFalse();

        assertThat(rows("select user_id || ' ' || revision from member_preference"))
                .containsExactly("anna 1");
        assertThat(rows("select revision::text from member_preference_history")).isEmpty();
        assertThat(rows("select topic || ' ' || key from change_notice")).containsExactly("preference anna");
    }

    @Test
    void manyAtOnceLoseNoVersion() throws Exception {
        int writers = 8;
        CountDownLatch begin = new CountDownLatch(1);
        List<CompletableFuture<Boolean>> all = new ArrayList<>();
        for (int i = 0; i < writers; i++) {
            Preferences wanted = i % 2 == 0 ? FIRST : SECOND;
            Instant at = NOW.plusSeconds(i);
            all.add(CompletableFuture.supplyAsync(() -> {
                try {
                    begin.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return store.save(ANNA, wanted, at);
            }));
        }
        begin.countDown();
        long changed = all.stream().filter(CompletableFuture::join).count();

        assertThat(rows("select revision::text from member_preference")).containsExactly(Long.toString(changed));
        assertThat(rows("select revision::text from member_preference_history")).hasSize((int) changed - 1);
    }

    /** A member's own token may change them twenty times a second. */
    @Test
    void ofAMemberWhoChangesTheirMindWithoutEndAThousandVersionsAreKept() {
        store.save(BEN, FIRST, NOW);
        store.save(BEN, SECOND, NOW.plusSeconds(1));
        for (int i = 0; i < 1_010; i++) {
            store.save(ANNA, i % 2 == 0 ? FIRST : SECOND, NOW.plusSeconds(i));
        }

        assertThat(rows("select count(*)::text from member_preference_history where user_id = '" + ANNA + "'"))
                .containsExactly("1000");
        assertThat(rows("select max(revision)::text from member_preference_history where user_id = '" + ANNA + "'"))
                .containsExactly("1009");
        assertThat(rows("select revision::text from member_preference_history where user_id = '" + BEN + "'"))
                .containsExactly("1");
    }

    @Test
    void aTableThatIsNotThereIsADatabaseThatIsAway() {
        PreferenceStore early = new PreferenceStore(TestDatabase.empty().jdbi());

        assertThatThrownBy(() -> early.read(ANNA)).isInstanceOf(SourceUnavailable.class);
        assertThatThrownBy(() -> early.save(ANNA, FIRST, NOW)).isInstanceOf(SourceUnavailable.class);
    }

    private List<String> rows(String sql) {
        return database.jdbi()
                .withHandle(
                        handle -> handle.createQuery(sql).mapTo(String.class).list());
    }
}
