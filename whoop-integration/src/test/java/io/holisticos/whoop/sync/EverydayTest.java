package io.holisticos.whoop.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.UserId;
import io.holisticos.twins.whoop.EditKind;
import io.holisticos.whoop.sync.RecordEvent.Happened;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a member's days cost in calls, event by event, and that the truth is held afterwards. */
class EverydayTest {

    private static final UserId ANNA = new UserId("demo-anna");
    private static final String SLEEPS = "activity/sleep";
    private static final String RECOVERIES = "recovery";
    private static final String CYCLES = "cycle";
    private static final String WORKOUTS = "activity/workout";

    private final SyncBed bed = new SyncBed();

    @BeforeEach
    void connect() {
        bed.connect(ANNA);
        bed.work(ANNA, bed.requests.firstSync(ANNA));
        bed.calls();
    }

    @AfterEach
    void close() {
        bed.close();
    }

    @Test
    void aWakeUpCostsThree() {
        UUID night = bed.passUntilAwake(ANNA);
        bed.tell(ANNA, RecordCollection.SLEEP, night);
        bed.pass(Duration.ofSeconds(2));
        bed.tell(ANNA, RecordCollection.RECOVERY, night);
        bed.work();

        assertThat(bed.calls()).as("at once when both are told").containsExactly(SLEEPS, RECOVERIES, CYCLES);
        bed.assertHoldsTheNights(ANNA);
        assertThat(bed.openChanges(ANNA)).isZero();
        assertThat(bed.metrics.timer("whoop.sync.told-to-done").getCount()).isEqualTo(2);
    }

    @Test
    void aWakeUpOfWhichOneEventIsLostCostsThree() {
        UUID night = bed.passUntilAwake(ANNA);
        bed.tell(ANNA, RecordCollection.SLEEP, night);
        bed.pass(Duration.ofSeconds(19));
        assertThat(bed.calls()).as("its partner is waited for").isEmpty();

        bed.pass(Duration.ofSeconds(2));
        assertThat(bed.calls()).containsExactly(SLEEPS, RECOVERIES, CYCLES);

        UUID next = bed.passUntilAwake(ANNA);
        bed.calls();
        bed.tell(ANNA, RecordCollection.RECOVERY, next);
        bed.pass(Duration.ofSeconds(21));
        assertThat(bed.calls()).containsExactly(SLEEPS, RECOVERIES, CYCLES);
        bed.assertHoldsTheNights(ANNA);
    }

    @Test
    void theOtherHalfToldLateCostsNothing() {
        UUID night = bed.passUntilAwake(ANNA);
        bed.tell(ANNA, RecordCollection.SLEEP, night);
        bed.pass(Duration.ofMinutes(2));
        bed.calls();

        bed.tell(ANNA, RecordCollection.RECOVERY, night);
        bed.pass(Duration.ofMinutes(1));

        assertThat(bed.calls()).as("it was read along").isEmpty();
        assertThat(bed.openChanges(ANNA)).isZero();
    }

    @Test
    void theNightToldAfterItsRecoveryCostsNothing() {
        UUID night = bed.passUntilAwake(ANNA);
        bed.tell(ANNA, RecordCollection.RECOVERY, night);
        bed.pass(Duration.ofMinutes(2));
        bed.calls();

        bed.tell(ANNA, RecordCollection.SLEEP, night);
        bed.pass(Duration.ofMinutes(1));

        assertThat(bed.calls()).isEmpty();
        bed.assertHoldsTheNights(ANNA);
    }

    @Test
    void whatIsToldTwiceMoreIsReadAgain() {
        UUID night = bed.passUntilAwake(ANNA);
        bed.tell(ANNA, RecordCollection.SLEEP, night);
        bed.pass(Duration.ofMinutes(2));
        bed.tell(ANNA, RecordCollection.RECOVERY, night);
        bed.pass(Duration.ofMinutes(1));
        bed.twin.edit(ANNA.value(), EditKind.RESCORE);
        bed.calls();

        bed.tell(ANNA, RecordCollection.RECOVERY, night);
        bed.pass(Duration.ofMinutes(1));

        assertThat(bed.calls()).contains(RECOVERIES);
    }

