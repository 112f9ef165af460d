package io.holisticos.whoop.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.whoop.api.ScoreState;
import io.holisticos.whoop.api.Window;
import io.holisticos.whoop.data.Coverage;
import io.holisticos.whoop.quota.Lane;
import io.holisticos.whoop.sync.MemberState.Permission;
import io.holisticos.whoop.sync.MemberState.ReadState;
import io.holisticos.whoop.sync.MemberState.ReceivedEvents;
import io.holisticos.whoop.sync.MemberState.Requested;
import io.holisticos.whoop.sync.MemberState.StoredRecords;
import io.holisticos.whoop.sync.PendingEvent.Hints;
import io.holisticos.whoop.sync.RecordEvent.Happened;
import io.holisticos.whoop.sync.Settlement.Closed;
import io.holisticos.whoop.sync.Settlement.EventOutcome;
import io.holisticos.whoop.sync.Settlement.PageContents;
import io.holisticos.whoop.sync.Settlement.PageRecord;
import io.holisticos.whoop.sync.Settlement.SleepType;
import io.holisticos.whoop.sync.Step.Listing;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a page settles, without a database. */
class SettlementTest {

    private static final Instant NOW = Instant.parse("2026-11-22T09:00:00Z");
    private static final Instant BEGUN_AT = NOW.minusSeconds(10);
    private static final Instant RECEIVED_AT = NOW.minusSeconds(60);
    private static final Window MONTH = new Window(NOW.minus(Duration.ofDays(30)), NOW);
    private static final UUID ID = UUID.fromString("00000000-0000-4000-8000-00000000000a");
    private static final Hints PARTNER_SETTLED = new Hints(true, false, null, null);
    private static final Hints DELETED = new Hints(false, true, null, null);

    private static final PendingEvent WORKOUT = event(RecordCollection.WORKOUT, 0, Hints.NONE);
    private static final PendingEvent SLEEP = event(RecordCollection.SLEEP, 0, Hints.NONE);
    private static final PendingEvent RECOVERY = event(RecordCollection.RECOVERY, 0, Hints.NONE);

    @ParameterizedTest
    @EnumSource(
            value = ScoreState.Kind.class,
            names = {"SCORED", "UNSCORABLE"})
    void aRecordThatIsReadEndsItsEvent(ScoreState.Kind score) {
        Settlement settlement = lastPage(WORKOUT, record(score, SleepType.NO_SLEEP));

        assertThat(settlement.closed()).containsExactly(new Closed(WORKOUT, EventOutcome.DONE));
        assertThat(settlement.postponed()).isEmpty();
        assertThat(settlement.added()).isEmpty();
    }

    @Test
    void aRecordWithoutItsScoreIsReadAgainInHalfAnHour() {
        Settlement settlement = lastPage(WORKOUT, record(ScoreState.Kind.PENDING_SCORE, SleepType.NO_SLEEP));

        assertThat(settlement.closed()).isEmpty();
        assertThat(settlement.postponed()).singleElement().satisfies(postponed -> {
            assertThat(postponed.attempt()).isEqualTo(6);
            assertThat(postponed.dueAt()).isEqualTo(NOW.plus(Duration.ofMinutes(30)));
            assertThat(postponed.recordId()).isEqualTo(ID);
        });
    }

    @Test
    void aRecordThatIsNeverScoredIsLeftToReconciliationAtLast() {
        PendingEvent lastAttempt = event(RecordCollection.WORKOUT, 8, Hints.NONE);

        Settlement settlement = lastPage(lastAttempt, record(ScoreState.Kind.PENDING_SCORE, SleepType.NO_SLEEP));

        assertThat(settlement.closed()).containsExactly(new Closed(lastAttempt, EventOutcome.GIVEN_UP));
        assertThat(settlement.postponed()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"WORKOUT, 0, PT1M", "WORKOUT, 1, PT5M", "SLEEP, 0, PT30M"})
    void aRecordThatNoPageShowsIsLookedForAgain(RecordCollection collection, int attempt, Duration wait) {
        Settlement settlement = lastPage(event(collection, attempt, Hints.NONE));

        assertThat(settlement.postponed())
                .singleElement()
                .satisfies(postponed -> assertThat(postponed.dueAt()).isEqualTo(NOW.plus(wait)));
        assertThat(settlement.closed()).isEmpty();
    }

