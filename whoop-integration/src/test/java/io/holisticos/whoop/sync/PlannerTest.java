package io.holisticos.whoop.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.UserId;
import io.holisticos.whoop.api.ScoreState;
import io.holisticos.whoop.api.Window;
import io.holisticos.whoop.data.Absent;
import io.holisticos.whoop.data.Coverage;
import io.holisticos.whoop.data.RecordKind;
import io.holisticos.whoop.quota.Lane;
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
import io.holisticos.whoop.sync.Settlement.PageContents;
import io.holisticos.whoop.sync.Settlement.PageRecord;
import io.holisticos.whoop.sync.Settlement.SleepType;
import io.holisticos.whoop.sync.Step.ListPage;
import io.holisticos.whoop.sync.Step.Listing;
import io.holisticos.whoop.sync.Step.Wait;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.NotEmpty;
import org.junit.jupiter.api.Test;

/** The planner without a database: what it asks for, and that it comes to an end whatever WHOOP answers. */
class PlannerTest {

    private static final Instant NOW = Instant.parse("2026-11-22T09:00:00Z");
    private static final UserId ANNA = new UserId("demo-anna");
    private static final ReconcileHour HOUR = ReconcileHour.of(ANNA, ZoneOffset.UTC);
    private static final Night NIGHT =
            new Night(7, NOW.minus(Duration.ofHours(10)), NOW.minus(Duration.ofHours(2)), true);
    private static final NewestCycle CYCLE = new NewestCycle(7, NIGHT.start());

    @Test
    void withNothingToDoItWaitsForTheNextNightThatHasSomething() {
        MemberState state = state(NOW, List.of(), listed(NOW), null);

        assertThat(Planner.next(state, HOUR))
                .as("what is listed by day is old by the night after next; silence would be suspicious before")
                .isEqualTo(new Wait(NIGHT.end().plus(Duration.ofHours(30))));
    }

    @Test
    void aQuietMemberCostsOneCycleListEverySecondNight() {
        Instant start = NOW.minus(Duration.ofDays(9));
        StoredRecords held = new StoredRecords(
                new Night(7, start, start.plus(Duration.ofHours(8)), true),
                new NewestCycle(7, start),
                ZoneOffset.UTC,
                List.of());
        Map<RecordCollection, Instant> listedAt = new EnumMap<>(listed(HOUR.last(NOW)));
        List<String> calls = new ArrayList<>();
        Instant now = NOW;
        while (now.isBefore(NOW.plus(Duration.ofDays(20)))) {
            MemberState state = new MemberState(
                    now,
                    new ReceivedEvents(List.of(), start.plus(Duration.ofHours(9))),
                    new ReadState(null, listedAt, null, null, null),
                    held,
                    new Requested(Permission.ALLOWED, null, null, Coverage.none()),
                    ReadFailures.NONE);
            Step step = Planner.next(state, HOUR);
            if (step instanceof Wait wait) {
                now = wait.until();
            } else if (step instanceof ListPage list) {
                calls.add(list.listing().collection() + " " + list.lane());
                listedAt.put(list.listing().collection(), now);
            }
        }

        assertThat(calls).hasSize(10).containsOnly("CYCLE RECONCILE");
    }

    @Test
    void lanesGoBeforeEachOther() {
        PendingEvent told = event(RecordCollection.WORKOUT, NOW.minusSeconds(10), NOW.minusSeconds(5));
        MemberState state = state(NOW, List.of(told), listed(NOW.minus(Duration.ofDays(3))), null);

        assertThat(Planner.next(state, HOUR)).isInstanceOfSatisfying(ListPage.class, list -> {
            assertThat(list.lane()).isEqualTo(Lane.WEBHOOK);
            assertThat(list.listing().collection()).isEqualTo(RecordCollection.WORKOUT);
        });
    }

    @Test
    void aPausedLaneLetsThoseAboveItGoOn() {
        Pause pause = new Pause(Lane.RECONCILE, NOW.plusSeconds(500), 0, null);
        Map<RecordCollection, Instant> longAgo = listed(NOW.minus(Duration.ofDays(3)));
        PendingEvent told = event(RecordCollection.WORKOUT, NOW.minusSeconds(10), NOW.minusSeconds(5));

        assertThat(Planner.next(state(NOW, List.of(), longAgo, pause), HOUR)).isEqualTo(new Wait(pause.until()));
        assertThat(Planner.next(state(NOW, List.of(told), longAgo, pause), HOUR))
                .isInstanceOf(ListPage.class);
    }

