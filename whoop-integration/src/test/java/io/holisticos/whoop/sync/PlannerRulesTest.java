package io.holisticos.whoop.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.UserId;
import io.holisticos.whoop.api.Window;
import io.holisticos.whoop.data.Absent;
import io.holisticos.whoop.data.Coverage;
import io.holisticos.whoop.data.RecordKind;
import io.holisticos.whoop.quota.Lane;
import io.holisticos.whoop.sync.MemberState.Backfill;
import io.holisticos.whoop.sync.MemberState.Failure;
import io.holisticos.whoop.sync.MemberState.NewestCycle;
import io.holisticos.whoop.sync.MemberState.Night;
import io.holisticos.whoop.sync.MemberState.Pause;
import io.holisticos.whoop.sync.MemberState.Permission;
import io.holisticos.whoop.sync.MemberState.ReadState;
import io.holisticos.whoop.sync.MemberState.ReceivedEvents;
import io.holisticos.whoop.sync.MemberState.Requested;
import io.holisticos.whoop.sync.MemberState.StoredRecords;
import io.holisticos.whoop.sync.PendingEvent.Hints;
import io.holisticos.whoop.sync.ReadFailures.ReadFailure;
import io.holisticos.whoop.sync.ReadFailures.ReadTarget;
import io.holisticos.whoop.sync.RecordEvent.Happened;
import io.holisticos.whoop.sync.Step.AbandonRun;
import io.holisticos.whoop.sync.Step.AskById;
import io.holisticos.whoop.sync.Step.Finish;
import io.holisticos.whoop.sync.Step.ListPage;
import io.holisticos.whoop.sync.Step.Listing;
import io.holisticos.whoop.sync.Step.MarkDeleted;
import io.holisticos.whoop.sync.Step.ReadById;
import io.holisticos.whoop.sync.Step.ReadPerson;
import io.holisticos.whoop.sync.Step.SilenceAlarm;
import io.holisticos.whoop.sync.Step.Stop;
import io.holisticos.whoop.sync.Step.Wait;
import io.holisticos.whoop.sync.SyncRun.Kind;
import io.holisticos.whoop.sync.SyncRun.Stage;
import io.holisticos.whoop.sync.SyncRun.State;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Each rule of the planner with the smallest state that it has something to do in. */
class PlannerRulesTest {

    private static final Instant NOW = Instant.parse("2026-11-22T09:00:00Z");
    private static final ReconcileHour HOUR = ReconcileHour.of(new UserId("demo-anna"), ZoneOffset.UTC);
    private static final UUID ID = UUID.fromString("00000000-0000-4000-8000-00000000000a");
    private static final Instant LONG_AGO = NOW.minus(Duration.ofDays(3));
    private static final Hints OLD = new Hints(false, false, NOW.minus(Duration.ofDays(60)), 7L);

    // What is stored of a member for whom there is nothing to do.
    private final List<PendingEvent> pending = new ArrayList<>();
    private final Map<RecordCollection, Instant> listedAt = new EnumMap<>(RecordCollection.class);
    private final Map<ReadTarget, ReadFailure> failures = new HashMap<>();
    private final List<Absent> absent = new ArrayList<>();
    private Instant lastEventAt = NOW;
    private Night night = night(NOW.minus(Duration.ofHours(2)), true);
    private NewestCycle cycle = new NewestCycle(7, NOW.minus(Duration.ofHours(10)));
    private Listing listing;
    private Instant relistBefore;
    private Pause pause;
    private Permission permission = Permission.ALLOWED;
    private SyncRun run;
    private Backfill backfill;

    PlannerRulesTest() {
        listAll(NOW);
    }

    @Test
    void nothingIsDoneWithoutPermission() {
        pending.add(due(RecordCollection.WORKOUT, Hints.NONE));
        permission = Permission.STOPPED;
        assertThat(next()).isEqualTo(new Stop());

        permission = Permission.OFF;
        assertThat(next()).isEqualTo(new Wait(NOW.plus(Duration.ofMinutes(5))));
        run = run(Kind.SYNC, Stage.CYCLES);
        assertThat(next()).as("somebody waits").isEqualTo(new Wait(NOW.plusSeconds(30)));
    }

