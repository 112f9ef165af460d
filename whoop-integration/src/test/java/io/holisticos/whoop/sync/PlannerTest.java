package io.holisticos.whoop.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.UserId;
import io.holisticos.whoop.api.ScoreState;
import io.holisticos.whoop.api.Window;
import io.holisticos.whoop.data.Absent;
import io.holisticos.whoop.data.Coverage;
import io.holisticos.whoop.data.RecordKind;
import io.holisticos.whoop.quota.Lane;
import io.holisticos.whoop.sync.Change.Happened;
import io.holisticos.whoop.sync.Failures.Failed;
import io.holisticos.whoop.sync.Failures.What;
import io.holisticos.whoop.sync.MemberState.Asked;
import io.holisticos.whoop.sync.MemberState.Held;
import io.holisticos.whoop.sync.MemberState.NewestCycle;
import io.holisticos.whoop.sync.MemberState.Night;
import io.holisticos.whoop.sync.MemberState.Pause;
import io.holisticos.whoop.sync.MemberState.Read;
import io.holisticos.whoop.sync.MemberState.Standing;
import io.holisticos.whoop.sync.MemberState.Told;
import io.holisticos.whoop.sync.OpenChange.Hints;
import io.holisticos.whoop.sync.Settlement.Seen;
import io.holisticos.whoop.sync.Settlement.Shape;
import io.holisticos.whoop.sync.Settlement.Sight;
import io.holisticos.whoop.sync.Step.ListPage;
import io.holisticos.whoop.sync.Step.Wait;
import io.holisticos.whoop.sync.Step.Walk;
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
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.NotEmpty;
import org.junit.jupiter.api.Test;

/** The planner without a database: what it asks for, and that it comes to an end whatever WHOOP answers. */
class PlannerTest {

    private static final Instant NOW = Instant.parse("2026-11-22T09:00:00Z");
    private static final UserId ANNA = new UserId("demo-anna");
    private static final QuietHour HOUR = QuietHour.of(ANNA, ZoneOffset.UTC);
    private static final Night NIGHT = new Night(
            UUID.fromString("00000000-0000-4000-8000-00000000000a"),
            7,
            NOW.minus(Duration.ofHours(10)),
            NOW.minus(Duration.ofHours(2)),
            true);
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
        Held held = new Held(
                new Night(NIGHT.sleepId(), 7, start, start.plus(Duration.ofHours(8)), true),
                new NewestCycle(7, start),
                ZoneOffset.UTC,
                List.of());
        Map<Collection, Instant> listedAt = new EnumMap<>(listed(HOUR.last(NOW)));
        List<String> calls = new ArrayList<>();
        Instant now = NOW;
        while (now.isBefore(NOW.plus(Duration.ofDays(20)))) {
            MemberState state = new MemberState(
                    now,
                    new Told(List.of(), start.plus(Duration.ofHours(9))),
                    new Read(null, listedAt, null, null, null),
                    held,
                    new Asked(Standing.OPEN, null, null, Coverage.none()),
                    Failures.NONE);
            Step step = Planner.next(state, HOUR);
            if (step instanceof Wait wait) {
                now = wait.until();
            } else if (step instanceof ListPage list) {
                calls.add(list.walk().collection() + " " + list.lane());
                listedAt.put(list.walk().collection(), now);
            }
        }

