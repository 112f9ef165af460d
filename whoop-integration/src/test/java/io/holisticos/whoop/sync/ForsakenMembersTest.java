package io.holisticos.whoop.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holisticos.health.UserId;
import io.holisticos.whoop.sync.SyncRun.Kind;
import io.holisticos.whoop.sync.SyncRun.State;
import java.time.Duration;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A kill comes while a member connects: the connection is there, and what follows from it is not. */
class ForsakenMembersTest {

    private static final UserId ANNA = new UserId("demo-anna");
    private static final long ACCOUNT = 17;

    private SyncBed bed;

    @BeforeEach
    void open() {
        bed = new SyncBed();
        bed.stopBackfills();
        bed.connect(ANNA);
    }

    @AfterEach
    void close() {
        bed.close();
    }

    @Test
    void whoConnectedAndIsNotKeptCurrentIsFound() {
        saveConnection("active");

        assertThat(bed.syncJobs.sweep()).isEqualTo(1);
        bed.work();

        assertThat(bed.requests.findLatestRun(ANNA).orElseThrow().state()).isEqualTo(State.DONE);
        assertThat(bed.requests.findBackfill(ANNA)).isPresent();
        assertThat(bed.syncJobs.sweep()).isZero();
    }

    @Test
    void whoCameBackAfterALostConsentIsFound() {
        bed.requests.connected(ANNA, ACCOUNT);
        bed.forget(ANNA);
        bed.work(); // and is stopped, since there is no token any more
        bed.connect(ANNA);
        saveConnection("active");
        bed.clock.advance(Duration.ofDays(1));

        assertThat(bed.syncJobs.sweep()).isEqualTo(1);
        bed.work();

        assertThat(bed.requests.findLatestRun(ANNA).orElseThrow().state()).isEqualTo(State.DONE);
    }

    @Test
    void whoNeedsConsentIsLeftAlone() {
        saveConnection("reauthorization_required");

        assertThat(bed.syncJobs.sweep()).isZero();
    }

    @Test
    void whatFollowsFromAConnectionComesAllTogetherOrNotAtAll() {
        bed.jdbi.useHandle(handle -> handle.execute("""
                alter table whoop_sync add constraint power_cut check (kind <> 'backfill')"""));
        saveConnection("active");

        assertThatThrownBy(() -> bed.requests.connected(ANNA, ACCOUNT)).isNotNull();

        assertThat(bed.count("whoop_member_sync", ANNA)).isZero();
        assertThat(bed.count("whoop_sync", ANNA)).isZero();
        bed.jdbi.useHandle(handle -> handle.execute("alter table whoop_sync drop constraint power_cut"));
        bed.syncJobs.sweep();
        bed.work();
        assertThat(bed.requests.findLatestRun(ANNA).orElseThrow().kind()).isEqualTo(Kind.FIRST_SYNC);
        assertThat(bed.requests.findBackfill(ANNA)).isPresent();
    }

    private void saveConnection(String state) {
        bed.jdbi.useHandle(handle -> handle.createUpdate("""
                        insert into whoop_connection (user_id, whoop_user_id, state, scopes, access_token, refresh_token,
                            access_expires_at, token_version, connected_at, recorded_at)
                        values (:who, :account, :state, 'offline', '\\x00', '\\x00', :now, 1, :now, :now)""")
                .bind("who", ANNA.value())
                .bind("account", ACCOUNT)
                .bind("state", state)
                .bind("now", bed.clock.instant().atOffset(ZoneOffset.UTC))
                .execute());
    }
}