    @Test
    void aDeletionComesBeforeAllElse() {
        listing = listing(RecordCollection.SLEEP, Lane.WEBHOOK);
        PendingEvent deletion = new PendingEvent(
                RecordCollection.WORKOUT, ID, Happened.DELETED, NOW, NOW, NOW.plusSeconds(5), 0, Hints.NONE);
        pending.add(deletion);

        assertThat(next()).isEqualTo(new MarkDeleted(deletion));
    }

    @Test
    void aListingIsFinishedBeforeARunGoesOn() {
        listing = listing(RecordCollection.SLEEP, Lane.WEBHOOK);
        run = run(Kind.SYNC, Stage.CYCLES);

        assertThat(next()).isEqualTo(new ListPage(listing));
    }

    @ParameterizedTest
    @EnumSource(
            value = Stage.class,
            names = {"PROFILE", "BODY_MEASUREMENT"})
    void aRunReadsWhoTheMemberIs(Stage stage) {
        run = run(Kind.FIRST_SYNC, stage);
        assertThat(next()).isEqualTo(new ReadPerson(stage));

        failures.put(new ReadTarget(stage, false), failed(SyncError.BAD_REPLY, 5, NOW.plusSeconds(60)));
        assertThat(next()).isEqualTo(new AbandonRun(run, stage, SyncError.BAD_REPLY));
    }

    @Test
    void aRunReadsTheListsThatAreNotFreshAndEnds() {
        run = run(Kind.SYNC, Stage.CYCLES);
        listedAt.put(RecordCollection.SLEEP, NOW.minus(Duration.ofHours(1)).minusMillis(1));

        assertThat(next())
                .isEqualTo(new ListPage(Listing.begin(
                        RecordCollection.SLEEP,
                        new Window(NOW.minus(Duration.ofDays(30)), NOW),
                        NOW,
                        Lane.INTERACTIVE)));
        listedAt.put(RecordCollection.SLEEP, NOW.minus(Duration.ofHours(1)));
        assertThat(next()).isEqualTo(new Finish(run));
    }

    @Test
    void cyclesAreReadForEveryRun() {
        run = run(Kind.SYNC, Stage.CYCLES);
        listedAt.put(RecordCollection.CYCLE, NOW.minusMillis(1));

        assertLists(RecordCollection.CYCLE, Lane.INTERACTIVE);
    }

    @Test
    void aRunReadsWhatItCanBeforeItIsAbandoned() {
        run = run(Kind.SYNC, Stage.CYCLES);
        listedAt.put(RecordCollection.SLEEP, LONG_AGO);
        listedAt.put(RecordCollection.WORKOUT, LONG_AGO);
        failures.put(new ReadTarget(Stage.SLEEPS, false), failed(SyncError.BAD_REPLY, 5, NOW.plusSeconds(60)));
        assertLists(RecordCollection.WORKOUT, Lane.INTERACTIVE);

        failures.put(new ReadTarget(Stage.WORKOUTS, false), failed(SyncError.BAD_REPLY, 5, NOW.plusSeconds(60)));
        assertThat(next()).isEqualTo(new AbandonRun(run, Stage.SLEEPS, SyncError.BAD_REPLY));

        failures.put(new ReadTarget(Stage.WORKOUTS, false), failed(SyncError.BAD_REPLY, 4, NOW.plusSeconds(60)));
        assertThat(next()).as("a fifth attempt may still work").isEqualTo(new Wait(NOW.plusSeconds(60)));
    }

    @Test
    void aRecordBeyondListsIsReadByItsIdWhenItIsDue() {
        PendingEvent old = due(RecordCollection.WORKOUT, OLD);
        pending.add(old);
        assertThat(next()).isEqualTo(new ReadById(old));

        pending.set(0, event(RecordCollection.WORKOUT, NOW.plusSeconds(5), 0, OLD));
        assertThat(next()).isEqualTo(new Wait(NOW.plusSeconds(5)));
    }

