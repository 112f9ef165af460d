package io.holisticos.whoop.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.UserId;
import io.holisticos.twins.http.FaultKind;
import io.holisticos.twins.http.FaultRule;
import io.holisticos.whoop.sync.ReadFailures.ReadFailure;
import io.holisticos.whoop.sync.ReadFailures.ReadTarget;
import io.holisticos.whoop.sync.SyncRun.Stage;
import io.holisticos.whoop.sync.SyncRun.State;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists that fail wait by themselves, and an outage ends nothing. */
class StepFailuresTest {

    private static final UserId ANNA = new UserId("demo-anna");
    private static final String CYCLES = "/developer/v2/cycle";
    private static final String SLEEPS = "/developer/v2/activity/sleep";
    private static final String WORKOUTS = "/developer/v2/activity/workout";
    private static final List<String> LISTS = List.of(CYCLES, SLEEPS, "/developer/v2/recovery", WORKOUTS);

    private final SyncBed bed = new SyncBed();

    @AfterEach
    void close() {
        bed.close();
    }

    @Test
    void listsThatFailInTurnShowEndTheRunAndHoldUpNoOther() {
        bed.connect(ANNA);
        UUID jobId = bed.requests.firstSync(ANNA);
        garbage(CYCLES);
        garbage(SLEEPS);

        bed.pass(Duration.ofSeconds(95));
        assertThat(bed.requests.failing())
                .extracting(RepeatedFailure::toString)
                .containsExactly("whoop-member bad_reply cycle (1)", "whoop-member bad_reply sleep (1)");
        assertThat(bed.requests.failingMembers()).isEqualTo(1);
        assertThat(run(jobId).isOpen()).isTrue();
        bed.pass(Duration.ofMinutes(20));

        assertThat(run(jobId).state()).isEqualTo(State.FAILED);
        assertThat(run(jobId).error()).isEqualTo(SyncError.BAD_REPLY);
        assertThat(bed.count("whoop_workout", ANNA)).isPositive();
        assertThat(bed.calls()).contains("recovery").filteredOn("cycle"::equals).hasSize(6);
        bed.twin.faults().clear();
        bed.pass(Duration.ofHours(2));
        assertThat(bed.requests.failing()).isEmpty();
        bed.assertHoldsTheNights(ANNA);
    }

    @Test
    void whatFailsForGoodIsTriedOnceADayAtLast() {
        bed.connect(ANNA);
        bed.requests.firstSync(ANNA);
        LISTS.forEach(this::garbage);
        bed.pass(Duration.ofDays(4));
        assertThat(bed.requests.failing()).hasSize(4);
        bed.calls();

        bed.pass(Duration.ofDays(3));

        assertThat(bed.calls()).hasSizeBetween(8, 16);
        bed.twin.faults().clear();
        bed.requests.requestSync(ANNA);
        bed.work();
        assertThat(bed.requests.failing()).as("who asks has it tried at once").isEmpty();
    }

