package io.holisticos.whoop.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.holisticos.database.Database;
import io.holisticos.testing.TestDatabase;
import io.holisticos.whoop.api.WhoopApi;
import java.time.Instant;
import java.time.ZoneOffset;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

class MembersByFreshnessTest {

    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    private final Jdbi jdbi = TestDatabase.migratedBy("whoop-db/changelog.yaml").jdbi();
    private final MemberStore members = new MemberStore(new Database(jdbi, WhoopApi.WHOOP));

    @Test
    void connectedMembersAreCountedByWhenTheyWereLastRead() {
        add("a", 2, "interval '1 hour'", "null");
        add("b", 3, "interval '7 hours'", "null");
        add("c", 4, "interval '25 hours'", "null");
        add("d", 5, "interval '49 hours'", "null");
        add("e", 6, "null", "null");
        add("f", 7, "interval '1 hour'", ":now");

        MembersByFreshness found = members.byFreshness(NOW);

        assertThat(MembersByFreshness.AGES).map(found::of).containsExactly(2.0, 3.0, 4.0, 5.0, 6.0);
    }

    @Test
    void nobodyIsNoMember() {
        assertThat(MembersByFreshness.AGES).map(members.byFreshness(NOW)::of).containsOnly(0.0);
    }

    @Test
    void manyMembersAreEstimatedFromSoManyBlocks() {
        add("fresh", 15_000, "interval '1 hour'", "null");
        add("old", 5_000, "interval '3 days'", "null");

        MembersByFreshness found = members.byFreshness(NOW, 40);

        assertThat(MembersByFreshness.AGES.stream().mapToDouble(found::of).sum())
                .isCloseTo(20_000, within(15_000.0));
        assertThat(found.of("within_24h") + found.of("never")).isZero();
    }

    private void add(String name, int count, String readAgo, String stoppedAt) {
        jdbi.useHandle(handle -> handle.createUpdate(
                        """
                        insert into whoop_member_sync (user_id, connected_at, cycles_listed_at, stopped_at, recorded_at)
                        select '%s-' || number, now.at, now.at - %s, cast(%s as timestamptz), now.at
                        from generate_series(1, :count) number, (select cast(:now as timestamptz) as at) now""".formatted(name, readAgo.equals("null") ? "null::interval" : readAgo, stoppedAt))
                .bind("now", NOW.atOffset(ZoneOffset.UTC))
                .bind("count", count)
                .execute());
    }
}