    @ParameterizedTest
    @EnumSource(RecordCollection.class)
    void anEventIsReadByItsListWhenItIsDue(RecordCollection collection) {
        pending.add(event(collection, NOW, 0, new Hints(true, false, null, null)));
        assertLists(collection, Lane.WEBHOOK);

        pending.set(0, event(collection, NOW.plusSeconds(5), 0, Hints.NONE));
        assertThat(next()).isEqualTo(new Wait(NOW.plusSeconds(5)));
    }

    @Test
    void aRecoveryAloneHasItsSleepListedFirst() {
        listedAt.put(RecordCollection.SLEEP, NOW.minusSeconds(60));
        pending.add(due(RecordCollection.RECOVERY, Hints.NONE));
        assertLists(RecordCollection.SLEEP, Lane.WEBHOOK);

        listedAt.put(RecordCollection.SLEEP, NOW.minusSeconds(30));
        assertLists(RecordCollection.RECOVERY, Lane.WEBHOOK);
        listedAt.put(RecordCollection.SLEEP, NOW.minusSeconds(60));
        pending.set(0, event(RecordCollection.RECOVERY, NOW, 1, Hints.NONE));
        assertLists(RecordCollection.RECOVERY, Lane.WEBHOOK);
    }

    @Test
    void aNewMainSleepHasItsCycleListed() {
        night = night(NOW.minus(Duration.ofHours(2)), false);
        listedAt.put(RecordCollection.CYCLE, NOW.minusSeconds(1));
        assertLists(RecordCollection.CYCLE, Lane.WEBHOOK);

        listedAt.put(RecordCollection.CYCLE, NOW);
        assertThat(next()).isInstanceOf(Wait.class);
        listedAt.put(RecordCollection.CYCLE, NOW.minusSeconds(1));
        night = night(NOW.minus(Duration.ofHours(2)), true);
        assertThat(next()).isInstanceOf(Wait.class);
    }

    @Test
    void aRecordThatTwoListsLackedIsAskedForByItsId() {
        absent.add(new Absent(RecordKind.WORKOUT, "id", null, NOW, true));

        assertThat(next()).isEqualTo(new AskById(absent.get(0)));
    }

    @Test
    void aRecordThatOneListLackedIsLookedForOnce() {
        absent.add(new Absent(RecordKind.WORKOUT, "id", null, NOW.minus(Duration.ofHours(2)), false));
        listedAt.put(RecordCollection.WORKOUT, NOW.minus(Duration.ofHours(1)).minusMillis(1));
        assertLists(RecordCollection.WORKOUT, Lane.RECONCILE);

        listedAt.put(RecordCollection.WORKOUT, NOW.minus(Duration.ofHours(1)));
        assertThat(next()).isInstanceOf(Wait.class);
    }

    @Test
    void afterADayWithoutEventsTheCyclesAreListedFirst() {
        silent();
        listedAt.put(RecordCollection.CYCLE, NOW.minusMillis(1));
        assertLists(RecordCollection.CYCLE, Lane.RECONCILE);

        lastEventAt = lastEventAt.plusMillis(1);
        assertThat(next()).isEqualTo(new Wait(NOW.plusMillis(1)));
    }

    @Test
    void theAlarmSoundsOnceWhenCyclesWentOn() {
        silent();
        assertThat(next()).isEqualTo(new SilenceAlarm(NOW));

        relistBefore = NOW.minusMillis(1);
        assertThat(next()).isEqualTo(new SilenceAlarm(NOW));
        relistBefore = NOW;
        assertThat(next()).isInstanceOf(Wait.class);
    }

    @Test
    void withoutANightTheEventsAloneAreSuspicious() {
        silent();
        night = null;

        assertThat(next()).isEqualTo(new SilenceAlarm(NOW));
    }