    @Test
    void readersDoNotHaveAListTriedThatFailsForGood() {
        bed.connect(ANNA);
        bed.requests.firstSync(ANNA);
        garbage(WORKOUTS);
        bed.pass(Duration.ofHours(12));
        bed.calls();

        for (int i = 0; i < 4; i++) {
            bed.pass(Duration.ofMinutes(31));
            bed.requests.catchUp(ANNA);
            bed.work();
        }

        assertThat(bed.requests.findLatestRun(ANNA).orElseThrow().state()).isEqualTo(State.FAILED);
        assertThat(bed.calls()).filteredOn("activity/workout"::equals).hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void whoAsksWhileARunIsOpenHastensNothing() {
        bed.connect(ANNA);
        UUID jobId = bed.requests.firstSync(ANNA);
        garbage(WORKOUTS);
        bed.work();
        bed.calls();

        for (int i = 0; i < 5; i++) {
            bed.pass(Duration.ofSeconds(1));
            assertThat(bed.requests.requestSync(ANNA)).isEqualTo(jobId);
            bed.work();
        }

        assertThat(bed.calls()).isEmpty();
    }

    @Test
    void whatWasToldOfOtherListsIsReadAtOnce() {
        bed.connect(ANNA);
        bed.requests.firstSync(ANNA);
        bed.work();
        garbage(SLEEPS);
        bed.tell(ANNA, RecordCollection.SLEEP, UUID.randomUUID());
        bed.pass(Duration.ofHours(3));

        bed.tell(ANNA, RecordCollection.WORKOUT, bed.addWorkout(ANNA));
        bed.pass(Duration.ofSeconds(10));

        assertThat(bed.requests.failing())
                .extracting(RepeatedFailure::collection)
                .containsExactly("sleep");
        assertThat(bed.openChanges(ANNA)).as("of the sleep").isEqualTo(1);
    }

    @Test
    void aBackfillOfGarbageIsGivenUpAndShowsUntilTheListWorks() {
        bed.connect(ANNA);
        bed.stopBackfills();
        bed.requests.firstSync(ANNA);
        bed.work();
        garbage(WORKOUTS);
        bed.letBackfillsRead(1_000);

        bed.pass(Duration.ofMinutes(40));

        SyncRun backfill = bed.requests.findBackfill(ANNA).orElseThrow();
        assertThat(backfill.state()).isEqualTo(State.FAILED);
        assertThat(backfill.stage()).isEqualTo(Stage.WORKOUTS);
        bed.assertHoldsTheNights(ANNA);
        assertThat(bed.requests.failing())
                .extracting(RepeatedFailure::collection)
                .containsExactly("workout");
        bed.twin.faults().clear();
        bed.pass(Duration.ofHours(2));
        assertThat(bed.requests.failing()).isEmpty();
        bed.requests.requestSync(ANNA);
        bed.work();
        assertThat(bed.requests.findBackfill(ANNA).orElseThrow().state()).isEqualTo(State.DONE);
    }

    @Test
    void anOutageEndsNoRunHoweverLongItTakes() {
        bed.connect(ANNA);
        bed.requests.connected(ANNA, bed.accountOf(ANNA));
        status(403, "/developer/v2");

        bed.pass(Duration.ofHours(3));

        assertThat(bed.requests.failing()).extracting(RepeatedFailure::error).containsExactly("unavailable");
        assertThat(bed.calls()).as("it is tried ever more seldom").hasSizeBetween(20, 60);
        bed.twin.faults().clear();
        bed.pass(Duration.ofHours(1));
        assertThat(bed.requests.failing()).isEmpty();
        assertThat(bed.requests.findLatestRun(ANNA).orElseThrow().state()).isEqualTo(State.DONE);
        assertThat(bed.requests.findBackfill(ANNA).orElseThrow().state()).isEqualTo(State.DONE);
        bed.assertHoldsTheTruth(ANNA, Instant.EPOCH);
    }

    @Test
    void anOutageOfSomeListsIsCountedAndKeepsNoOtherFromBeingRead() {
        bed.connect(ANNA);
        UUID jobId = bed.requests.firstSync(ANNA);
        status(403, CYCLES);
        status(408, SLEEPS);
        bed.twin
                .faults()
                .add(FaultRule.always("/developer/v2/recovery", FaultKind.HTML).withStatus(200));

        bed.pass(Duration.ofHours(3));

        assertThat(bed.requests.failing()).extracting(RepeatedFailure::error).containsExactly("unavailable");
        assertThat(run(jobId).isOpen()).isTrue();
        assertThat(bed.count("whoop_workout", ANNA)).isPositive();
        bed.twin.faults().clear();
        bed.pass(Duration.ofMinutes(30));
        assertThat(run(jobId).state()).isEqualTo(State.DONE);
        assertThat(bed.requests.failing()).isEmpty();
    }

    @Test
    void anOutageInABackfillEndsItNot() {
        bed.connect(ANNA);
        bed.stopBackfills();
        bed.requests.firstSync(ANNA);
        bed.work();
        status(403, SLEEPS);
        status(403, WORKOUTS);
        bed.letBackfillsRead(1_000);

        bed.pass(Duration.ofHours(3));

        assertThat(bed.requests.findBackfill(ANNA).orElseThrow().isOpen()).isTrue();
        assertThat(bed.requests.failing()).extracting(RepeatedFailure::error).containsExactly("unavailable");
        bed.twin.faults().clear();
        bed.pass(Duration.ofHours(1));
        assertThat(bed.requests.findBackfill(ANNA).orElseThrow().state()).isEqualTo(State.DONE);
        assertThat(bed.requests.failing()).isEmpty();
    }

    @Test
    void whatIsHalfReadIsBegunAnewTooWhenTheOutageBeganWithAnotherList() {
        bed.connect(ANNA);
        bed.requests.firstSync(ANNA);
        paused("interactive", RecordCollection.CYCLE);
        bed.onCallOf("activity/sleep", () -> status(503, SLEEPS)); // the first page is there by then

        bed.pass(Duration.ofMinutes(30));

        assertThat(bed.calls()).filteredOn("activity/sleep"::equals).hasSizeGreaterThan(1);
        assertThat(bed.count("whoop_recovery", ANNA)).isPositive();
        assertThat(bed.count("whoop_workout", ANNA)).isPositive();
        assertThat(bed.count("whoop_cycle", ANNA)).isPositive();
    }

    @Test
    void aBackfillThatIsHalfReadIsBegunAnewTooWhenTheOutageBeganWithAnotherList() {
        bed.connect(ANNA);
        bed.stopBackfills();
        bed.requests.firstSync(ANNA);
        bed.work();
        int cycles = bed.count("whoop_cycle", ANNA);
        paused("backfill", RecordCollection.CYCLE);
        bed.onCallOf("activity/sleep", () -> status(503, SLEEPS));
        bed.letBackfillsRead(1_000);

        bed.pass(Duration.ofHours(1));

        assertThat(bed.calls()).filteredOn("activity/sleep"::equals).hasSizeGreaterThan(1);
        assertThat(bed.count("whoop_cycle", ANNA)).isGreaterThan(cycles);
    }

    @Test
    void aCallThatFailsForTheAccountBeforeCountsNothingForTheNextOne() {
        UserId ben = new UserId("demo-ben");
        bed.connect(ANNA, ben);
        bed.requests.connected(ANNA, bed.accountOf(ben));
        garbage(SLEEPS);
        bed.pass(Duration.ofMinutes(2));
        assertThat(bed.count("whoop_sync_failure", ANNA)).isOne();
        bed.onCallOf("activity/sleep", () -> {
            bed.connect(ANNA);
            bed.requests.connected(ANNA, bed.accountOf(ANNA));
            bed.twin.faults().clear();
        });

        bed.pass(Duration.ofMinutes(5));

        assertThat(bed.requests.findLatestRun(ANNA).orElseThrow().state()).isEqualTo(State.DONE);
        assertThat(bed.calls()).filteredOn("activity/sleep"::equals).isNotEmpty();
    }

    @Test
    void whatFailsOrWorksOfAnotherAccountChangesNoRow() {
        bed.connect(ANNA);
        bed.requests.connected(ANNA, bed.accountOf(ANNA));
        FailureStore failures = bed.requests.tables().failures();
        RecordOwner before = new RecordOwner(ANNA, bed.accountOf(ANNA) + 1);
        RecordOwner now = new RecordOwner(ANNA, bed.accountOf(ANNA));
        ReadTarget sleeps = new ReadTarget(Stage.SLEEPS, false);
        ReadFailure failed =
                new ReadFailure(SyncError.BAD_REPLY, 5, bed.clock.instant().plusSeconds(60));

        failures.save(before, sleeps, failed, bed.clock.instant());
        assertThat(failures.of(ANNA)).isEqualTo(ReadFailures.NONE);
        failures.save(now, sleeps, failed, bed.clock.instant());
        failures.over(before, sleeps);
        assertThat(failures.of(ANNA).find(sleeps)).contains(failed);
        failures.over(now, sleeps);
        assertThat(failures.of(ANNA)).isEqualTo(ReadFailures.NONE);
    }

    /** Stopped, read-only since a failover, and a session of a pooler that was mixed up. */
    @ParameterizedTest
    @ValueSource(strings = {"57014", "25006", "26000"})
    void aDatabaseThatStopsAStatementIsAnOutage(String errorCode) {
        bed.jdbi.useHandle(handle -> handle.execute("""
                create function stop() returns trigger language plpgsql as
                    'begin raise exception using errcode = ''%s''; end';
                create trigger stop before insert on whoop_cycle execute function stop()""".formatted(errorCode)));
        bed.connect(ANNA);
        UUID jobId = bed.requests.firstSync(ANNA);

        bed.pass(Duration.ofMinutes(30));

        assertThat(run(jobId).isOpen()).isTrue();
        assertThat(bed.requests.failing()).extracting(RepeatedFailure::error).containsExactly("unavailable");
        bed.jdbi.useHandle(handle -> handle.execute("drop trigger stop on whoop_cycle"));
        bed.pass(Duration.ofMinutes(10));
        assertThat(run(jobId).state()).isEqualTo(State.DONE);
    }

    @Test
    void whatTheVersionBeforePausedForIsTriedAtOnce() {
        bed.connect(ANNA);
        UUID jobId = bed.requests.firstSync(ANNA);
        bed.jdbi.useHandle(handle -> handle.createUpdate("""
                        update whoop_member_sync set pause_lane = 'interactive', paused_until = :until, failures = 4,
                            failure = 'bad_reply', failure_collection = 'workout'""")
                .bind("until", bed.clock.instant().plusSeconds(3_600).atOffset(ZoneOffset.UTC))
                .execute());

        assertThat(bed.work(ANNA, jobId).state()).isEqualTo(State.DONE);
        assertThat(bed.requests.failing()).isEmpty();
    }

    @Test
    void aListThatWorksAgainIsCountedFromTheStart() {
        bed.connect(ANNA);
        bed.requests.firstSync(ANNA);
        bed.twin.faults().add(FaultRule.times(SLEEPS, FaultKind.GARBAGE, 4));

        bed.pass(Duration.ofMinutes(2));
        assertThat(bed.requests.failing()).hasSize(1);
        bed.pass(Duration.ofMinutes(10));

        assertThat(bed.requests.failing()).isEmpty();
        assertThat(bed.count("whoop_sync_failure", ANNA)).isZero();
    }

    @Test
    void aRecordThatCannotBeReadByItsIdHoldsUpNoOther() {
        bed.connect(ANNA);
        bed.requests.firstSync(ANNA);
        bed.work();
        garbage(WORKOUTS + "/");
        bed.tell(ANNA, RecordCollection.WORKOUT, UUID.randomUUID());

        bed.pass(Duration.ofDays(1));

        assertThat(bed.calls()).contains("activity/workout/{id}");
        assertThat(bed.openChanges(ANNA)).as("it is given up in its time").isZero();
        assertThat(bed.requests.failing()).isEmpty();
    }

    @Test
    void aProfileOfGarbageEndsTheRunAndShowsNoLongerThanSomebodyReadsIt() {
        bed.connect(ANNA);
        UUID jobId = bed.requests.firstSync(ANNA);
        garbage("/developer/v2/user/profile");

        bed.pass(Duration.ofSeconds(95));
        assertThat(bed.requests.failing())
                .extracting(RepeatedFailure::toString)
                .containsExactly("whoop-member bad_reply (1)");
        bed.pass(Duration.ofMinutes(10));

        assertThat(run(jobId).state()).isEqualTo(State.FAILED);
        assertThat(run(jobId).stage()).isEqualTo(Stage.PROFILE);
        assertThat(bed.requests.failing()).isEmpty();
    }

    @Test
    void aRunThatIsOpenWhenAnotherAccountComesHasAnEnd() {
        UserId ben = new UserId("demo-ben");
        bed.connect(ANNA, ben);
        UUID bens = bed.requests.connected(ANNA, bed.accountOf(ben));
        status(403, SLEEPS);
        bed.work();
        assertThat(run(bens).isOpen()).isTrue();

        bed.connect(ANNA);
        UUID annas = bed.requests.connected(ANNA, bed.accountOf(ANNA));
        bed.twin.faults().clear();
        bed.work();

        assertThat(run(bens).state()).isEqualTo(State.FAILED);
        assertThat(run(bens).error()).isEqualTo(SyncError.ACCOUNT_CHANGED);
        assertThat(run(annas).state()).isEqualTo(State.DONE);
        assertThat(run(annas).pages()).isGreaterThanOrEqualTo(6);
        bed.assertHoldsTheTruth(ANNA, Instant.EPOCH);
    }

    @Test
    void runsOfAnAccountThatIsDisownedHaveAnEnd() {
        bed.connect(ANNA);
        UUID jobId = bed.requests.connected(ANNA, bed.accountOf(ANNA));
        status(403, SLEEPS);
        bed.work();

        bed.requests.disowned(ANNA);

        assertThat(run(jobId).state()).isEqualTo(State.FAILED);
        assertThat(bed.requests.findBackfill(ANNA).orElseThrow().state()).isEqualTo(State.FAILED);
    }

    private SyncRun run(UUID jobId) {
        return bed.requests.findRun(ANNA, jobId).orElseThrow();
    }

    /** An outage that began with that list a while ago, and may be over. */
    private void paused(String lane, RecordCollection collection) {
        bed.jdbi.useHandle(handle -> handle.createUpdate("""
                        update whoop_member_sync set pause_lane = :lane, paused_until = :until, failures = 4,
                            failure = 'unavailable', failure_collection = :collection""")
                .bind("lane", lane)
                .bind("until", bed.clock.instant().atOffset(ZoneOffset.UTC))
                .bind("collection", collection.word())
                .execute());
    }

    private void garbage(String path) {
        bed.twin.faults().add(FaultRule.always(path, FaultKind.GARBAGE));
    }

    private void status(int status, String path) {
        bed.twin.faults().add(FaultRule.always(path, FaultKind.STATUS).withStatus(status));
    }
}
