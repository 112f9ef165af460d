package io.holisticos.whoop.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.UserId;
import io.holisticos.twins.http.FaultKind;
import io.holisticos.twins.http.FaultRule;
import io.holisticos.twins.whoop.EditKind;
import io.holisticos.whoop.sync.RecordEvent.Happened;
import io.holisticos.whoop.sync.SyncRun.Kind;
import io.holisticos.whoop.sync.SyncRun.Stage;
import io.holisticos.whoop.sync.SyncRun.State;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SyncJobsTest {

    private static final UserId ANNA = new UserId("demo-anna");
    private static final List<String> TABLES =
            List.of("whoop_cycle", "whoop_recovery", "whoop_sleep", "whoop_workout", "whoop_profile");

    private final SyncBed bed = new SyncBed();

    @AfterEach
    void close() {
        bed.close();
    }

    @Test
    void aFirstSyncHoldsTheLastThirtyDaysOfTheTruthAndNothingTwice() {
        bed.connect(ANNA);
        bed.stopBackfills();

        SyncRun run = bed.work(ANNA, bed.requests.firstSync(ANNA));

        assertThat(run.state()).isEqualTo(State.DONE);
        bed.assertHoldsTheTruth(ANNA, SyncBed.START.minus(Duration.ofDays(29)));
        assertThat(bed.reader.findProfile(ANNA)).isPresent();
        assertThat(bed.reader.findBodyMeasurement(ANNA)).isPresent();
        assertThat(bed.calls())
                .containsExactly(
                        "user/profile/basic",
                        "user/measurement/body",
                        "cycle",
                        "cycle",
                        "activity/sleep",
                        "activity/sleep",
                        "recovery",
                        "recovery",
                        "activity/workout");
        assertThat(bed.requests.findFreshness(ANNA))
                .contains(new SyncFreshness(SyncBed.START.minus(Duration.ofDays(30)), SyncBed.START));
    }

    @Test
    void aBackfillReadsWhatLiesFurtherBackNewestFirstAndEnds() {
        bed.connect(ANNA);

        bed.work(ANNA, bed.requests.firstSync(ANNA));

        bed.assertHoldsTheTruth(ANNA, Instant.EPOCH);
        SyncRun backfill = bed.requests.findBackfill(ANNA).orElseThrow();
        assertThat(backfill.state()).isEqualTo(State.DONE);
        assertThat(backfill.percent()).isEqualTo(100);
        assertThat(bed.requests.findFreshness(ANNA).orElseThrow().coveredFrom())
                .isEqualTo(backfill.window().start());
    }

    @Test
    void aBackfillGivesWayAndGoesOnWhereItWas() {
        bed.connect(ANNA);
        bed.stopBackfills();
        bed.work(ANNA, bed.requests.firstSync(ANNA));
        bed.calls();
        bed.letBackfillsRead(1);
        bed.pass(Duration.ofMinutes(11));
        List<String> first = bed.calls();
        int percent = bed.requests.findBackfill(ANNA).orElseThrow().percent();

        bed.letBackfillsRead(100);
        bed.pass(Duration.ofMinutes(11));

        assertThat(first).hasSize(1);
        assertThat(percent).isBetween(0, 99);
        bed.assertHoldsWhatWasSoAt(ANNA, SyncBed.START);
        assertThat(bed.requests.findBackfill(ANNA).orElseThrow().state()).isEqualTo(State.DONE);
    }

    @Test
    void connectingAgainReadsOnlyTheGap() {
        bed.connect(ANNA);
        bed.work(ANNA, bed.requests.firstSync(ANNA));
        bed.forget(ANNA);
        bed.pass(Duration.ofDays(3));
        bed.connect(ANNA);
        bed.calls();

        bed.work(ANNA, bed.requests.firstSync(ANNA));

        assertThat(bed.calls())
                .containsExactly(
                        "user/profile/basic",
                        "user/measurement/body",
                        "cycle",
                        "activity/sleep",
                        "recovery",
                        "activity/workout");
        bed.assertHoldsTheTruth(ANNA, Instant.EPOCH);
    }

    @Test
    void connectingAgainAfterALongTimeClosesTheGapInTheBackground() {
        bed.connect(ANNA);
        bed.work(ANNA, bed.requests.firstSync(ANNA));
        bed.forget(ANNA);
        bed.pass(Duration.ofDays(70));
        bed.connect(ANNA);

        bed.work(ANNA, bed.requests.firstSync(ANNA));

        bed.assertHoldsTheTruth(ANNA, Instant.EPOCH);
    }

    @Test
    void repeatedSyncsChangeNothing() {
        bed.connect(ANNA);
        bed.work(ANNA, bed.requests.firstSync(ANNA));
        List<Integer> before = counts();

        bed.clock.advance(Duration.ofSeconds(1));
        bed.work(ANNA, bed.requests.firstSync(ANNA));
        bed.clock.advance(Duration.ofSeconds(1));
        bed.work(ANNA, bed.requests.requestSync(ANNA));

        assertThat(counts()).isEqualTo(before);
        assertThat(bed.count("whoop_cycle_history", ANNA)).isZero();
    }

    @Test
    void aKillBetweenTwoStepsCostsNothing() {
        bed.connect(ANNA);
        UUID jobId = bed.requests.firstSync(ANNA);
        int deaths = 0;
        MemberJob.JobResult result;
        do { // every job dies after one step; the next one goes on
            boolean[] killed = {false};
            result = bed.job.work(ANNA, () -> {
                boolean stop = killed[0];
                killed[0] = true;
                return stop;
            });
            deaths++;
        } while (deaths < 200 && SyncBed.START.equals(result.next()));

        bed.assertHoldsTheTruth(ANNA, Instant.EPOCH);
        SyncRun run = bed.requests.findRun(ANNA, jobId).orElseThrow();
        assertThat(run.state()).isEqualTo(State.DONE);
        int pages = run.pages() + bed.requests.findBackfill(ANNA).orElseThrow().pages();
        assertThat(bed.calls()).as("nothing was read twice").hasSize(pages);
    }

    @Test
    void jobsWorkThroughTheListAndAJobSurvivesANewStart() {
        bed.connect(ANNA);
        UUID jobId = bed.requests.firstSync(ANNA);
        assertThat(bed.requests.findRun(ANNA, jobId).orElseThrow().state()).isEqualTo(State.QUEUED);

        bed.startJobs(); // as a new process would, after one that only put the job on the list

        awaitState(jobId, State.DONE);
        bed.assertHoldsTheTruth(ANNA, SyncBed.START.minus(Duration.ofDays(29)));
    }

    @Test
    void askingTwiceNamesTheSameJob() {
        bed.connect(ANNA);

        UUID first = bed.requests.requestSync(ANNA);
        UUID second = bed.requests.requestSync(ANNA);

        assertThat(second).isEqualTo(first);
        assertThat(bed.jobsOnTheList()).isEqualTo(1);
        assertThat(bed.requests.findRun(ANNA, first).orElseThrow().kind())
                .as("one never synced gets a first sync")
                .isEqualTo(Kind.FIRST_SYNC);
        assertThat(bed.requests.findRun(new UserId("demo-ben"), first)).isEmpty();
    }

    @Test
    void manyAskingAtOnceGetOneJob() throws Exception {
        bed.connect(ANNA);
        var threads = Executors.newFixedThreadPool(6);
        CountDownLatch go = new CountDownLatch(1);
        try {
            List<Future<UUID>> requested = new java.util.ArrayList<>();
            for (int i = 0; i < 6; i++) {
                requested.add(threads.submit(() -> {
                    go.await(5, TimeUnit.SECONDS);
                    return bed.requests.requestSync(ANNA);
                }));
            }
            go.countDown();
            java.util.Set<UUID> ids = new java.util.HashSet<>();
            for (Future<UUID> one : requested) {
                ids.add(one.get());
            }
            assertThat(ids).hasSize(1);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aSyncBringsWhatWasNewAndRescored() {
        bed.connect(ANNA);
        bed.work(ANNA, bed.requests.firstSync(ANNA));
        bed.clock.advance(Duration.ofHours(16));
        bed.connect(ANNA);
        bed.twin.edit(ANNA.value(), EditKind.RESCORE);
        bed.clock.advance(Duration.ofMinutes(10));
        bed.calls();

        SyncRun run = bed.work(ANNA, bed.requests.requestSync(ANNA));

        assertThat(run.kind()).isEqualTo(Kind.SYNC);
        assertThat(run.pages()).as("one list call for each collection").isEqualTo(4);
        bed.assertHoldsTheTruth(ANNA, Instant.EPOCH);
    }

    @Test
    void aReaderWhoFindsOldRecordsCostsTheCycleAlone() {
        bed.connect(ANNA);
        bed.work(ANNA, bed.requests.firstSync(ANNA));
        bed.clock.advance(Duration.ofHours(9));
        bed.connect(ANNA);
        bed.calls();

        bed.requests.catchUp(ANNA);
        bed.work();

        assertThat(bed.calls()).containsExactly("cycle");
        assertThat(bed.requests.findFreshness(ANNA).orElseThrow().lastSyncedAt())
                .isEqualTo(bed.clock.instant());
    }

    @Test
    void throttledItWaitsAndGoesOn() {
        bed.connect(ANNA);
        UUID jobId = bed.requests.firstSync(ANNA);
        bed.twin.faults().add(FaultRule.times("/developer/v2/recovery", FaultKind.QUOTA_MINUTE, 1));

        SyncRun waiting = bed.work(ANNA, jobId);

        assertThat(bed.nextOf(ANNA)).hasValueSatisfying(when -> assertThat(when).isAfter(SyncBed.START));
        assertThat(waiting.state()).isEqualTo(State.RUNNING);
        assertThat(waiting.stage()).isEqualTo(Stage.SLEEPS);

        bed.pass(Duration.ofMinutes(2));
        bed.assertHoldsTheTruth(ANNA, Instant.EPOCH);
    }

    @Test
    void withoutConsentItFailsAndKeepsWhatIsHeld() {
        bed.connect(ANNA);
        bed.work(ANNA, bed.requests.firstSync(ANNA));
        int cycles = bed.count("whoop_cycle", ANNA);
        bed.clock.advance(Duration.ofMinutes(1));
        bed.twin.revokeGrant(ANNA.value());

        SyncRun run = bed.work(ANNA, bed.requests.requestSync(ANNA));

        assertThat(run.state()).isEqualTo(State.FAILED);
        assertThat(bed.consentsLost).containsExactly(ANNA);
        assertThat(bed.count("whoop_cycle", ANNA)).isEqualTo(cycles);
        assertThat(bed.jobsOnTheList())
                .as("nothing is to be done without consent")
                .isZero();
    }

    @Test
    void recordsOfAnAccountThatWasNeverTheirsLeaveAndTheNextIsReadFromScratch() {
        bed.connect(ANNA);
        bed.requests.connected(ANNA, bed.accountOf(ANNA));
        bed.work();
        int cycles = bed.count("whoop_cycle", ANNA);
        assertThat(cycles).isPositive();

        bed.requests.disowned(ANNA);
        bed.requests.disowned(ANNA);

        for (String table : List.of(
                "whoop_cycle",
                "whoop_sleep",
                "whoop_recovery",
                "whoop_workout",
                "whoop_profile",
                "whoop_absence",
                "whoop_body_measurement",
                "whoop_coverage")) {
            assertThat(bed.count(table, ANNA)).as(table).isZero();
        }
        assertThat(bed.count("whoop_cycle_history", ANNA)).isGreaterThanOrEqualTo(cycles);
        assertThat(bed.count("whoop_body_measurement_history", ANNA)).isEqualTo(1);
        assertThat(bed.requests.findFreshness(ANNA)).isEmpty();
        bed.requests.connected(ANNA, bed.accountOf(ANNA));
        bed.work();
        bed.assertHoldsTheTruth(ANNA, Instant.EPOCH);
    }

    @Test
    void aPageInTheAirWhileItsAccountIsDisownedIsNotKept() {
        UserId ben = new UserId("demo-ben");
        bed.connect(ANNA, ben); // somebody consented with Ben's WHOOP
        bed.requests.connected(ANNA, bed.accountOf(ben));
        bed.onCallOf("cycle", () -> {
            bed.forget(ANNA);
            bed.requests.disowned(ANNA);
        });
        bed.work();

        assertThat(bed.count("whoop_cycle", ANNA)).isZero();
        bed.connect(ANNA);
        bed.requests.connected(ANNA, bed.accountOf(ANNA));
        bed.work();
        bed.assertHoldsTheTruth(ANNA, Instant.EPOCH);
    }

    @Test
    void aPageInTheAirWhileTheMemberComesWithAnotherAccountIsNotKept() {
        UserId ben = new UserId("demo-ben");
        bed.connect(ANNA, ben);
        bed.requests.connected(ANNA, bed.accountOf(ben));
        bed.onCallOf("cycle", () -> {
            bed.connect(ANNA);
            bed.requests.disowned(ANNA);
            bed.requests.connected(ANNA, bed.accountOf(ANNA));
        });
        bed.work();

        bed.assertHoldsTheTruth(ANNA, Instant.EPOCH);
    }

    @Test
    void aForbiddenCallEndsNothingAndIsMadeAgainLater() {
        bed.connect(ANNA);
        bed.requests.connected(ANNA, 1);
        bed.twin
                .faults()
                .add(FaultRule.times("/developer/v2", FaultKind.STATUS, 3).withStatus(403));

        bed.work();

        assertThat(bed.requests.findFreshness(ANNA)).isEmpty();
        bed.pass(Duration.ofMinutes(10));
        assertThat(bed.consentsLost).isEmpty();
        assertThat(bed.requests.findLatestRun(ANNA).orElseThrow().state()).isEqualTo(State.DONE);
        bed.assertHoldsTheTruth(ANNA, Instant.EPOCH);
    }

    @Test
    void consentGivenWhileTheOldOneIsBeingRefusedCounts() {
        bed.connect(ANNA);
        bed.work(ANNA, bed.requests.firstSync(ANNA));
        bed.clock.advance(Duration.ofMinutes(1));
        bed.twin.revokeGrant(ANNA.value());
        bed.onCall(() -> {
            bed.clock.advance(Duration.ofSeconds(1));
            bed.connect(ANNA);
            bed.requests.connected(ANNA, 1);
        });

        SyncRun run = bed.work(ANNA, bed.requests.requestSync(ANNA));

        assertThat(run.state()).isEqualTo(State.DONE);
        bed.assertHoldsTheTruth(ANNA, Instant.EPOCH);
    }

    @Test
    void whatIsToldWithoutConsentWaitsForIt() {
        bed.connect(ANNA);
        bed.work(ANNA, bed.requests.firstSync(ANNA));
        bed.pass(Duration.ofHours(1));
        bed.forget(ANNA);
        UUID workout = bed.addWorkout(ANNA);
        bed.tell(ANNA, RecordCollection.WORKOUT, workout);
        bed.pass(Duration.ofHours(1));
        assertThat(bed.syncJobs.sweep()).as("nobody to be woken").isZero();

        bed.connect(ANNA);
        bed.requests.firstSync(ANNA);
        bed.pass(Duration.ofSeconds(1));

        bed.assertHoldsTheTruth(ANNA, Instant.EPOCH);
        assertThat(bed.openChanges(ANNA)).isZero();
    }

    @Test
    void withoutAConnectionItFails() {
        SyncRun run = bed.work(ANNA, bed.requests.firstSync(ANNA));

        assertThat(run.state()).isEqualTo(State.FAILED);
        assertThat(bed.jobsOnTheList()).isZero();
    }

    @Test
    void readersDoNotAskAgainRightAfterAFailure() {
        UUID failed = bed.requests.firstSync(ANNA);
        bed.work(ANNA, failed);

        bed.requests.catchUp(ANNA);
        assertThat(bed.requests.findLatestRun(ANNA).orElseThrow().jobId()).isEqualTo(failed);

        bed.clock.advance(Duration.ofHours(1));
        bed.requests.catchUp(ANNA);
        assertThat(bed.requests.findLatestRun(ANNA).orElseThrow().jobId()).isNotEqualTo(failed);
    }

    @Test
    void whatIsOldIsPurgedByTheClock() {
        bed.connect(ANNA);
        UUID first = bed.requests.firstSync(ANNA);
        bed.work(ANNA, first);
        bed.clock.advance(Duration.ofDays(401));

        bed.startJobs();

        awaitPurgeOf(first);
        assertThat(bed.archivedBefore(ANNA, bed.clock.instant())).isZero();
        assertThat(bed.count("whoop_cycle", ANNA)).isPositive();
    }

    private void awaitPurgeOf(UUID jobId) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (bed.requests.findRun(ANNA, jobId).isPresent() && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(bed.requests.findRun(ANNA, jobId)).isEmpty();
    }

    @Test
    void switchedOffItPausesAndLosesNothing() {
        bed.connect(ANNA);
        bed.enabled.set(false);
        bed.work(ANNA, bed.requests.firstSync(ANNA));

        assertThat(bed.nextOf(ANNA)).isPresent();
        assertThat(bed.count("whoop_cycle", ANNA)).isZero();

        bed.enabled.set(true);
        bed.pass(Duration.ofMinutes(1));
        bed.assertHoldsTheTruth(ANNA, Instant.EPOCH);
    }

    @Test
    void whoeverWaitsForAPermitIsResumedWhateverFailedBefore() {
        bed.connect(ANNA);
        UUID jobId = bed.requests.firstSync(ANNA);
        bed.twin.faults().add(FaultRule.times("/developer/v2/activity/sleep", FaultKind.GARBAGE, 1));
        bed.work(ANNA, jobId);
        assertThat(bed.requests.resume()).as("a failure keeps its back-off").isZero();
        bed.refused.set(Duration.ofHours(20));
        bed.pass(Duration.ofMinutes(10));
        assertThat(bed.nextOf(ANNA))
                .hasValueSatisfying(
                        when -> assertThat(when).isAfter(bed.clock.instant().plus(Duration.ofHours(1))));

        bed.refused.set(null);
        assertThat(bed.requests.resume()).isEqualTo(1);
        assertThat(bed.requests.resume()).isZero();

        bed.pass(Duration.ofMinutes(2));
        assertThat(bed.requests.findRun(ANNA, jobId).orElseThrow().state()).isEqualTo(State.DONE);
    }

    @Test
    void garbageIsRetriedAndGivenUpInTheEnd() {
        bed.connect(ANNA);
        UUID jobId = bed.requests.firstSync(ANNA);
        bed.twin.faults().add(FaultRule.always("/developer/v2/cycle", FaultKind.GARBAGE));

        bed.pass(Duration.ofMinutes(20));

        assertThat(bed.requests.findRun(ANNA, jobId).orElseThrow().state()).isEqualTo(State.FAILED);
        assertThat(bed.calls()).filteredOn("cycle"::equals).hasSize(6);
        assertThat(bed.nextOf(ANNA))
                .as("it goes on being tried, ever more seldom")
                .isPresent();
    }

    @Test
    void connectingAgainWidensTheSyncUnderWay() {
        bed.connect(ANNA);
        bed.work(ANNA, bed.requests.firstSync(ANNA));
        UUID small = bed.requests.requestSync(ANNA);

        UUID first = bed.requests.firstSync(ANNA);

        assertThat(first).isEqualTo(small);
        assertThat(bed.requests.findRun(ANNA, first).orElseThrow().kind()).isEqualTo(Kind.FIRST_SYNC);
    }

    @Test
    void aMemberWhoseJobGotLostIsFound() {
        bed.connect(ANNA);
        bed.work(ANNA, bed.requests.firstSync(ANNA));
        bed.jdbi.useHandle(handle -> handle.execute("delete from scheduled_tasks"));

        assertThat(bed.syncJobs.sweep()).isEqualTo(1);

        assertThat(bed.jobsOnTheList()).isEqualTo(1);
        assertThat(bed.syncJobs.sweep()).isZero();
    }

    @Test
    void tellingMovesTheJobToTheMomentTheChangeIsDue() {
        bed.connect(ANNA);
        bed.work(ANNA, bed.requests.firstSync(ANNA));
        Instant now = bed.clock.instant();
        UUID sleep = UUID.randomUUID();

        InboxResult night = bed.note(ANNA, new RecordEvent(RecordCollection.SLEEP, sleep, Happened.UPDATED, now));
        assertThat(bed.nextOf(ANNA)).contains(now.plusSeconds(20));
        InboxResult workout =
                bed.note(ANNA, new RecordEvent(RecordCollection.WORKOUT, UUID.randomUUID(), Happened.UPDATED, now));
        assertThat(bed.nextOf(ANNA)).contains(now.plusSeconds(5));
        InboxResult later =
                bed.note(ANNA, new RecordEvent(RecordCollection.WORKOUT, UUID.randomUUID(), Happened.UPDATED, now));
        assertThat(bed.nextOf(ANNA)).contains(now.plusSeconds(5));
        InboxResult recovery = bed.note(ANNA, new RecordEvent(RecordCollection.RECOVERY, sleep, Happened.UPDATED, now));
        assertThat(bed.nextOf(ANNA)).as("both halves of a night are there").contains(now);

        assertThat(List.of(night, workout, later, recovery)).containsOnly(InboxResult.KEPT);
    }

    @Test
    void aRepetitionWritesNothing() {
        bed.connect(ANNA);
        bed.work(ANNA, bed.requests.firstSync(ANNA));
        Optional<Instant> next = bed.nextOf(ANNA);
        RecordEvent event =
                new RecordEvent(RecordCollection.SLEEP, UUID.randomUUID(), Happened.UPDATED, bed.clock.instant());

        ReceivedEvent received = bed.received(ANNA, event);
        bed.requests.events().keep(received, RecordEventStore.Reason.UNKNOWN_TYPE);

        assertThat(bed.note(received, ANNA, event)).isEqualTo(InboxResult.DUPLICATE);

        assertThat(bed.openChanges(ANNA)).isZero();
        assertThat(bed.nextOf(ANNA)).isEqualTo(next);
    }

    @Test
    void aChangeToldAndNotWokenIsFound() {
        bed.connect(ANNA);
        bed.work(ANNA, bed.requests.firstSync(ANNA));
        UUID workout = bed.addWorkout(ANNA);
        RecordEvent event = new RecordEvent(RecordCollection.WORKOUT, workout, Happened.UPDATED, bed.clock.instant());
        Optional<Instant> next = bed.nextOf(ANNA);
        bed.workedOnWhile(ANNA, () -> bed.note(ANNA, event));
        assertThat(bed.nextOf(ANNA))
                .as("nobody moves a job that is being worked on")
                .isEqualTo(next);
        bed.clock.advance(Duration.ofMinutes(1));

        assertThat(bed.syncJobs.sweep()).isEqualTo(1);
        bed.work();

        assertThat(bed.openChanges(ANNA)).isZero();
    }

    @Test
    void jobRowsHoldIdsOnly() {
        bed.connect(ANNA);
        bed.requests.firstSync(ANNA);

        byte[] data = bed.jdbi.withHandle(handle -> handle.createQuery(
                        "select coalesce(task_data, '') from scheduled_tasks where task_name = 'whoop-member'")
                .mapTo(byte[].class)
                .one());
        assertThat(data).isEmpty();
    }

    private List<Integer> counts() {
        return TABLES.stream().map(table -> bed.count(table, ANNA)).toList();
    }

    private void awaitState(UUID jobId, State state) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (bed.requests.findRun(ANNA, jobId).orElseThrow().state() != state && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(bed.requests.findRun(ANNA, jobId).orElseThrow().state()).isEqualTo(state);
    }
}