    @Test
    void whatWasToldOfOtherListsDoesNotWaitForOneThatIsAway() {
        List<PendingEvent> told = List.of(
                event(RecordCollection.SLEEP, NOW.minusSeconds(10), NOW.minusSeconds(5)),
                event(RecordCollection.WORKOUT, NOW.minusSeconds(10), NOW.minusSeconds(5)));
        Pause pause =
                new Pause(Lane.WEBHOOK, NOW, 4, new MemberState.Failure(SyncError.UNAVAILABLE, RecordCollection.SLEEP));

        Step step = Planner.next(state(NOW, told, listed(NOW.minusSeconds(60)), pause), HOUR);

        assertThat(step.collection()).isEqualTo(RecordCollection.WORKOUT);
    }

    @Test
    void theOtherListsOfTheQuietHourAreReadBeforeTheOneThatIsAway() {
        Map<RecordCollection, Instant> longAgo = listed(NOW.minus(Duration.ofDays(3)));
        Pause pause = new Pause(
                Lane.RECONCILE, NOW, 4, new MemberState.Failure(SyncError.UNAVAILABLE, RecordCollection.CYCLE));

        assertThat(Planner.next(state(NOW, List.of(), longAgo, pause), HOUR).collection())
                .isEqualTo(RecordCollection.SLEEP);
    }

    @Tag("law")
    @Property(tries = 200)
    void howeverManyListsFailTheOthersAreReadAndTheRunEndsAfterAFewTries(
            @ForAll Set<RecordCollection> failing, @ForAll boolean endless) {
        List<RecordCollection> tried = new ArrayList<>();

        Step last = followed(failing, endless ? SyncError.PAGE_TOKEN_REPEATED : SyncError.BAD_REPLY, tried);

        assertThat(last).isInstanceOf(failing.isEmpty() ? Step.Finish.class : Step.AbandonRun.class);
        for (RecordCollection collection : RecordCollection.values()) {
            assertThat(tried.stream().filter(collection::equals))
                    .hasSize(!failing.contains(collection) || endless ? 1 : 5);
        }
    }

    @Tag("law")
    @Property(tries = 50)
    void noRunIsGivenUpWhileWhoopIsAway(@ForAll @NotEmpty Set<RecordCollection> failing) {
        List<RecordCollection> tried = new ArrayList<>();

        Step last = followed(failing, SyncError.UNAVAILABLE, tried);

        assertThat(last).isInstanceOfAny(ListPage.class, Wait.class);
        assertThat(tried).contains(RecordCollection.values());
    }

    /** What a first sync comes to, or else its hundredth step, when these lists always fail that way. */
    private static Step followed(Set<RecordCollection> failing, SyncError error, List<RecordCollection> tried) {
        SyncRun run = new SyncRun(
                UUID.randomUUID(),
                ANNA,
                SyncRun.Kind.FIRST_SYNC,
                SyncRun.State.RUNNING,
                SyncRun.Stage.CYCLES,
                new Window(NOW.minus(Planner.SPAN), NOW),
                NOW,
                0,
                0,
                0,
                NOW,
                NOW,
                null,
                null);
        Map<RecordCollection, Instant> listedAt = new EnumMap<>(RecordCollection.class);
        Map<ReadTarget, ReadFailure> failures = new HashMap<>();
        Pause pause = null;
        Instant now = NOW;
        Step step = new Wait(NOW);
        for (int i = 0; i < 100; i++) {
            ReadFailures before = new ReadFailures(failures);
            step = Planner.next(
                    new MemberState(
                            now,
                            new ReceivedEvents(List.of(), NOW),
                            new ReadState(null, listedAt, null, null, pause),
                            new StoredRecords(NIGHT, CYCLE, ZoneOffset.UTC, List.of()),
                            new Requested(Permission.ALLOWED, run, null, Coverage.none()),
                            before),
                    HOUR);
            if (step instanceof Wait wait) {
                now = wait.until();
            } else if (step instanceof ListPage list) {
                RecordCollection collection = list.collection();
                tried.add(collection);
                if (!failing.contains(collection)) {
                    listedAt.put(collection, now);
                } else if (error.isOutage()) {
                    pause = Pause.byOutage(list.lane(), new MemberState.Failure(error, collection), pause)
                            .until(now.plusSeconds(1));
                } else {
                    failures.put(list.target(), before.again(list.target(), error, now));
                }
            } else {
                return step;
            }
        }
        return step;
    }