    @Test
    void aReScoreSoonAfterIsReadAlthoughItsRecoveryWasOwed() {
        UUID night = bed.passUntilAwake(ANNA);
        bed.tell(ANNA, RecordCollection.SLEEP, night);
        bed.pass(Duration.ofMinutes(2));
        bed.twin.edit(ANNA.value(), EditKind.RESCORE);
        bed.calls();

        bed.tell(ANNA, RecordCollection.SLEEP, night);
        bed.tell(ANNA, RecordCollection.RECOVERY, night);
        bed.pass(Duration.ofMinutes(1));

        assertThat(bed.calls()).containsExactly(SLEEPS, RECOVERIES);
    }

    @Test
    void aReScoreCostsTwo() {
        wakeUp();
        bed.pass(Duration.ofHours(3));
        bed.twin.edit(ANNA.value(), EditKind.RESCORE);
        UUID night = bed.scoredNight(ANNA).orElseThrow();

        bed.tell(ANNA, RecordCollection.RECOVERY, night);
        bed.tell(ANNA, RecordCollection.SLEEP, night);
        bed.work();

        assertThat(bed.calls()).containsExactly(SLEEPS, RECOVERIES);
    }

    @Test
    void aWorkoutToldTwiceCostsOne() {
        bed.pass(Duration.ofHours(2));
        UUID workout = bed.addWorkout(ANNA);
        bed.tell(ANNA, RecordCollection.WORKOUT, workout);
        bed.pass(Duration.ofSeconds(1));
        bed.tell(ANNA, RecordCollection.WORKOUT, workout);
        bed.pass(Duration.ofSeconds(5));

        assertThat(bed.calls()).containsExactly(WORKOUTS);
        bed.assertHoldsTheTruth(ANNA, Instant.EPOCH);
    }

    @Test
    void aNapCostsOne() {
        UUID nap = passUntilANap();
        bed.calls();

        bed.tell(ANNA, RecordCollection.SLEEP, nap);
        bed.pass(Duration.ofSeconds(21));

        assertThat(bed.calls()).containsExactly(SLEEPS);
        assertThat(bed.openChanges(ANNA)).isZero();
    }

    @Test
    void deletionsCostNothing() {
        wakeUp();
        UUID night = bed.scoredNight(ANNA).orElseThrow();
        bed.twin.edit(ANNA.value(), EditKind.DELETE_SLEEP);
        bed.tell(ANNA, RecordCollection.SLEEP, night, Happened.DELETED);
        bed.tell(ANNA, RecordCollection.RECOVERY, night, Happened.DELETED);
        bed.work();

        assertThat(bed.calls()).isEmpty();
        assertThat(held("whoop_sleep", "id", night)).isZero();
        assertThat(held("whoop_recovery", "sleep_id", night)).isZero();
    }

    @Test
    void aDeletionOvertakenByItsUpdateCostsOneListAndNoLadder() {
        bed.pass(Duration.ofHours(2));
        UUID workout = bed.deleteWorkout(ANNA);
        bed.tell(ANNA, RecordCollection.WORKOUT, workout, Happened.DELETED);
        bed.pass(Duration.ofMinutes(1));
        bed.tell(ANNA, RecordCollection.WORKOUT, workout);
        bed.pass(Duration.ofHours(8));

        assertThat(bed.calls()).containsExactly(WORKOUTS);
        assertThat(bed.openChanges(ANNA)).isZero();
        bed.assertHoldsTheTruth(ANNA, Instant.EPOCH);
    }

    @Test
    void anEventThatComesTooEarlyCostsOneMore() {
        UUID night = UUID.fromString("00000000-0000-4000-8000-000000000001"); // not in WHOOP's lists, for now
        bed.tell(ANNA, RecordCollection.SLEEP, night);
        bed.tell(ANNA, RecordCollection.RECOVERY, night);
        bed.work();

        assertThat(bed.calls())
                .as("no recovery is looked for without its night")
                .containsExactly(SLEEPS);
        assertThat(bed.openChanges(ANNA)).isEqualTo(1);
        assertThat(bed.nextOf(ANNA))
                .as("it is told of again when it has its score")
                .contains(bed.clock.instant().plus(Duration.ofMinutes(30)));
    }

