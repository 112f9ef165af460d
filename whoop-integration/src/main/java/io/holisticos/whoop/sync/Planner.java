package io.holisticos.whoop.sync;

import static io.holisticos.whoop.sync.Collection.CYCLE;
import static io.holisticos.whoop.sync.Collection.RECOVERY;
import static io.holisticos.whoop.sync.Collection.SLEEP;
import static io.holisticos.whoop.sync.Collection.WORKOUT;

import io.holisticos.whoop.api.Window;
import io.holisticos.whoop.data.Absent;
import io.holisticos.whoop.quota.Lane;
import io.holisticos.whoop.sync.Change.Happened;
import io.holisticos.whoop.sync.MemberState.Backfill;
import io.holisticos.whoop.sync.MemberState.Failure;
import io.holisticos.whoop.sync.MemberState.NewestCycle;
import io.holisticos.whoop.sync.MemberState.Night;
import io.holisticos.whoop.sync.MemberState.Pause;
import io.holisticos.whoop.sync.MemberState.Standing;
import io.holisticos.whoop.sync.Step.Alarm;
import io.holisticos.whoop.sync.Step.AskById;
import io.holisticos.whoop.sync.Step.Bury;
import io.holisticos.whoop.sync.Step.Calling;
import io.holisticos.whoop.sync.Step.Finish;
import io.holisticos.whoop.sync.Step.GiveUp;
import io.holisticos.whoop.sync.Step.ListPage;
import io.holisticos.whoop.sync.Step.ReadById;
import io.holisticos.whoop.sync.Step.ReadPerson;
import io.holisticos.whoop.sync.Step.Rest;
import io.holisticos.whoop.sync.Step.Wait;
import io.holisticos.whoop.sync.Step.Walk;
import io.holisticos.whoop.sync.SyncRun.Stage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Says what is to be done next for a member: a pure function of what the tables hold. The rules stand in {@link #rules},
 * the most urgent first; the first that has a step which its lane may try is followed.
 *
 * <p>It comes to an end: each step either settles something told (closes it, or moves it up a ladder of finitely many
 * rungs and so into the future), or moves a collection's {@code listedAt} to now, which no rule asks for twice, or reads
 * one of the finitely many pages on the way there.
 */
final class Planner {

    /** What is read at once of a collection that was never listed. */
    static final Duration SPAN = Duration.ofDays(30);

    /**
     * What later lists ask for: the newest 25 of a kind may lie so far back, and are looked at again for the price of one
     * call. They go on to a second page only where the collection was not read up to there before.
     */
    private static final Duration NEWEST = Duration.ofDays(183);

    private static final Duration LOOK_AGAIN_WHILE_OFF = Duration.ofMinutes(5);
    private static final Duration LOOK_AGAIN_FOR_A_CALLER = Duration.ofSeconds(30);

    /** A member without a new cycle for so long wears no strap, it seems. */
    private static final Duration QUIET_AFTER = Duration.ofDays(2);

    /** What one list lacked may be a moment's lapse of WHOOP's; a list after this time is another moment's. */
    private static final Duration SECOND_LOOK = Duration.ofHours(1);

    /** So long without any event. */
    private static final Duration SILENCE = Duration.ofHours(24);

    /** From one waking to the next, and a long lie-in. */
    private static final Duration OVERDUE = Duration.ofHours(30);

    /** Recoveries come after their sleeps, which tell where they lie; quiet members are known by their cycles. */
    private static final List<Collection> ORDER = List.of(CYCLE, SLEEP, RECOVERY, WORKOUT);

    private final QuietHour quietHour;
    private final MemberState state;
    private final Instant now;

    private Planner(MemberState state, QuietHour quietHour) {
        this.state = state;
        this.quietHour = quietHour;
        this.now = state.now();
    }

    /** The next step for a member who sleeps at that hour. */
    static Step next(MemberState state, QuietHour quietHour) {
        return new Planner(state, quietHour).next();
    }

    private static List<Function<Planner, Optional<Step>>> rules() {
        return List.of(
                Planner::whatWasDeleted,
                Planner::whatIsHalfRead,
                Planner::whatSomebodyWaitsFor,
                Planner::whatListsDoNotShow,
                Planner::nightsTold,
                Planner::recoveriesTold,
                Planner::theCycleOfANewNight,
                Planner::workoutsTold,
                Planner::cyclesTold,
                Planner::absencesSeenTwice,
                Planner::absencesSeenOnce,
                Planner::suspiciousSilence,
                Planner::whatTheAlarmAsksFor,
                Planner::whatFailed,
                Planner::whatNobodyToldSinceYesterday,
                Planner::whatLiesFurtherBack);
    }

    private Step next() {
        Standing standing = state.asked().standing();
        return switch (standing) {
            case STOPPED -> new Rest();
            case OFF ->
                new Wait(now.plus(state.asked().run() == null ? LOOK_AGAIN_WHILE_OFF : LOOK_AGAIN_FOR_A_CALLER));
            case OPEN ->
                rules().stream()
                        .map(rule -> rule.apply(this))
                        .flatMap(Optional::stream)
                        .filter(step -> !(step instanceof Calling call) || state.mayCall(call.lane()))
                        .findFirst()
                        .orElseGet(() -> new Wait(nextDue()));
        };
    }

    private Optional<Step> whatWasDeleted() {
        return state.told().open().stream()
                .filter(change -> change.happened() == Happened.DELETED)
                .findFirst()
                .map(Bury::new);
    }

    private Optional<Step> whatIsHalfRead() {
        return Optional.ofNullable(state.read().walk()).map(ListPage::new);
    }

    private Optional<Step> whatSomebodyWaitsFor() {
        SyncRun run = state.asked().run();
        if (run == null) {
            return Optional.empty();
        }
        if (run.stage() == Stage.PROFILE || run.stage() == Stage.BODY_MEASUREMENT) {
            return Optional.of(unlessHopeless(null, run, new ReadPerson(run.stage())));
        }
        return order().stream()
                .filter(collection -> !state.isListedSince(collection, run.freshSince(collection)))
                .findFirst()
                .map(collection -> unlessHopeless(collection, run, list(collection, Lane.INTERACTIVE)))
                .or(() -> Optional.of(new Finish(run)));
    }

    private Optional<Step> whatListsDoNotShow() {
        return state.told().open().stream()
                .filter(change -> change.happened() == Happened.UPDATED && change.isDue(now) && change.isBeyondLists())
                .findFirst()
                .map(ReadById::new);
    }

    /** A recovery told alone takes its night along: both change together, and the night's event may be lost. */
    private Optional<Step> nightsTold() {
        return isDue(SLEEP) || due(RECOVERY).anyMatch(this::needsItsNight)
                ? Optional.of(list(SLEEP, Lane.WEBHOOK))
                : Optional.empty();
    }

    private boolean needsItsNight(OpenChange recovery) {
        return recovery.rung() == 0
                && !recovery.hints().partnerSettled()
                && !state.isListedSince(SLEEP, recovery.toldAt());
    }

    private Optional<Step> recoveriesTold() {
        return isDue(RECOVERY) ? Optional.of(list(RECOVERY, Lane.WEBHOOK)) : Optional.empty();
    }

    /** No event tells of cycles: a new one begins with a night, and ends the one before. */
    private Optional<Step> theCycleOfANewNight() {
        Night night = state.held().night();
        Instant sleeps = state.listedAt(SLEEP);
        boolean wanting =
                night != null && !night.cycleSettled() && sleeps != null && !state.isListedSince(CYCLE, sleeps);
        return wanting ? Optional.of(list(CYCLE, Lane.WEBHOOK)) : Optional.empty();
    }

    private Optional<Step> workoutsTold() {
        return isDue(WORKOUT) ? Optional.of(list(WORKOUT, Lane.WEBHOOK)) : Optional.empty();
    }

    private Optional<Step> cyclesTold() {
        return isDue(CYCLE) ? Optional.of(list(CYCLE, Lane.WEBHOOK)) : Optional.empty();
    }

    private Optional<Step> absencesSeenTwice() {
        return state.held().absent().stream().filter(Absent::twice).findFirst().map(AskById::new);
    }

    /** A deletion that no event told is to be found before the next nightly look. */
    private Optional<Step> absencesSeenOnce() {
        return order().stream()
                .filter(collection -> secondLooks(collection)
                        .anyMatch(look -> !look.isAfter(now) && !state.isListedSince(collection, look)))
                .findFirst()
                .map(collection -> list(collection, Lane.RECONCILE));
    }

    /** When it is time to list the collection again, for records that one list lacked. */
    private Stream<Instant> secondLooks(Collection collection) {
        return state.held().absent().stream()
                .filter(absent -> !absent.twice() && absent.kind().equals(collection.kind()))
                .map(absent -> absent.missedAt().plus(SECOND_LOOK));
    }

    /** First it is asked whether the cycles go on at all: a strap in a drawer is silent too. */
    private Optional<Step> suspiciousSilence() {
        Instant since = suspiciousSince();
        if (since.isAfter(now) || isQuiet(now)) {
            return Optional.empty();
        }
        if (!state.isListedSince(CYCLE, since)) {
            return Optional.of(list(CYCLE, Lane.RECONCILE));
        }
        Instant relisted = state.read().relistBefore();
        boolean sounded = relisted != null && !relisted.isBefore(since);
        return cyclesWentOn() && !sounded ? Optional.of(new Alarm(since)) : Optional.empty();
    }

    private Optional<Step> whatTheAlarmAsksFor() {
        Instant since = state.read().relistBefore();
        return since == null
                ? Optional.empty()
                : order().stream()
                        .filter(collection -> !state.isListedSince(collection, since))
                        .findFirst()
                        .map(collection -> list(collection, Lane.RECONCILE));
    }

    /** However little the member's lists matter otherwise, it is to be known whether this one works again. */
    private Optional<Step> whatFailed() {
        Pause pause = state.read().pause();
        Collection failed = stumbledOver();
        return failed == null || pause == null || pause.lane() == Lane.BACKFILL
                ? Optional.empty()
                : Optional.of(list(failed, Lane.RECONCILE));
    }

    private Optional<Step> whatNobodyToldSinceYesterday() {
        return unlistedAt(quietHour.last(now), now).map(collection -> list(collection, Lane.RECONCILE));
    }

    private Optional<Step> whatLiesFurtherBack() {
        Backfill backfill = state.asked().backfill();
        if (backfill == null || state.read().listedAt().size() < ORDER.size()) {
            return Optional.empty(); // the newest days come first
        }
        Walk walk = backfill.walk();
        if (walk != null) {
            return Optional.of(new ListPage(walk));
        }
        return ORDER.stream()
                .flatMap(collection ->
                        gaps(backfill, collection).stream().map(gap -> Walk.begin(collection, gap, now, Lane.BACKFILL)))
                .max(Comparator.comparing((Walk gap) -> gap.collection() != stumbledOver())
                        .thenComparing(gap -> gap.window().end())
                        .thenComparing(Walk::collection, Comparator.reverseOrder()))
                .map(gap -> unlessHopeless(gap.collection(), backfill.run(), new ListPage(gap)))
                .or(() -> Optional.of(new Finish(backfill.run())));
    }

    private List<Window> gaps(Backfill backfill, Collection collection) {
        return Gaps.of(state.asked().coverage(), collection, backfill.run().window(), state.listedAt(collection));
    }

    // ---- what the rules share ------------------------------------------------------------------------------------

    /** What failed last comes last: the others are not to wait for it. */
    private List<Collection> order() {
        Collection failed = stumbledOver();
        return ORDER.stream()
                .sorted(Comparator.comparing(collection -> collection == failed)) // stable
                .toList();
    }

    private @Nullable Collection stumbledOver() {
        Pause pause = state.read().pause();
        return pause == null || pause.failure() == null ? null : pause.failure().collection();
    }

    /** @param collection null for what is no list */
    private Step unlessHopeless(@Nullable Collection collection, SyncRun run, Step step) {
        Pause pause = state.read().pause();
        Failure failure = pause == null ? null : pause.hopeless();
        return failure != null && failure.collection() == collection ? new GiveUp(run, failure) : step;
    }

    private ListPage list(Collection collection, Lane lane) {
        boolean first = lane == Lane.INTERACTIVE || state.listedAt(collection) == null;
        return new ListPage(Walk.begin(collection, new Window(now.minus(first ? SPAN : NEWEST), now), now, lane));
    }

    private Stream<OpenChange> due(Collection collection) {
        return state.told().open().stream()
                .filter(change -> change.isUpdateOf(collection) && change.isDue(now) && !change.isBeyondLists());
    }

    private boolean isDue(Collection collection) {
        return due(collection).findAny().isPresent();
    }

    /** What is to be listed at that quiet hour, and cannot wait for the next. */
    private Optional<Collection> unlistedAt(Instant hour, Instant when) {
        List<Collection> scope = isQuiet(when) ? List.of(CYCLE) : order();
        return scope.stream()
                .filter(collection -> !state.isListedSince(collection, QuietHour.canWaitIfListedSince(hour)))
                .findFirst();
    }

    private boolean isQuiet(Instant when) {
        NewestCycle newest = state.held().cycle();
        return newest == null
                ? state.isListedSince(CYCLE, Instant.MIN)
                : newest.start().plus(QUIET_AFTER).isBefore(when);
    }

    private Instant suspiciousSince() {
        Instant byEvents = state.told().lastAt().plus(SILENCE);
        Night night = state.held().night();
        Instant byNights = night == null ? byEvents : night.end().plus(OVERDUE);
        return byNights.isAfter(byEvents) ? byNights : byEvents;
    }

    /** Whether a cycle is held that began after the last night. */
    private boolean cyclesWentOn() {
        NewestCycle cycle = state.held().cycle();
        Night night = state.held().night();
        return cycle != null
                && (night == null
                        || (cycle.cycleId() != night.cycleId() && cycle.start().isAfter(night.start())));
    }

    /** When any of the rules may have a step again, should nothing happen before. */
    private Instant nextDue() {
        List<Instant> moments = new ArrayList<>();
        state.told().open().forEach(change -> moments.add(change.dueAt()));
        Pause pause = state.read().pause();
        if (pause != null) {
            moments.add(pause.until());
        }
        ORDER.forEach(collection -> secondLooks(collection).forEach(moments::add));
        moments.add(suspiciousSince());
        Instant hour = QuietHour.after(quietHour.last(now));
        while (unlistedAt(hour, hour).isEmpty()) {
            hour = QuietHour.after(hour);
        }
        moments.add(hour);
        return moments.stream()
                .filter(moment -> moment.isAfter(now))
                .min(Comparator.naturalOrder())
                .orElse(hour);
    }
}