    @ParameterizedTest(name = "cycle {0}, {1} hours old")
    @CsvSource({"7, 20", "8, 38", "8, 39"})
    void theAlarmIsSilentWhileNoCycleBeganAfterTheNight(long cycleId, int hours) {
        silent();
        cycle = new NewestCycle(cycleId, NOW.minus(Duration.ofHours(hours)));

        assertThat(next()).isInstanceOf(Wait.class);
    }

    @Test
    void theAlarmIsSilentForAMemberWithoutAStrap() {
        silent();
        cycle = new NewestCycle(8, NOW.minus(Duration.ofDays(2)).minusMillis(1));
        assertThat(next()).isInstanceOf(Wait.class);

        cycle = null;
        assertThat(next()).isInstanceOf(Wait.class);
    }

    @Test
    void everyListThatIsOlderThanTheAlarmIsReadAgain() {
        relistBefore = NOW.minus(Duration.ofHours(1));
        listedAt.put(RecordCollection.RECOVERY, relistBefore.minusMillis(1));

        assertThat(next())
                .isEqualTo(new ListPage(Listing.begin(
                        RecordCollection.RECOVERY,
                        new Window(NOW.minus(Duration.ofDays(183)), NOW),
                        NOW,
                        Lane.RECONCILE)));
        listedAt.put(RecordCollection.RECOVERY, relistBefore);
        assertThat(next()).isInstanceOf(Wait.class);
    }

    @Test
    void listsAreReconciledInOrder() {
        listAll(LONG_AGO);
        List<RecordCollection> read = new ArrayList<>();
        while (next() instanceof ListPage page) {
            assertThat(page.lane()).isEqualTo(Lane.RECONCILE);
            read.add(page.collection());
            listedAt.put(page.collection(), NOW);
        }

        assertThat(read)
                .containsExactly(
                        RecordCollection.CYCLE,
                        RecordCollection.SLEEP,
                        RecordCollection.RECOVERY,
                        RecordCollection.WORKOUT);
    }

    @Test
    void aCollectionThatWasNeverListedIsReadForAMonth() {
        listedAt.remove(RecordCollection.SLEEP);

        assertThat(next())
                .isEqualTo(new ListPage(Listing.begin(
                        RecordCollection.SLEEP, new Window(NOW.minus(Duration.ofDays(30)), NOW), NOW, Lane.RECONCILE)));
    }

    @Test
    void onlyCyclesAreReconciledWithoutAStrap() {
        listAll(LONG_AGO);
        cycle = new NewestCycle(7, LONG_AGO.minus(Duration.ofDays(2)));
        assertLists(RecordCollection.CYCLE, Lane.RECONCILE);

        listedAt.put(RecordCollection.CYCLE, NOW);
        assertThat(next()).isInstanceOf(Wait.class);
        cycle = new NewestCycle(7, NOW.minus(Duration.ofDays(1)));
        assertLists(RecordCollection.SLEEP, Lane.RECONCILE);
        cycle = null; // the list of cycles was empty
        assertThat(next()).isInstanceOf(Wait.class);
    }

    @Test
    void whatHappenedBeforeTheStrapWasTakenOffIsReconciledOnce() {
        listAll(LONG_AGO); // an event after that may have been lost
        listedAt.put(RecordCollection.CYCLE, NOW);
        cycle = new NewestCycle(7, NOW.minus(Duration.ofDays(2)).minusMillis(1));

        assertLists(RecordCollection.SLEEP, Lane.RECONCILE);

        listAll(NOW);
        assertThat(next()).isInstanceOf(Wait.class);
    }

    @Test
    void aListThatFailedIsTriedAgainWhenItIsDue() {
        failures.put(new ReadTarget(Stage.SLEEPS, false), failed(SyncError.BAD_REPLY, 2, NOW));
        assertLists(RecordCollection.SLEEP, Lane.RECONCILE);

        failures.clear();
        failures.put(new ReadTarget(Stage.SLEEPS, true), failed(SyncError.BAD_REPLY, 2, NOW));
        assertThat(next()).as("the years before are the backfill's").isInstanceOf(Wait.class);
        failures.clear();
        failures.put(new ReadTarget(Stage.SLEEPS, false), failed(SyncError.BAD_REPLY, 2, NOW.plusSeconds(7)));
        assertThat(next()).isEqualTo(new Wait(NOW.plusSeconds(7)));
    }