        assertThat(calls).hasSize(10).containsOnly("CYCLE RECONCILE");
    }

    @Test
    void lanesGoBeforeEachOther() {
        OpenChange told = change(Collection.WORKOUT, NOW.minusSeconds(10), NOW.minusSeconds(5));
        MemberState state = state(NOW, List.of(told), listed(NOW.minus(Duration.ofDays(3))), null);

        assertThat(Planner.next(state, HOUR)).isInstanceOfSatisfying(ListPage.class, list -> {
            assertThat(list.lane()).isEqualTo(Lane.WEBHOOK);
            assertThat(list.walk().collection()).isEqualTo(Collection.WORKOUT);
        });
    }

    @Test
    void aPausedLaneLetsThoseAboveItGoOn() {
        Pause pause = new Pause(Lane.RECONCILE, NOW.plusSeconds(500), 0, null);
        Map<Collection, Instant> longAgo = listed(NOW.minus(Duration.ofDays(3)));
        OpenChange told = change(Collection.WORKOUT, NOW.minusSeconds(10), NOW.minusSeconds(5));

        assertThat(Planner.next(state(NOW, List.of(), longAgo, pause), HOUR)).isEqualTo(new Wait(pause.until()));
        assertThat(Planner.next(state(NOW, List.of(told), longAgo, pause), HOUR))
                .isInstanceOf(ListPage.class);
    }

    @Test
    void whatWasToldOfOtherListsDoesNotWaitForOneThatIsAway() {
        List<OpenChange> told = List.of(
                change(Collection.SLEEP, NOW.minusSeconds(10), NOW.minusSeconds(5)),
                change(Collection.WORKOUT, NOW.minusSeconds(10), NOW.minusSeconds(5)));
        Pause pause = new Pause(Lane.WEBHOOK, NOW, 4, new MemberState.Failure(SyncError.UNAVAILABLE, Collection.SLEEP));

        Step step = Planner.next(state(NOW, told, listed(NOW.minusSeconds(60)), pause), HOUR);

        assertThat(step.collection()).isEqualTo(Collection.WORKOUT);
    }

    @Test
    void theOtherListsOfTheQuietHourAreReadBeforeTheOneThatIsAway() {
        Map<Collection, Instant> longAgo = listed(NOW.minus(Duration.ofDays(3)));
        Pause pause =
                new Pause(Lane.RECONCILE, NOW, 4, new MemberState.Failure(SyncError.UNAVAILABLE, Collection.CYCLE));

        assertThat(Planner.next(state(NOW, List.of(), longAgo, pause), HOUR).collection())
                .isEqualTo(Collection.SLEEP);
    }

    @Property(tries = 200)
    void howeverManyListsFailTheOthersAreReadAndTheRunEndsAfterAFewTries(
            @ForAll Set<Collection> failing, @ForAll boolean endless) {
        List<Collection> tried = new ArrayList<>();

        Step last = followed(failing, endless ? SyncError.PAGE_TOKEN_REPEATED : SyncError.BAD_REPLY, tried);

        assertThat(last).isInstanceOf(failing.isEmpty() ? Step.Finish.class : Step.GiveUp.class);
        for (Collection collection : Collection.values()) {
            assertThat(tried.stream().filter(collection::equals))
                    .hasSize(!failing.contains(collection) || endless ? 1 : 5);
        }
    }

    @Property(tries = 50)
    void noRunIsGivenUpWhileWhoopIsAway(@ForAll @NotEmpty Set<Collection> failing) {
        List<Collection> tried = new ArrayList<>();

        Step last = followed(failing, SyncError.UNAVAILABLE, tried);

        assertThat(last).isInstanceOfAny(ListPage.class, Wait.class);
        assertThat(tried).contains(Collection.values());
    }

    /** What a first sync comes to, or else its hundredth step, when these lists always fail that way. */
    private static Step followed(Set<Collection> failing, SyncError error, List<Collection> tried) {
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
        Map<Collection, Instant> listedAt = new EnumMap<>(Collection.class);
        Map<What, Failed> failures = new HashMap<>();
        Pause pause = null;
        Instant now = NOW;
        Step step = new Wait(NOW);
        for (int i = 0; i < 100; i++) {
            Failures before = new Failures(failures);
            step = Planner.next(
                    new MemberState(
                            now,
                            new Told(List.of(), NOW),
                            new Read(null, listedAt, null, null, pause),
                            new Held(NIGHT, CYCLE, ZoneOffset.UTC, List.of()),
                            new Asked(Standing.OPEN, run, null, Coverage.none()),
                            before),
                    HOUR);
            if (step instanceof Wait wait) {
                now = wait.until();
            } else if (step instanceof ListPage list) {
                Collection collection = list.collection();
                tried.add(collection);
                if (!failing.contains(collection)) {
                    listedAt.put(collection, now);
                } else if (error.isOutage()) {
                    pause = Pause.byOutage(list.lane(), new MemberState.Failure(error, collection), pause)
                            .until(now.plusSeconds(1));
                } else {
                    failures.put(list.what(), before.again(list.what(), error, now));
                }
            } else {
                return step;
            }
        }
        return step;
    }

    /** WHOOP answers as it likes: shows a record or not, scored or not, on one page or many; permits are refused. */
    @Property(tries = 300)
    void itComesToAnEndWhateverWhoopAnswers(
            @ForAll long seed,
            @ForAll @IntRange(max = 6) int changes,
            @ForAll @IntRange(max = 72) int hoursSinceListed) {
        Random dice = new Random(seed);
        List<OpenChange> open = new ArrayList<>();
        for (int i = 0; i < changes; i++) {
            Collection collection = Collection.values()[dice.nextInt(4)];
            Instant toldAt = NOW.minusSeconds(dice.nextInt(30));
            open.add(new OpenChange(
                    collection,
                    new UUID(0, dice.nextInt(3)),
                    dice.nextInt(8) == 0 ? Happened.DELETED : Happened.UPDATED,
                    toldAt,
                    toldAt,
                    toldAt.plusSeconds(dice.nextInt(20)),
                    dice.nextInt(9),
                    new Hints(dice.nextBoolean(), dice.nextBoolean(), dice.nextBoolean() ? NOW : null, 7L)));
        }
        Map<Collection, Instant> listedAt = new EnumMap<>(Collection.class);
        for (Collection collection : Collection.values()) {
            if (dice.nextInt(5) > 0) {
                listedAt.put(collection, NOW.minus(Duration.ofHours(dice.nextInt(hoursSinceListed + 1))));
            }
        }
        List<Absent> absent = new ArrayList<>();
        for (int i = 0; i < dice.nextInt(3); i++) {
            Instant missedAt = NOW.minusSeconds(dice.nextInt(7_200));
            absent.add(new Absent(Collection.values()[dice.nextInt(4)].kind(), "id-" + i, 7L, missedAt, false));
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
        assertThat(state.told().open()).as("all is settled in the end").isEmpty();
    }

    @Property(tries = 300)
    void whatWasListedSinceItWasToldIsNotAskedForAgain(@ForAll long seed) {
        Random dice = new Random(seed);
        List<OpenChange> open = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Instant toldAt = NOW.minusSeconds(30 + dice.nextInt(30));
            open.add(change(Collection.values()[dice.nextInt(4)], toldAt, toldAt.plusSeconds(5)));
        }
        MemberState state = state(NOW, unique(open), listed(NOW.minus(Duration.ofHours(5))), null);
        List<Collection> read = new ArrayList<>();

        Step step = Planner.next(state, HOUR);
        while (step instanceof ListPage list) {
            read.add(list.walk().collection());
            List<Seen> all = state.told().open().stream()
                    .map(change -> new Seen(
                            change.recordId(),
                            ScoreState.Kind.SCORED,
                            change.collection() == Collection.SLEEP ? Shape.NIGHT : Shape.OTHER))
                    .toList();
            state = settled(
                    state,
                    list.walk(),
                    new Sight(all, null, list.walk().window().start(), null));
            step = Planner.next(state, HOUR);
        }

        assertThat(read).doesNotHaveDuplicates();
        assertThat(state.told().open()).isEmpty();
    }

    @Test
    void whatOneListLackedIsLookedForInAnotherAnHourLater() {
        Absent absent = new Absent(RecordKind.WORKOUT, "id", null, NOW, false);
        MemberState state = lacking(List.of(absent), state(NOW, List.of(), listed(NOW), null));

        assertThat(Planner.next(state, HOUR)).isEqualTo(new Wait(NOW.plus(Duration.ofHours(1))));
        MemberState later = at(state, NOW.plus(Duration.ofHours(1)));
        assertThat(Planner.next(later, HOUR)).isInstanceOfSatisfying(ListPage.class, list -> {
            assertThat(list.walk().collection()).isEqualTo(Collection.WORKOUT);
            assertThat(list.lane()).isEqualTo(Lane.RECONCILE);
        });
    }

    private static MemberState lacking(List<Absent> absent, MemberState state) {
        Held held = state.held();
        return new MemberState(
                state.now(),
                state.told(),
                state.read(),
                new Held(held.night(), held.cycle(), held.offset(), absent),
                state.asked(),
                state.failures());
    }

    private static MemberState answered(MemberState state, Step step, Random dice) {
        if (step instanceof Step.Bury bury) {
            List<OpenChange> open = new ArrayList<>(state.told().open());
            open.remove(bury.deletion());
            return with(state, open, state.read());
        }
        if (step instanceof Step.Calling call && dice.nextInt(10) == 0) {
            Read read = state.read();
            Pause pause = new Pause(call.lane(), state.now().plusSeconds(1 + dice.nextInt(60)), 0, null);
            return with(
                    state,
                    state.told().open(),
                    new Read(null, read.listedAt(), read.walk(), read.relistBefore(), pause));
        }
        if (step instanceof Step.ReadById told) {
            Seen seen = dice.nextBoolean() ? null : seen(told.change(), dice);
            return settled(state, Settlement.ofRecord(state, told.change(), seen, state.now()), null);
        }
        if (step instanceof Step.Alarm alarm) {
            Read read = state.read();
            return with(
                    state,
                    state.told().open(),
                    new Read(null, read.listedAt(), read.walk(), alarm.since(), read.pause()));
        }
        if (step instanceof ListPage list) {
            List<Seen> seen = state.told().open().stream()
                    .filter(change -> dice.nextBoolean())
                    .map(change -> seen(change, dice))
                    .toList();
            boolean more = list.walk().pages() < 3 && dice.nextInt(4) == 0;
            Sight sight = new Sight(
                    seen,
                    more ? "token-" + dice.nextLong() : null,
                    more && dice.nextBoolean() ? null : list.walk().window().start(),
                    more ? list.walk().unread() : null);
            return settled(state, list.walk(), sight);
        }
        throw new AssertionError("nobody asked for " + step);
    }

    private static Seen seen(OpenChange change, Random dice) {
        ScoreState.Kind score = ScoreState.Kind.values()[dice.nextInt(3)];
        Shape shape = change.collection() == Collection.SLEEP ? Shape.values()[dice.nextInt(2)] : Shape.OTHER;
        return new Seen(change.recordId(), score, shape);
    }

    private static MemberState settled(MemberState state, Walk walk, Sight sight) {
        return settled(state, Settlement.of(state, walk, sight, state.now()), walk.collection());
    }

    /** As the job and the tables do. */
    private static MemberState settled(MemberState state, Settlement settlement, Collection listed) {
        Map<Collection, Instant> listedAt = new EnumMap<>(Collection.class);
        listedAt.putAll(state.read().listedAt());
        if (settlement.listedAt() != null && listed != null) {
            listedAt.put(listed, settlement.listedAt());
        }
        Read before = state.read();
        Read after = new Read(null, listedAt, settlement.walk(), before.relistBefore(), before.pause());
        List<OpenChange> open = new ArrayList<>(state.told().open());
        settlement.closed().forEach(closed -> open.remove(closed.change()));
        settlement.moved().forEach(moved -> open.replaceAll(change -> isSame(change, moved) ? moved : change));
        settlement.added().stream()
                .filter(added -> open.stream().noneMatch(change -> isSame(change, added)))
                .forEach(open::add);
        return with(state, open, after);
    }

    /** At most one of a record is open. */
    private static boolean isSame(OpenChange one, OpenChange other) {
        return one.collection() == other.collection()
                && one.happened() == other.happened()
                && one.recordId().equals(other.recordId());
    }

    private static List<OpenChange> unique(List<OpenChange> changes) {
        List<OpenChange> unique = new ArrayList<>();
        for (OpenChange change : changes) {
            if (unique.stream().noneMatch(known -> isSame(known, change))) {
                unique.add(change);
            }
        }
        return unique;
    }

    private static MemberState with(MemberState state, List<OpenChange> open, Read read) {
        return new MemberState(
                state.now(),
                new Told(open, state.told().lastAt()),
                read,
                state.held(),
                state.asked(),
                state.failures());
    }

    private static MemberState at(MemberState state, Instant now) {
        return new MemberState(now, state.told(), state.read(), state.held(), state.asked(), state.failures());
    }

    private static Map<Collection, Instant> listed(Instant at) {
        Map<Collection, Instant> listedAt = new EnumMap<>(Collection.class);
        for (Collection collection : Collection.values()) {
            listedAt.put(collection, at);
        }
        return listedAt;
    }

    private static OpenChange change(Collection collection, Instant toldAt, Instant dueAt) {
        return new OpenChange(collection, UUID.randomUUID(), Happened.UPDATED, toldAt, toldAt, dueAt, 0, Hints.NONE);
    }

    private static MemberState state(
            Instant now, List<OpenChange> open, Map<Collection, Instant> listedAt, Pause pause) {
        return new MemberState(
                now,
                new Told(open, now),
                new Read(null, listedAt, null, null, pause),
                new Held(NIGHT, CYCLE, ZoneOffset.UTC, List.of()),
                new Asked(Standing.OPEN, null, null, Coverage.none()),
                Failures.NONE);
    }
}