    @Test
    void whatDoesNotComeIsLookedForOnALadderAndThenLeft() {
        Instant told = bed.clock.instant();
        UUID workout = UUID.fromString("00000000-0000-4000-8000-000000000002");
        bed.tell(ANNA, RecordCollection.WORKOUT, workout);
        List<Duration> looks = new ArrayList<>();
        List<String> calls = new ArrayList<>();
        for (int second = 0; second < 6 * 3600; second++) {
            bed.pass(Duration.ofSeconds(1));
            List<String> now = bed.calls();
            now.forEach(call -> looks.add(Duration.between(told, bed.clock.instant())));
            calls.addAll(now);
        }

        assertThat(calls)
                .containsExactly(
                        WORKOUTS,
                        WORKOUTS,
                        WORKOUTS + "/{id}",
                        WORKOUTS + "/{id}",
                        WORKOUTS + "/{id}",
                        WORKOUTS + "/{id}");
        assertThat(looks)
                .containsExactly(
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(65),
                        Duration.ofSeconds(365),
                        Duration.ofSeconds(1565),
                        Duration.ofSeconds(5165),
                        Duration.ofSeconds(19565));
        assertThat(bed.openChanges(ANNA)).isZero();
        assertThat(bed.metrics.counter("whoop.sync.given-up").getCount()).isEqualTo(1);
    }

    @Test
    void anOldRecordIsReadByItsId() {
        UUID old = bed.jdbi.withHandle(handle -> handle.createQuery(
                        "select id from whoop_sleep where user_id = :who and not nap order by start_at limit 1")
                .bind("who", ANNA.value())
                .mapTo(UUID.class)
                .one());

        bed.tell(ANNA, RecordCollection.SLEEP, old);
        bed.tell(ANNA, RecordCollection.RECOVERY, old);
        bed.work();

        assertThat(bed.calls()).containsExactly("activity/sleep/{id}", "cycle/{id}/recovery");
        assertThat(bed.openChanges(ANNA)).isZero();
    }

    @Test
    void lostEventsCostNothingBeyondTheNight() {
        wakeUp();
        bed.passUntilAwake(ANNA); // of which nobody tells
        bed.pass(Duration.ofHours(2));
        bed.tell(ANNA, RecordCollection.WORKOUT, bed.addWorkout(ANNA)); // so that WHOOP is not silent
        bed.pass(Duration.ofSeconds(6));
        bed.calls();

        bed.pass(Duration.ofHours(20)); // beyond the quiet hour

        assertThat(bed.calls()).containsExactly(CYCLES, SLEEPS, RECOVERIES);
        bed.assertHoldsTheTruth(ANNA, bed.clock.instant().minus(Duration.ofDays(40)));
    }

    @Test
    void aSilentWhoopIsNoticedBeforeTheNight() {
        wakeUp();
        bed.passUntilAwake(ANNA);
        bed.calls();
        bed.pass(Duration.ofHours(8));

        assertThat(bed.calls()).containsExactly(CYCLES, SLEEPS, RECOVERIES, WORKOUTS);
        assertThat(bed.metrics.counter("whoop.sync.silence-alarms").getCount()).isEqualTo(1);
        bed.assertHoldsTheTruth(ANNA, Instant.EPOCH);
    }

    @Test
    void aDeletionNobodyToldIsFoundByTwoListsAndOneQuestion() {
        UUID workout = missingOnce();

        bed.tell(ANNA, RecordCollection.WORKOUT, bed.addWorkout(ANNA));
        bed.pass(Duration.ofSeconds(6));

        assertThat(bed.calls()).containsExactly(WORKOUTS, WORKOUTS + "/{id}");
        assertThat(held("whoop_workout", "id", workout)).isZero();
        assertThat(bed.metrics.counter("whoop.sync.absences-confirmed").getCount())
                .isEqualTo(1);
        bed.assertHoldsTheTruth(ANNA, Instant.EPOCH);
    }

    @Test
    void aDeletionNobodyToldIsFoundTwoHoursAfterAListLackedIt() {
        UUID workout = missingOnce();

        bed.pass(Duration.ofHours(2));

        assertThat(bed.calls()).containsExactly(WORKOUTS, WORKOUTS + "/{id}");
        assertThat(held("whoop_workout", "id", workout)).isZero();
        bed.assertHoldsTheTruth(ANNA, Instant.EPOCH);
    }

