package io.holisticos.whoop.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.UserId;
import io.holisticos.whoop.sync.MemberStore.MemberRow;
import io.holisticos.whoop.sync.RecordEvent.Happened;
import io.holisticos.whoop.sync.Settlement.Closed;
import io.holisticos.whoop.sync.Settlement.EventOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An event comes while its member's page is being saved: both write the same rows. */
class TellingWhileSavingTest {

    private static final UserId ANNA = new UserId("demo-anna");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final SyncBed bed = new SyncBed();
    private final ExecutorService threads = Executors.newFixedThreadPool(2);

    @AfterEach
    void close() {
        threads.shutdownNow();
        bed.close();
    }

    @Test
    void neitherIsLostWhicheverComesFirst() throws Exception {
        bed.connect(ANNA);
        bed.work(ANNA, bed.requests.firstSync(ANNA));
        RecordEvent told =
                new RecordEvent(RecordCollection.WORKOUT, UUID.randomUUID(), Happened.UPDATED, bed.clock.instant());
        bed.note(ANNA, told);
        MemberStore members = bed.requests.tables().members();
        Instant now = bed.clock.instant();
        MemberRow row = members.load(ANNA, now).orElseThrow();
        Settlement closing = new Settlement(
                List.of(new Closed(row.events().pending().get(0), EventOutcome.DONE)),
                List.of(),
                List.of(),
                List.of(),
                null,
                now);
        bed.clock.advance(Duration.ofSeconds(1));
        RecordEvent again = new RecordEvent(told.collection(), told.recordId(), told.happened(), bed.clock.instant());

        Future<?> saving;
        Future<InboxResult> telling;
        try (Handle first = bed.jdbi.open()) {
            first.begin();
            first.execute("select from whoop_member_sync where user_id = ? for update", ANNA.value());
            saving = threads.submit(() -> members.save(ANNA, row.read(), closing, now));
            untilWaiting(1);
            telling = threads.submit(() -> bed.note(ANNA, again));
            untilWaiting(2);
            first.commit();
        }

        saving.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(telling.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(InboxResult.KEPT);
        assertThat(bed.openChanges(ANNA))
                .as("what was told after the reading began")
                .isOne();
    }

    @Test
    void aRunThatWasRequestedWhileAPageWaitedToBeSavedIsSeen() throws Exception {
        bed.connect(ANNA);
        bed.work(ANNA, bed.requests.firstSync(ANNA));
        bed.stopBackfills();
        MemberStore members = bed.requests.tables().members();
        Instant now = bed.clock.instant();
        MemberRow row = members.load(ANNA, now).orElseThrow();
        assertThat(row.flags().requested()).isFalse();

        MemberRow saved = whileTheRowIsLocked(
                () -> members.save(ANNA, row.read(), nothing(now), now),
                handle -> handle.execute("update whoop_sync set state = 'queued' where user_id = ?", ANNA.value()));

        assertThat(saved.flags().requested()).isTrue();
    }

    @Test
    void anAccountThatChangedWhileAPageWaitedToBeSavedIsSeen() throws Exception {
        bed.connect(ANNA);
        bed.work(ANNA, bed.requests.firstSync(ANNA));
        MemberStore members = bed.requests.tables().members();
        Instant now = bed.clock.instant();
        MemberRow row = members.load(ANNA, now).orElseThrow();

        MemberRow saved = whileTheRowIsLocked(
                () -> members.save(ANNA, row.read(), nothing(now), now),
                handle -> handle.execute(
                        "update whoop_member_sync set whoop_user_id = 77, cycles_listed_at = null where user_id = ?",
                        ANNA.value()));

        assertThat(saved.read().account()).isEqualTo(77);
        assertThat(saved.read().listedAt()).doesNotContainKey(RecordCollection.CYCLE);
    }

    private static Settlement nothing(Instant now) {
        return new Settlement(List.of(), List.of(), List.of(), List.of(), null, now);
    }

    /** Saves behind a transaction that holds the member's row, changes something and commits. */
    private MemberRow whileTheRowIsLocked(Callable<Optional<MemberRow>> saving, Consumer<Handle> change)
            throws Exception {
        Future<Optional<MemberRow>> saved;
        try (Handle first = bed.jdbi.open()) {
            first.begin();
            first.execute("select from whoop_member_sync where user_id = ? for update", ANNA.value());
            saved = threads.submit(saving);
            untilWaiting(1);
            change.accept(first);
            first.commit();
        }
        return saved.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).orElseThrow();
    }

    @Test
    void whatWasOnItsWayWhenTheJobLookedIsNotMissed() {
        bed.connect(ANNA);
        bed.work(ANNA, bed.requests.firstSync(ANNA));
        Instant heard = bed.requests
                .tables()
                .members()
                .load(ANNA, bed.clock.instant())
                .orElseThrow()
                .events()
                .lastAt();
        bed.clock.advance(Duration.ofSeconds(1));
        Instant told = bed.clock.instant();
        Instant looked = told.plusMillis(300); // the event was told before, and committed after
        MemberStore members = bed.requests.tables().members();

        assertThat(members.firstDueUnseen(ANNA, heard, looked)).isEmpty();
        bed.note(ANNA, new RecordEvent(RecordCollection.WORKOUT, UUID.randomUUID(), Happened.UPDATED, told));

        assertThat(members.firstDueUnseen(ANNA, heard, looked)).contains(told.plusSeconds(5));
        assertThat(members.firstDueUnseen(ANNA, told, looked)).as("seen").isEmpty();
    }

    private void untilWaiting(int count) {
        Instant giveUp = Instant.now().plus(PATIENCE);
        while (waiting() < count) {
            assertThat(Instant.now()).isBefore(giveUp);
        }
    }

    private int waiting() {
        return bed.jdbi.withHandle(handle -> handle.createQuery(
                        "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()")
                .mapTo(Integer.class)
                .one());
    }
}