    @Test
    void aRecordIsNotMissingBeforeItsEventIsDue() {
        PendingEvent early = new PendingEvent(
                RecordCollection.WORKOUT,
                ID,
                Happened.UPDATED,
                RECEIVED_AT,
                RECEIVED_AT,
                NOW.plusSeconds(1),
                0,
                Hints.NONE);

        assertSettlesNothing(lastPage(early));
    }

    @Test
    void aRecordIsNotMissingBeforeTheLastPage() {
        assertSettlesNothing(firstPage(List.of(WORKOUT)));
        assertSettlesNothing(firstPage(List.of(event(RecordCollection.WORKOUT, 0, DELETED))));
    }

    @Test
    void aDeletedSleepThatIsNotListedEndsTheEventOfItsRecoveryToo() {
        PendingEvent deleted = event(RecordCollection.SLEEP, 0, DELETED);

        Settlement settlement = settle(List.of(deleted, RECOVERY), RecordCollection.SLEEP);

        assertThat(settlement.closed())
                .containsExactly(new Closed(deleted, EventOutcome.DELETED), new Closed(RECOVERY, EventOutcome.DELETED));
    }

    @Test
    void aDeletedWorkoutEndsOnlyItsOwnEvent() {
        PendingEvent deleted = event(RecordCollection.WORKOUT, 0, DELETED);

        Settlement settlement = settle(List.of(deleted, RECOVERY), RecordCollection.WORKOUT);

        assertThat(settlement.closed()).containsExactly(new Closed(deleted, EventOutcome.DELETED));
    }

    @Test
    void aMainSleepHasItsRecoveryReadAtOnce() {
        Settlement settlement = lastPage(SLEEP, record(ScoreState.Kind.SCORED, SleepType.MAIN_SLEEP));

        assertThat(settlement.closed()).containsExactly(new Closed(SLEEP, EventOutcome.DONE));
        assertThat(settlement.added()).containsExactly(SLEEP.asRecovery(NOW));
    }

    @ParameterizedTest
    @CsvSource({"SCORED, NAP", "UNSCORABLE, MAIN_SLEEP"})
    void aSleepWithoutARecoveryAsksForNone(ScoreState.Kind score, SleepType type) {
        assertThat(lastPage(SLEEP, record(score, type)).added()).isEmpty();
    }

    @Test
    void aRecoveryThatWasReadOrHasAnEventIsNotAddedAgain() {
        PageRecord night = record(ScoreState.Kind.SCORED, SleepType.MAIN_SLEEP);

        assertThat(lastPage(event(RecordCollection.SLEEP, 0, PARTNER_SETTLED), night)
                        .added())
                .isEmpty();
        Settlement both = settle(List.of(SLEEP, RECOVERY), RecordCollection.SLEEP, night);
        assertThat(both.added()).isEmpty();
        assertThat(both.closed())
                .as("the recovery is read by its own list")
                .containsExactly(new Closed(SLEEP, EventOutcome.DONE));
    }

    @Test
    void aSleepThatIsWaitedForStandsForItsRecovery() {
        Settlement settlement = settle(
                List.of(SLEEP, RECOVERY),
                RecordCollection.SLEEP,
                record(ScoreState.Kind.PENDING_SCORE, SleepType.MAIN_SLEEP));

        assertThat(settlement.closed()).containsExactly(new Closed(RECOVERY, EventOutcome.WITH_ITS_NIGHT));
        assertThat(settlement.postponed()).extracting(PendingEvent::collection).containsExactly(RecordCollection.SLEEP);
    }

    @Test
    void anEventThatCameWhileThePageWasFetchedStaysOpen() {
        PendingEvent later = receivedAt(RecordCollection.RECOVERY, BEGUN_AT.plusMillis(1));
        PageRecord pending = record(ScoreState.Kind.PENDING_SCORE, SleepType.MAIN_SLEEP);

        assertThat(settle(List.of(SLEEP, later), RecordCollection.SLEEP, pending)
                        .closed())
                .isEmpty();
        assertSettlesNothing(lastPage(
                receivedAt(RecordCollection.WORKOUT, BEGUN_AT.plusMillis(1)),
                record(ScoreState.Kind.SCORED, SleepType.NO_SLEEP)));
        assertThat(lastPage(
                                receivedAt(RecordCollection.WORKOUT, BEGUN_AT),
                                record(ScoreState.Kind.SCORED, SleepType.NO_SLEEP))
                        .closed())
                .hasSize(1);
    }

    @Test
    void aPageOfSleepsLeavesTheEventsOfOtherListsAlone() {
        assertSettlesNothing(settle(List.of(WORKOUT), RecordCollection.SLEEP));
        assertSettlesNothing(settle(List.of(RECOVERY), RecordCollection.WORKOUT));
    }