    @Test
    void aDeletionNobodyToldIsFoundAmongTheNewest25HoweverOldTheyAre() {
        int older = bed.jdbi.withHandle(handle -> handle.createQuery("""
                        select count(*) from whoop_workout
                        where user_id = :who and deleted_at is null and start_at > :monthAgo""")
                .bind("who", ANNA.value())
                .bind("monthAgo", bed.clock.instant().minus(Duration.ofDays(32)).atOffset(ZoneOffset.UTC))
                .mapTo(Integer.class)
                .one());
        UUID workout = bed.deleteWorkout(ANNA, older);
        assertThat(held("whoop_workout", "id", workout)).isEqualTo(1);

        bed.tell(ANNA, RecordCollection.WORKOUT, bed.addWorkout(ANNA));
        bed.pass(Duration.ofHours(2));

        assertThat(older).as("newer ones").isBetween(1, 20);
        assertThat(bed.calls()).containsSequence(WORKOUTS, WORKOUTS, WORKOUTS + "/{id}");
        assertThat(held("whoop_workout", "id", workout)).isZero();
    }

    @Test
    void whatIsToldAgainWhileItIsReadIsReadAgain() {
        bed.pass(Duration.ofHours(2));
        UUID workout = bed.addWorkout(ANNA);
        bed.tell(ANNA, RecordCollection.WORKOUT, workout);
        bed.clock.advance(Duration.ofSeconds(6));
        bed.onCall(() -> {
            bed.clock.advance(Duration.ofMillis(5));
            bed.tell(ANNA, RecordCollection.WORKOUT, workout);
        });

        bed.work();

        assertThat(bed.calls()).containsExactly(WORKOUTS, WORKOUTS);
        assertThat(bed.openChanges(ANNA)).isZero();
    }

    @Test
    void aRefusedPermitIsWaitedForWithoutLosingWhatWasTold() {
        bed.pass(Duration.ofHours(2));
        UUID workout = bed.addWorkout(ANNA);
        bed.refused.set(Duration.ofSeconds(40));
        bed.tell(ANNA, RecordCollection.WORKOUT, workout);
        bed.pass(Duration.ofSeconds(6));
        assertThat(bed.openChanges(ANNA)).isEqualTo(1);
        assertThat(bed.nextOf(ANNA))
                .hasValueSatisfying(
                        next -> assertThat(next).isAfter(bed.clock.instant().plusSeconds(30)));

        bed.refused.set(null);
        bed.pass(Duration.ofSeconds(40));

        assertThat(bed.openChanges(ANNA)).isZero();
        bed.assertHoldsTheTruth(ANNA, Instant.EPOCH);
    }

    /** A workout whose deletion nobody told, and which a list has lacked. */
    private UUID missingOnce() {
        UUID workout = bed.deleteWorkout(ANNA);
        bed.tell(ANNA, RecordCollection.WORKOUT, bed.addWorkout(ANNA));
        bed.pass(Duration.ofSeconds(6));
        assertThat(held("whoop_workout", "id", workout)).as("missing once").isEqualTo(1);
        bed.calls();
        return workout;
    }

    private void wakeUp() {
        UUID night = bed.passUntilAwake(ANNA);
        bed.tell(ANNA, RecordCollection.SLEEP, night);
        bed.tell(ANNA, RecordCollection.RECOVERY, night);
        bed.work();
        bed.calls();
    }

    private UUID passUntilANap() {
        Instant since = bed.clock.instant();
        for (int i = 0; i < 4 * 24 * 60; i++) {
            bed.pass(Duration.ofMinutes(15));
            var naps = SyncBed.records(bed.twin.truth(ANNA.value()), "sleeps").stream()
                    .filter(sleep -> sleep.get("nap").equals(true)
                            && SyncBed.text(sleep, "score_state").equals("SCORED")
                            && SyncBed.moment(sleep, "start").isAfter(since))
                    .toList();
            if (!naps.isEmpty()) {
                return UUID.fromString(SyncBed.text(naps.get(0), "id"));
            }
        }
        throw new AssertionError("no nap in two months");
    }

    private int held(String table, String key, UUID id) {
        return bed.jdbi.withHandle(handle -> handle.createQuery(
                        "select count(*) from " + table + " where deleted_at is null and " + key + " = :id")
                .bind("id", id)
                .mapTo(Integer.class)
                .one());
    }
}
