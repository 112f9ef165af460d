package io.holisticos.whoop.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.DayRange;
import io.holisticos.health.Deadline;
import io.holisticos.health.UserId;
import io.holisticos.twins.http.FaultKind;
import io.holisticos.twins.http.FaultRule;
import io.holisticos.twins.whoop.EditKind;
import io.holisticos.whoop.data.Held;
import io.holisticos.whoop.sync.SyncRun.Kind;
import io.holisticos.whoop.sync.SyncRun.Stage;
import io.holisticos.whoop.sync.SyncRun.State;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SynchronizerTest {

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

        Optional<Instant> next = bed.work(bed.synchronizer.firstSync(ANNA));

        assertThat(next).isEmpty();
        assertHoldsTheTruth(Duration.ofDays(30));
        assertThat(bed.reader.findProfile(ANNA)).isPresent();
        assertThat(bed.reader.findBodyMeasurement(ANNA)).isPresent();
        assertThat(held().cycles()).anyMatch(cycle -> cycle.end() == null);
        assertThat(bed.synchronizer.findFreshness(ANNA))
                .contains(new Freshness(SyncBed.START.minus(Duration.ofDays(30)), SyncBed.START));
    }

    @Test
    void repeatedSyncsChangeNothing() {
        bed.connect(ANNA);
        bed.work(bed.synchronizer.firstSync(ANNA));
        List<Integer> before = counts();

        bed.work(bed.synchronizer.firstSync(ANNA));
        bed.work(bed.synchronizer.requestSync(ANNA));

        assertThat(counts()).isEqualTo(before);
        assertThat(bed.count("whoop_cycle_history", ANNA)).isZero();
    }

    @Test
    void aKillBetweenTwoPagesCostsNothing() {
        bed.connect(ANNA);
        UUID jobId = bed.synchronizer.firstSync(ANNA);
        int steps = 0;
        boolean[] killed = {false};
        Optional<Instant> next = Optional.of(SyncBed.START);
        while (next.isPresent() && steps < 100) { // every job dies after one page; the next one goes on
            killed[0] = false;
            next = bed.job.work(jobId, () -> {
                boolean stop = killed[0];
                killed[0] = true;
                return stop;
            });
            steps++;
        }

        assertThat(steps).isGreaterThan(6);
        assertHoldsTheTruth(Duration.ofDays(30));
        SyncRun run = bed.synchronizer.findRun(ANNA, jobId).orElseThrow();
        assertThat(run.state()).isEqualTo(State.DONE);
        assertThat(run.pages()).isEqualTo(steps);
    }

    @Test
    void jobsWorkThroughTheListAndAJobSurvivesANewStart() {
        bed.connect(ANNA);
        UUID jobId = bed.synchronizer.firstSync(ANNA);
        assertThat(bed.synchronizer.findRun(ANNA, jobId).orElseThrow().state()).isEqualTo(State.QUEUED);

        bed.startJobs(); // as a new process would, after one that only put the job on the list

        awaitState(jobId, State.DONE);
        assertHoldsTheTruth(Duration.ofDays(30));
    }

    @Test
    void askingTwiceNamesTheSameJob() {
        bed.connect(ANNA);

        UUID first = bed.synchronizer.requestSync(ANNA);
        UUID second = bed.synchronizer.requestSync(ANNA);

        assertThat(second).isEqualTo(first);
        assertThat(bed.jobsOnTheList()).isEqualTo(1);
        assertThat(bed.synchronizer.findRun(ANNA, first).orElseThrow().kind())
                .as("one never synced gets a first sync")
                .isEqualTo(Kind.FIRST_SYNC);
        assertThat(bed.synchronizer.findRun(new UserId("demo-ben"), first)).isEmpty();
    }

    @Test
    void manyAskingAtOnceGetOneJob() throws Exception {
        bed.connect(ANNA);
        var threads = Executors.newFixedThreadPool(6);
        CountDownLatch go = new CountDownLatch(1);
        try {
            List<Future<UUID>> asked = new java.util.ArrayList<>();
            for (int i = 0; i < 6; i++) {
                asked.add(threads.submit(() -> {
                    go.await(5, TimeUnit.SECONDS);
                    return bed.synchronizer.requestSync(ANNA);
                }));
            }
            go.countDown();
            java.util.Set<UUID> ids = new java.util.HashSet<>();
            for (Future<UUID> one : asked) {
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
        bed.work(bed.synchronizer.firstSync(ANNA));
        bed.clock.advance(Duration.ofHours(26));
        bed.connect(ANNA);
        bed.twin.edit(ANNA.value(), EditKind.RESCORE);
        bed.clock.advance(Duration.ofMinutes(10));

        UUID jobId = bed.synchronizer.requestSync(ANNA);
        bed.work(jobId);

        SyncRun run = bed.synchronizer.findRun(ANNA, jobId).orElseThrow();
        assertThat(run.kind()).isEqualTo(Kind.SYNC);
        assertThat(run.pages()).as("one list call for each collection").isEqualTo(4);
        assertHoldsTheTruth(Duration.ofDays(3));
        assertThat(bed.synchronizer.findFreshness(ANNA).orElseThrow().coveredFrom())
                .isEqualTo(SyncBed.START.minus(Duration.ofDays(30)));
    }

    @Test
    void aSyncAfterALongPauseLeavesNoGap() {
        bed.connect(ANNA);
        bed.work(bed.synchronizer.firstSync(ANNA));
        bed.clock.advance(Duration.ofDays(12));
        bed.connect(ANNA);

        bed.work(bed.synchronizer.requestSync(ANNA));

        assertHoldsTheTruth(Duration.ofDays(15));
    }

    @Test
    void throttledItWaitsAndGoesOn() {
        bed.connect(ANNA);
        UUID jobId = bed.synchronizer.firstSync(ANNA);
        bed.twin.faults().add(FaultRule.times("/developer/v2/recovery", FaultKind.QUOTA_MINUTE, 1));

        Optional<Instant> next = bed.work(jobId);
        SyncRun waiting = bed.synchronizer.findRun(ANNA, jobId).orElseThrow();

        assertThat(next).hasValueSatisfying(when -> assertThat(when).isAfter(SyncBed.START));
        assertThat(waiting.state()).isEqualTo(State.RUNNING);
        assertThat(waiting.stage()).isEqualTo(Stage.RECOVERIES);

        bed.clock.advance(Duration.ofMinutes(2));
        bed.work(jobId);
        assertHoldsTheTruth(Duration.ofDays(30));
    }

    @Test
    void withoutConsentItFailsAndKeepsWhatIsHeld() {
        bed.connect(ANNA);
        bed.work(bed.synchronizer.firstSync(ANNA));
        int cycles = bed.count("whoop_cycle", ANNA);
        bed.twin.revokeGrant(ANNA.value());

        UUID jobId = bed.synchronizer.requestSync(ANNA);

        assertThat(bed.work(jobId)).isEmpty();
        assertThat(bed.synchronizer.findRun(ANNA, jobId).orElseThrow().state()).isEqualTo(State.FAILED);
        assertThat(bed.consentsLost).containsExactly(ANNA);
        assertThat(bed.count("whoop_cycle", ANNA)).isEqualTo(cycles);
    }

    @Test
    void withoutAConnectionItFails() {
        UUID jobId = bed.synchronizer.firstSync(ANNA);

        assertThat(bed.work(jobId)).isEmpty();

        assertThat(bed.synchronizer.findRun(ANNA, jobId).orElseThrow().state()).isEqualTo(State.FAILED);
    }

    @Test
    void readersDoNotAskAgainRightAfterAFailure() {
        bed.work(bed.synchronizer.firstSync(ANNA));

        bed.synchronizer.catchUp(ANNA);
        assertThat(bed.count("whoop_sync", ANNA)).isEqualTo(1);

        bed.clock.advance(Duration.ofHours(1));
        bed.synchronizer.catchUp(ANNA);
        assertThat(bed.count("whoop_sync", ANNA)).isEqualTo(2);
    }

    @Test
    void whatIsOldIsPurgedByTheClock() {
        bed.connect(ANNA);
        UUID first = bed.synchronizer.firstSync(ANNA);
        bed.work(first);
        bed.clock.advance(Duration.ofDays(401));

        bed.startJobs();

        awaitPurgeOf(first);
        assertThat(bed.count("whoop_archive", ANNA)).isZero();
        assertThat(bed.count("whoop_cycle", ANNA)).isPositive();
    }

    private void awaitPurgeOf(UUID jobId) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (bed.synchronizer.findRun(ANNA, jobId).isPresent() && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(bed.synchronizer.findRun(ANNA, jobId)).isEmpty();
    }

    @Test
    void switchedOffItPausesAndLosesNothing() {
        bed.connect(ANNA);
        bed.enabled.set(false);
        UUID jobId = bed.synchronizer.firstSync(ANNA);

        assertThat(bed.work(jobId)).isPresent();
        assertThat(bed.count("whoop_cycle", ANNA)).isZero();

        bed.enabled.set(true);
        assertThat(bed.work(jobId)).isEmpty();
        assertHoldsTheTruth(Duration.ofDays(30));
    }

    @Test
    void garbageIsRetriedAndGivenUpInTheEnd() {
        bed.connect(ANNA);
        UUID jobId = bed.synchronizer.firstSync(ANNA);
        bed.twin.faults().add(FaultRule.always("/developer/v2/cycle", FaultKind.GARBAGE));

        int tries = 0;
        Optional<Instant> next = Optional.of(SyncBed.START);
        while (next.isPresent() && tries < 20) {
            next = bed.work(jobId);
            tries++;
        }

        assertThat(tries).isEqualTo(5);
        assertThat(bed.synchronizer.findRun(ANNA, jobId).orElseThrow().state()).isEqualTo(State.FAILED);
    }

    @Test
    void connectingAgainWidensTheSyncUnderWay() {
        bed.connect(ANNA);
        bed.work(bed.synchronizer.firstSync(ANNA));
        UUID small = bed.synchronizer.requestSync(ANNA);

        UUID first = bed.synchronizer.firstSync(ANNA);

        assertThat(first).isEqualTo(small);
        assertThat(bed.synchronizer.findRun(ANNA, first).orElseThrow().kind()).isEqualTo(Kind.FIRST_SYNC);
    }

    @Test
    void jobRowsHoldIdsOnly() {
        bed.connect(ANNA);
        bed.synchronizer.firstSync(ANNA);

        byte[] data = bed.jdbi.withHandle(handle -> handle.createQuery(
                        "select coalesce(task_data, '') from scheduled_tasks where task_name = 'whoop-sync'")
                .mapTo(byte[].class)
                .one());
        assertThat(data).isEmpty();
    }

    private List<Integer> counts() {
        return TABLES.stream().map(table -> bed.count(table, ANNA)).toList();
    }

    private Held held() {
        LocalDate day = LocalDate.ofInstant(bed.clock.instant(), java.time.ZoneOffset.UTC);
        return bed.reader.read(
                ANNA, new DayRange(day.minusDays(60), day.plusDays(2)), Deadline.after(Duration.ofSeconds(20)));
    }

    /** What the twin would return for the last days is held with the same content. */
    private void assertHoldsTheTruth(Duration span) {
        Map<String, Object> truth = bed.twin.truth(ANNA.value());
        Instant since = bed.clock.instant().minus(span);
        Held held = held();
        assertThat(held.cycles().stream()
                        .filter(cycle -> cycle.end() == null || cycle.end().isAfter(since))
                        .map(cycle -> cycle.id() + " " + cycle.updatedAt() + " " + cycle.scoreState())
                        .sorted())
                .isNotEmpty()
                .containsExactlyElementsOf(versions(truth.get("cycles"), "id", since));
        assertThat(held.sleeps().stream()
                        .filter(sleep -> sleep.end().isAfter(since))
                        .map(sleep -> sleep.id() + " " + sleep.updatedAt() + " " + sleep.scoreState())
                        .sorted())
                .isNotEmpty()
                .containsExactlyElementsOf(versions(truth.get("sleeps"), "id", since));
        assertThat(held.workouts().stream()
                        .filter(workout -> workout.end().isAfter(since))
                        .map(workout -> workout.id() + " " + workout.updatedAt() + " " + workout.scoreState())
                        .sorted())
                .isNotEmpty()
                .containsExactlyElementsOf(versions(truth.get("workouts"), "id", since));
        assertThat(held.recoveries()).hasSizeGreaterThan((int) span.toDays() - 3);
    }

    private static List<String> versions(Object records, String key, Instant since) {
        return ((List<?>) records)
                .stream()
                        .map(record -> (Map<?, ?>) record)
                        .filter(record -> record.get("end") == null
                                || Instant.parse(String.valueOf(record.get("end")))
                                        .isAfter(since))
                        .map(record -> record.get(key) + " " + Instant.parse(String.valueOf(record.get("updated_at")))
                                + " " + record.get("score_state"))
                        .sorted()
                        .toList();
    }

    private void awaitState(UUID jobId, State state) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (bed.synchronizer.findRun(ANNA, jobId).orElseThrow().state() != state && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(bed.synchronizer.findRun(ANNA, jobId).orElseThrow().state()).isEqualTo(state);
    }
}