    @Test
    void aRecordThatIsFetchedByItsIdIsNotSettledByAList() {
        Hints old = new Hints(false, false, NOW.minus(Duration.ofDays(60)), 7L);
        PageRecord scored = record(ScoreState.Kind.SCORED, SleepType.MAIN_SLEEP);

        assertSettlesNothing(lastPage(event(RecordCollection.SLEEP, 0, old), scored));
        assertSettlesNothing(settle(List.of(event(RecordCollection.RECOVERY, 0, old)), RecordCollection.SLEEP, scored));
    }

    @Test
    void aRecoveryAloneWaitsForASleepThatIsNotThere() {
        Settlement settlement = settle(List.of(RECOVERY), RecordCollection.SLEEP);

        assertThat(settlement.closed()).containsExactly(new Closed(RECOVERY, EventOutcome.WITH_ITS_NIGHT));
        assertThat(settlement.added()).singleElement().satisfies(sleep -> {
            assertThat(sleep.collection()).isEqualTo(RecordCollection.SLEEP);
            assertThat(sleep.attempt()).isEqualTo(1);
            assertThat(sleep.dueAt()).isEqualTo(NOW.plus(Duration.ofMinutes(30)));
        });
        assertSettlesNothing(firstPage(RecordCollection.SLEEP, List.of(RECOVERY)));
    }

    @Test
    void aRecoveryAloneWaitsForASleepThatIsNotScored() {
        Settlement settlement = settle(
                List.of(RECOVERY), RecordCollection.SLEEP, record(ScoreState.Kind.PENDING_SCORE, SleepType.MAIN_SLEEP));

        assertThat(settlement.closed()).containsExactly(new Closed(RECOVERY, EventOutcome.WITH_ITS_NIGHT));
        assertThat(settlement.added()).extracting(PendingEvent::attempt).containsExactly(6);
    }

    @Test
    void aRecoveryAloneHasItsSleepReadAlong() {
        PageRecord scored = record(ScoreState.Kind.SCORED, SleepType.MAIN_SLEEP);

        Settlement settlement = settle(List.of(RECOVERY), RecordCollection.SLEEP, scored);

        assertThat(settlement.readAlong()).containsExactly(RECOVERY.asSleep());
        assertThat(settlement.closed()).isEmpty();
        assertSettlesNothing(
                settle(List.of(event(RecordCollection.RECOVERY, 0, PARTNER_SETTLED)), RecordCollection.SLEEP, scored));
    }

    @Test
    void aDeletedRecoveryAloneIsOver() {
        PendingEvent deleted = event(RecordCollection.RECOVERY, 0, DELETED);

        Settlement settlement = settle(List.of(deleted), RecordCollection.SLEEP);

        assertThat(settlement.closed()).containsExactly(new Closed(deleted, EventOutcome.DELETED));
        assertThat(settlement.added()).isEmpty();
    }

    @Test
    void theEventOfACycleEndsWithTheList() {
        PendingEvent cycle = event(RecordCollection.CYCLE, 0, Hints.NONE);
        PageRecord unnamed = new PageRecord(null, ScoreState.Kind.SCORED, SleepType.NO_SLEEP);

        assertThat(settle(List.of(cycle), RecordCollection.CYCLE, unnamed).closed())
                .containsExactly(new Closed(cycle, EventOutcome.DONE));
    }

    @Test
    void theLastPageSaysWhenTheCollectionWasListed() {
        Settlement settlement = lastPage(WORKOUT);

        assertThat(settlement.listing()).isNull();
        assertThat(settlement.listedAt()).isEqualTo(BEGUN_AT);
    }

    @Test
    void aPageWithATokenIsFollowedByTheNext() {
        Window unread = new Window(MONTH.start(), NOW.minus(Duration.ofDays(5)));

        Settlement settlement = page(Map.of(), new PageContents(List.of(), "token", unread.end(), unread));

        assertThat(settlement.listedAt()).isNull();
        assertThat(settlement.listing())
                .isEqualTo(listing(RecordCollection.WORKOUT).next(unread, "token"));
        assertThat(page(Map.of(), new PageContents(List.of(), "token", null, null))
                        .listing())
                .as("a page that proves nothing leaves all unread")
                .isEqualTo(listing(RecordCollection.WORKOUT).next(MONTH, "token"));
    }