    @Test
    void theListThatMetAnOutageIsTriedAgainAfterIt() {
        Failure failure = new Failure(SyncError.UNAVAILABLE, RecordCollection.WORKOUT);
        pause = new Pause(Lane.WEBHOOK, NOW, 1, failure);
        assertLists(RecordCollection.WORKOUT, Lane.RECONCILE);

        pause = new Pause(Lane.WEBHOOK, NOW.plusSeconds(9), 1, failure);
        assertThat(next()).isEqualTo(new Wait(NOW.plusSeconds(9)));
        pause = new Pause(Lane.BACKFILL, NOW, 1, failure);
        assertThat(next())
                .as("the newest page says nothing of the years before")
                .isInstanceOf(Wait.class);
    }

    @Test
    void inAnOutageTheListsThatEventsNameAreReadInTurn() {
        pending.add(due(RecordCollection.SLEEP, new Hints(true, false, null, null)));
        pending.add(due(RecordCollection.WORKOUT, Hints.NONE));
        assertLists(RecordCollection.SLEEP, Lane.WEBHOOK);

        pause = new Pause(Lane.WEBHOOK, NOW, 1, new Failure(SyncError.UNAVAILABLE, RecordCollection.RECOVERY));
        assertLists(RecordCollection.WORKOUT, Lane.WEBHOOK);
    }

    @Test
    void aBackfillReadsTheNewestGapFirst() {
        backfill = new Backfill(run(Kind.BACKFILL, Stage.CYCLES), null);
        listAll(NOW.minusSeconds(60));
        listedAt.put(RecordCollection.RECOVERY, NOW.minusSeconds(30));

        assertThat(next())
                .isEqualTo(new ListPage(Listing.begin(
                        RecordCollection.RECOVERY,
                        new Window(backfill.run().window().start(), NOW.minusSeconds(30)),
                        NOW,
                        Lane.BACKFILL)));
        listAll(NOW.minusSeconds(60));
        assertLists(RecordCollection.CYCLE, Lane.BACKFILL);
        pause = new Pause(Lane.BACKFILL, NOW, 1, new Failure(SyncError.UNAVAILABLE, RecordCollection.CYCLE));
        assertLists(RecordCollection.SLEEP, Lane.BACKFILL);
    }

    @Test
    void aBackfillGoesOnWithItsListing() {
        backfill = new Backfill(run(Kind.BACKFILL, Stage.CYCLES), listing(RecordCollection.WORKOUT, Lane.BACKFILL));
        assertThat(next()).isEqualTo(new ListPage(backfill.listing()));

        pause = new Pause(Lane.BACKFILL, NOW.plusSeconds(9), 0, null);
        assertThat(next()).isEqualTo(new Wait(NOW.plusSeconds(9)));
    }

    @Test
    void aBackfillWaitsUntilEveryNewestListIsRead() {
        backfill = new Backfill(run(Kind.BACKFILL, Stage.CYCLES), null);
        listedAt.remove(RecordCollection.WORKOUT);
        failures.put(new ReadTarget(Stage.WORKOUTS, false), failed(SyncError.BAD_REPLY, 1, NOW.plusSeconds(7)));

        assertThat(next()).isEqualTo(new Wait(NOW.plusSeconds(7)));
    }

    @Test
    void aBackfillWithoutAGapEnds() {
        backfill = new Backfill(run(Kind.BACKFILL, Stage.CYCLES, new Window(NOW, NOW.plusSeconds(1))), null);

        assertThat(next()).isEqualTo(new Finish(backfill.run()));
    }