    /** WHOOP answers as it likes: shows a record or not, scored or not, on one page or many; permits are refused. */
    @Tag("law")
    @Property(tries = 300)
    void itComesToAnEndWhateverWhoopAnswers(
            @ForAll long seed,
            @ForAll @IntRange(max = 6) int events,
            @ForAll @IntRange(max = 72) int hoursSinceListed) {
        Random dice = new Random(seed);
        List<PendingEvent> open = new ArrayList<>();
        for (int i = 0; i < events; i++) {
            RecordCollection collection = RecordCollection.values()[dice.nextInt(4)];
            Instant receivedAt = NOW.minusSeconds(dice.nextInt(30));
            open.add(new PendingEvent(
                    collection,
                    new UUID(0, dice.nextInt(3)),
                    dice.nextInt(8) == 0 ? Happened.DELETED : Happened.UPDATED,
                    receivedAt,
                    receivedAt,
                    receivedAt.plusSeconds(dice.nextInt(20)),
                    dice.nextInt(9),
                    new Hints(dice.nextBoolean(), dice.nextBoolean(), dice.nextBoolean() ? NOW : null, 7L)));
        }
        Map<RecordCollection, Instant> listedAt = new EnumMap<>(RecordCollection.class);
        for (RecordCollection collection : RecordCollection.values()) {
            if (dice.nextInt(5) > 0) {
                listedAt.put(collection, NOW.minus(Duration.ofHours(dice.nextInt(hoursSinceListed + 1))));
            }
        }
        List<Absent> absent = new ArrayList<>();
        for (int i = 0; i < dice.nextInt(3); i++) {
            Instant missedAt = NOW.minusSeconds(dice.nextInt(7_200));
            absent.add(new Absent(RecordCollection.values()[dice.nextInt(4)].kind(), "id-" + i, 7L, missedAt, false));
        }
        MemberState state = lacking(absent, state(NOW, unique(open), listedAt, null));

        int steps = 0;
        int stood = 0; // at one moment
        while (state.now().isBefore(NOW.plus(Duration.ofDays(2)))) {
            Step step = Planner.next(state, HOUR);
            if (step instanceof Wait wait) {
                assertThat(wait.until()).isAfter(state.now());
                state = at(state, wait.until());
                stood = 0;
            } else {
                state = answered(state, step, dice);
                stood++;
                steps++;
            }
            assertThat(stood).as("steps at %s, now %s", state.now(), step).isLessThan(60);
        }

        assertThat(steps).as("steps in two days").isLessThan(150);
        assertThat(state.events().pending()).as("all is settled in the end").isEmpty();
    }

    @Tag("law")
    @Property(tries = 300)
    void whatWasListedSinceItWasToldIsNotAskedForAgain(@ForAll long seed) {
        Random dice = new Random(seed);
        List<PendingEvent> open = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Instant receivedAt = NOW.minusSeconds(30 + dice.nextInt(30));
            open.add(event(RecordCollection.values()[dice.nextInt(4)], receivedAt, receivedAt.plusSeconds(5)));
        }
        MemberState state = state(NOW, unique(open), listed(NOW.minus(Duration.ofHours(5))), null);
        List<RecordCollection> read = new ArrayList<>();

        Step step = Planner.next(state, HOUR);
        while (step instanceof ListPage list) {
            read.add(list.listing().collection());
            List<PageRecord> all = state.events().pending().stream()
                    .map(event -> new PageRecord(
                            event.recordId(),
                            ScoreState.Kind.SCORED,
                            event.collection() == RecordCollection.SLEEP ? SleepType.MAIN_SLEEP : SleepType.NO_SLEEP))
                    .toList();
            state = settled(
                    state,
                    list.listing(),
                    new PageContents(all, null, list.listing().window().start(), null));
            step = Planner.next(state, HOUR);
        }