    @ParameterizedTest
    @CsvSource({"PT0.001S, true", "PT0S, false", "PT-1S, false"})
    void aListingEndsThreeDaysBeforeTheLastOne(Duration further, boolean ends) {
        Instant before = NOW.minus(Duration.ofDays(1));
        Instant readTo = before.minus(Duration.ofDays(3)).minus(further);

        Settlement settlement =
                page(Map.of(RecordCollection.WORKOUT, before), new PageContents(List.of(), "token", readTo, MONTH));

        assertThat(settlement.listing() == null).isEqualTo(ends);
        assertThat(settlement.listedAt()).isEqualTo(ends ? BEGUN_AT : null);
    }

    @Test
    void aPageThatProvesNothingDoesNotEndTheListing() {
        Settlement settlement =
                page(Map.of(RecordCollection.WORKOUT, NOW), new PageContents(List.of(), "token", null, null));

        assertThat(settlement.listing()).isNotNull();
    }

    @Test
    void aRecordByItsIdSettlesItsEventAndNoListing() {
        Listing unfinished = listing(RecordCollection.SLEEP);
        MemberState state = state(List.of(WORKOUT), Map.of(), unfinished);

        Settlement found = Settlement.ofRecord(state, WORKOUT, record(ScoreState.Kind.SCORED, SleepType.NO_SLEEP), NOW);
        Settlement missing = Settlement.ofRecord(state, WORKOUT, null, NOW);

        assertThat(found.closed()).containsExactly(new Closed(WORKOUT, EventOutcome.DONE));
        assertThat(found.listing()).isEqualTo(unfinished);
        assertThat(found.listedAt()).isNull();
        assertThat(missing.postponed()).extracting(PendingEvent::attempt).containsExactly(1);
    }

    @Test
    void outcomesHaveTheirWordsInRows() {
        assertThat(EventOutcome.values())
                .extracting(EventOutcome::word)
                .containsExactly("done", "with_its_night", "deleted", "given_up");
    }

    private static void assertSettlesNothing(Settlement settlement) {
        assertThat(settlement.closed()).isEmpty();
        assertThat(settlement.postponed()).isEmpty();
        assertThat(settlement.added()).isEmpty();
        assertThat(settlement.readAlong()).isEmpty();
    }

    private static Settlement lastPage(PendingEvent event, PageRecord... records) {
        return settle(List.of(event), event.collection(), records);
    }

    private static Settlement settle(List<PendingEvent> pending, RecordCollection collection, PageRecord... records) {
        return Settlement.of(
                state(pending, Map.of(), null),
                listing(collection),
                new PageContents(List.of(records), null, MONTH.start(), null),
                NOW);
    }

    private static Settlement firstPage(List<PendingEvent> pending) {
        return firstPage(RecordCollection.WORKOUT, pending);
    }

    private static Settlement firstPage(RecordCollection collection, List<PendingEvent> pending) {
        return Settlement.of(
                state(pending, Map.of(), null),
                listing(collection),
                new PageContents(List.of(), "token", null, null),
                NOW);
    }

    private static Settlement page(Map<RecordCollection, Instant> listedAt, PageContents contents) {
        return Settlement.of(state(List.of(), listedAt, null), listing(RecordCollection.WORKOUT), contents, NOW);
    }

    private static Listing listing(RecordCollection collection) {
        return Listing.begin(collection, MONTH, BEGUN_AT, Lane.WEBHOOK);
    }

    private static PageRecord record(ScoreState.Kind score, SleepType type) {
        return new PageRecord(ID, score, type);
    }

    private static PendingEvent event(RecordCollection collection, int attempt, Hints hints) {
        return new PendingEvent(
                collection, ID, Happened.UPDATED, RECEIVED_AT, RECEIVED_AT, NOW.minusSeconds(1), attempt, hints);
    }

    private static PendingEvent receivedAt(RecordCollection collection, Instant receivedAt) {
        return new PendingEvent(
                collection, ID, Happened.UPDATED, receivedAt, receivedAt, NOW.minusSeconds(1), 0, Hints.NONE);
    }

    private static MemberState state(
            List<PendingEvent> pending, Map<RecordCollection, Instant> listedAt, Listing listing) {
        return new MemberState(
                NOW,
                new ReceivedEvents(pending, RECEIVED_AT),
                new ReadState(null, listedAt, listing, null, null),
                new StoredRecords(null, null, ZoneOffset.UTC, List.of()),
                new Requested(Permission.ALLOWED, null, null, Coverage.none()),
                ReadFailures.NONE);
    }
}