    @Test
    void aBackfillIsAbandonedWhenAllItsListsFail() {
        backfill = new Backfill(run(Kind.BACKFILL, Stage.CYCLES), null);
        for (RecordCollection collection : RecordCollection.values()) {
            failures.put(
                    new ReadTarget(Stage.of(collection), true),
                    failed(SyncError.TOO_MANY_PAGES, 1, NOW.plusSeconds(60)));
        }

        assertThat(next()).isEqualTo(new AbandonRun(backfill.run(), Stage.CYCLES, SyncError.TOO_MANY_PAGES));
    }

    @Test
    void theNextMomentIsTheEarliestOfAll() {
        absent.add(new Absent(RecordKind.SLEEP, ID.toString(), null, NOW, false));
        assertThat(next()).isEqualTo(new Wait(NOW.plus(Duration.ofHours(1))));

        pause = new Pause(Lane.RECONCILE, NOW.plus(Duration.ofMinutes(50)), 0, null);
        assertThat(next()).isEqualTo(new Wait(pause.until()));
        failures.put(
                new ReadTarget(Stage.PROFILE, false), failed(SyncError.BAD_REPLY, 1, NOW.plus(Duration.ofMinutes(40))));
        assertThat(next()).isEqualTo(new Wait(NOW.plus(Duration.ofMinutes(40))));
        pending.add(event(RecordCollection.SLEEP, NOW.plus(Duration.ofMinutes(30)), 0, Hints.NONE));
        assertThat(next()).isEqualTo(new Wait(NOW.plus(Duration.ofMinutes(30))));
    }

    private Step next() {
        return Planner.next(
                new MemberState(
                        NOW,
                        new ReceivedEvents(pending, lastEventAt),
                        new ReadState(null, listedAt, listing, relistBefore, pause),
                        new StoredRecords(night, cycle, ZoneOffset.UTC, absent),
                        new Requested(permission, run, backfill, Coverage.none()),
                        new ReadFailures(failures)),
                HOUR);
    }

    private void assertLists(RecordCollection collection, Lane lane) {
        assertThat(next()).isInstanceOfSatisfying(ListPage.class, page -> {
            assertThat(page.collection()).isEqualTo(collection);
            assertThat(page.lane()).isEqualTo(lane);
        });
    }

    private void listAll(Instant at) {
        for (RecordCollection collection : RecordCollection.values()) {
            listedAt.put(collection, at);
        }
    }

    /** A day without an event, thirty hours without a night, and a cycle since. */
    private void silent() {
        lastEventAt = NOW.minus(Duration.ofHours(24));
        night = night(NOW.minus(Duration.ofHours(30)), true);
        cycle = new NewestCycle(8, NOW.minus(Duration.ofHours(20)));
    }

    private static Night night(Instant end, boolean cycleSettled) {
        return new Night(7, end.minus(Duration.ofHours(8)), end, cycleSettled);
    }

    private static Listing listing(RecordCollection collection, Lane lane) {
        return Listing.begin(collection, new Window(NOW.minus(Duration.ofDays(30)), NOW), NOW, lane);
    }

    private static ReadFailure failed(SyncError error, int times, Instant retryAt) {
        return new ReadFailure(error, times, retryAt);
    }

    private static PendingEvent due(RecordCollection collection, Hints hints) {
        return event(collection, NOW, 0, hints);
    }

    private static PendingEvent event(RecordCollection collection, Instant dueAt, int attempt, Hints hints) {
        Instant receivedAt = NOW.minusSeconds(30);
        return new PendingEvent(collection, ID, Happened.UPDATED, receivedAt, receivedAt, dueAt, attempt, hints);
    }

    private static SyncRun run(Kind kind, Stage stage) {
        return run(kind, stage, new Window(NOW.minus(Duration.ofDays(400)), NOW));
    }

    private static SyncRun run(Kind kind, Stage stage, Window window) {
        return new SyncRun(
                ID,
                new UserId("demo-anna"),
                kind,
                State.RUNNING,
                stage,
                window,
                NOW.minus(Duration.ofHours(1)),
                0,
                0,
                0,
                NOW,
                NOW,
                null,
                null);
    }
}