        assertThat(read).doesNotHaveDuplicates();
        assertThat(state.events().pending()).isEmpty();
    }

    @Test
    void whatOneListLackedIsLookedForInAnotherAnHourLater() {
        Absent absent = new Absent(RecordKind.WORKOUT, "id", null, NOW, false);
        MemberState state = lacking(List.of(absent), state(NOW, List.of(), listed(NOW), null));

        assertThat(Planner.next(state, HOUR)).isEqualTo(new Wait(NOW.plus(Duration.ofHours(1))));
        MemberState later = at(state, NOW.plus(Duration.ofHours(1)));
        assertThat(Planner.next(later, HOUR)).isInstanceOfSatisfying(ListPage.class, list -> {
            assertThat(list.listing().collection()).isEqualTo(RecordCollection.WORKOUT);
            assertThat(list.lane()).isEqualTo(Lane.RECONCILE);
        });
    }

    private static MemberState lacking(List<Absent> absent, MemberState state) {
        StoredRecords held = state.stored();
        return new MemberState(
                state.now(),
                state.events(),
                state.read(),
                new StoredRecords(held.night(), held.cycle(), held.offset(), absent),
                state.requested(),
                state.failures());
    }

    private static MemberState answered(MemberState state, Step step, Random dice) {
        if (step instanceof Step.MarkDeleted bury) {
            List<PendingEvent> open = new ArrayList<>(state.events().pending());
            open.remove(bury.deletion());
            return with(state, open, state.read());
        }
        if (step instanceof Step.Calling call && dice.nextInt(10) == 0) {
            ReadState read = state.read();
            Pause pause = new Pause(call.lane(), state.now().plusSeconds(1 + dice.nextInt(60)), 0, null);
            return with(
                    state,
                    state.events().pending(),
                    new ReadState(null, read.listedAt(), read.listing(), read.relistBefore(), pause));
        }
        if (step instanceof Step.ReadById told) {
            PageRecord seen = dice.nextBoolean() ? null : seen(told.event(), dice);
            return settled(state, Settlement.ofRecord(state, told.event(), seen, state.now()), null);
        }
        if (step instanceof Step.SilenceAlarm alarm) {
            ReadState read = state.read();
            return with(
                    state,
                    state.events().pending(),
                    new ReadState(null, read.listedAt(), read.listing(), alarm.since(), read.pause()));
        }
        if (step instanceof ListPage list) {
            List<PageRecord> seen = state.events().pending().stream()
                    .filter(event -> dice.nextBoolean())
                    .map(event -> seen(event, dice))
                    .toList();
            boolean more = list.listing().pages() < 3 && dice.nextInt(4) == 0;
            PageContents contents = new PageContents(
                    seen,
                    more ? "token-" + dice.nextLong() : null,
                    more && dice.nextBoolean() ? null : list.listing().window().start(),
                    more ? list.listing().unread() : null);
            return settled(state, list.listing(), contents);
        }
        throw new AssertionError("nobody asked for " + step);
    }

    private static PageRecord seen(PendingEvent event, Random dice) {
        ScoreState.Kind score = ScoreState.Kind.values()[dice.nextInt(3)];
        SleepType shape =
                event.collection() == RecordCollection.SLEEP ? SleepType.values()[dice.nextInt(2)] : SleepType.NO_SLEEP;
        return new PageRecord(event.recordId(), score, shape);
    }

    private static MemberState settled(MemberState state, Listing listing, PageContents contents) {
        return settled(state, Settlement.of(state, listing, contents, state.now()), listing.collection());
    }

    /** As the job and the tables do. */
    private static MemberState settled(MemberState state, Settlement settlement, RecordCollection listed) {
        Map<RecordCollection, Instant> listedAt = new EnumMap<>(RecordCollection.class);
        listedAt.putAll(state.read().listedAt());
        if (settlement.listedAt() != null && listed != null) {
            listedAt.put(listed, settlement.listedAt());
        }
        ReadState before = state.read();
        ReadState after = new ReadState(null, listedAt, settlement.listing(), before.relistBefore(), before.pause());
        List<PendingEvent> open = new ArrayList<>(state.events().pending());
        settlement.closed().forEach(closed -> open.remove(closed.event()));
        settlement
                .postponed()
                .forEach(postponed -> open.replaceAll(event -> isSame(event, postponed) ? postponed : event));
        settlement.added().stream()
                .filter(added -> open.stream().noneMatch(event -> isSame(event, added)))
                .forEach(open::add);
        return with(state, open, after);
    }

    /** At most one of a record is open. */
    private static boolean isSame(PendingEvent one, PendingEvent other) {
        return one.collection() == other.collection()
                && one.happened() == other.happened()
                && one.recordId().equals(other.recordId());
    }

    private static List<PendingEvent> unique(List<PendingEvent> events) {
        List<PendingEvent> unique = new ArrayList<>();
        for (PendingEvent event : events) {
            if (unique.stream().noneMatch(known -> isSame(known, event))) {
                unique.add(event);
            }
        }
        return unique;
    }

    private static MemberState with(MemberState state, List<PendingEvent> open, ReadState read) {
        return new MemberState(
                state.now(),
                new ReceivedEvents(open, state.events().lastAt()),
                read,
                state.stored(),
                state.requested(),
                state.failures());
    }

    private static MemberState at(MemberState state, Instant now) {
        return new MemberState(now, state.events(), state.read(), state.stored(), state.requested(), state.failures());
    }

    private static Map<RecordCollection, Instant> listed(Instant at) {
        Map<RecordCollection, Instant> listedAt = new EnumMap<>(RecordCollection.class);
        for (RecordCollection collection : RecordCollection.values()) {
            listedAt.put(collection, at);
        }
        return listedAt;
    }

    private static PendingEvent event(RecordCollection collection, Instant receivedAt, Instant dueAt) {
        return new PendingEvent(
                collection, UUID.randomUUID(), Happened.UPDATED, receivedAt, receivedAt, dueAt, 0, Hints.NONE);
    }

    private static MemberState state(
            Instant now, List<PendingEvent> open, Map<RecordCollection, Instant> listedAt, Pause pause) {
        return new MemberState(
                now,
                new ReceivedEvents(open, now),
                new ReadState(null, listedAt, null, null, pause),
                new StoredRecords(NIGHT, CYCLE, ZoneOffset.UTC, List.of()),
                new Requested(Permission.ALLOWED, null, null, Coverage.none()),
                ReadFailures.NONE);
    }
}
