package io.holisticos.whoop.sync;

import static io.holisticos.whoop.sync.Collection.CYCLE;
import static io.holisticos.whoop.sync.Collection.RECOVERY;
import static io.holisticos.whoop.sync.Collection.SLEEP;
import static io.holisticos.whoop.sync.Collection.WORKOUT;

import io.holisticos.whoop.api.Window;
import io.holisticos.whoop.data.Absent;
import io.holisticos.whoop.quota.Lane;
import io.holisticos.whoop.sync.Change.Happened;
import io.holisticos.whoop.sync.Failures.Failed;
import io.holisticos.whoop.sync.Failures.What;
import io.holisticos.whoop.sync.MemberState.Backfill;
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
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    private static List<Function<Planner, Stream<? extends Step>>> rules() {
        return List.of(
                Planner::whatWasDeleted,
                Planner::whatIsHalfRead,
                Planner::whatSomebodyWaitsFor,
                Planner::whatListsDoNotShow,
                Planner::whatListsShow,
                Planner::absencesSeenTwice,
                Planner::absencesSeenOnce,
                Planner::suspiciousSilence,
                Planner::whatTheAlarmAsksFor,
                Planner::whatNobodyToldSinceYesterday,
                Planner::whatFailed,
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
                        .<Step>flatMap(rule -> rule.apply(this))
                        .filter(state::mayTry)
                        .findFirst()
                        .orElseGet(() -> new Wait(nextDue()));
        };
    }

    private Stream<Bury> whatWasDeleted() {
        return state.told().open().stream()
                .filter(change -> change.happened() == Happened.DELETED)
                .map(Bury::new);
    }

    private Stream<ListPage> whatIsHalfRead() {
        return Stream.ofNullable(state.read().walk()).map(ListPage::new);
    }

    private Stream<? extends Step> whatSomebodyWaitsFor() {
        SyncRun run = state.asked().run();
        if (run == null) {
            return Stream.empty();
        }
        if (run.stage() == Stage.PROFILE || run.stage() == Stage.BODY_MEASUREMENT) {
            ReadPerson person = new ReadPerson(run.stage());
            return unlessHopeless(run, Map.of(person.what(), person));
        }
        Map<What, ListPage> wanting = new LinkedHashMap<>();
        order().filter(collection -> !state.isListedSince(collection, run.freshSince(collection)))
                .map(collection -> list(collection, Lane.INTERACTIVE))
                .forEach(list -> wanting.put(list.what(), list));
        return wanting.isEmpty() ? Stream.of(new Finish(run)) : unlessHopeless(run, wanting);
    }

    private Stream<ReadById> whatListsDoNotShow() {
        return state.told().open().stream()
                .filter(change -> change.happened() == Happened.UPDATED && change.isDue(now) && change.isBeyondLists())
                .map(ReadById::new);
    }

    private Stream<ListPage> whatListsShow() {
        Stream<ListPage> told = Stream.of(
                        nightsTold(), recoveriesTold(), theCycleOfANewNight(), workoutsTold(), cyclesTold())
                .flatMap(Optional::stream);
        List<Collection> order = order().toList();
        return stumbledOver() == null
                ? told
                : told.sorted(Comparator.comparing(list -> order.indexOf(list.collection())));
    }

    /** A recovery told alone takes its night along: both change together, and the night's event may be lost. */
    private Optional<ListPage> nightsTold() {
        return isDue(SLEEP) || due(RECOVERY).anyMatch(this::needsItsNight)
                ? Optional.of(list(SLEEP, Lane.WEBHOOK))
                : Optional.empty();
    }

    private boolean needsItsNight(OpenChange recovery) {
        return recovery.rung() == 0
                && !recovery.hints().partnerSettled()
                && !state.isListedSince(SLEEP, recovery.toldAt());
    }

    private Optional<ListPage> recoveriesTold() {
        return isDue(RECOVERY) ? Optional.of(list(RECOVERY, Lane.WEBHOOK)) : Optional.empty();
    }

    /** No event tells of cycles: a new one begins with a night, and ends the one before. */
    private Optional<ListPage> theCycleOfANewNight() {
        Night night = state.held().night();
        Instant sleeps = state.listedAt(SLEEP);
        boolean wanting =
                night != null && !night.cycleSettled() && sleeps != null && !state.isListedSince(CYCLE, sleeps);
        return wanting ? Optional.of(list(CYCLE, Lane.WEBHOOK)) : Optional.empty();
    }

    private Optional<ListPage> workoutsTold() {
        return isDue(WORKOUT) ? Optional.of(list(WORKOUT, Lane.WEBHOOK)) : Optional.empty();
    }

    private Optional<ListPage> cyclesTold() {
        return isDue(CYCLE) ? Optional.of(list(CYCLE, Lane.WEBHOOK)) : Optional.empty();
    }

    private Stream<AskById> absencesSeenTwice() {
        return state.held().absent().stream().filter(Absent::twice).map(AskById::new);
    }

    /** A deletion that no event told is to be found before the next nightly look. */
    private Stream<ListPage> absencesSeenOnce() {
        return order().filter(collection -> secondLooks(collection)
                        .anyMatch(look -> !look.isAfter(now) && !state.isListedSince(collection, look)))
                .map(collection -> list(collection, Lane.RECONCILE));
    }

    /** When it is time to list the collection again, for records that one list lacked. */
    private Stream<Instant> secondLooks(Collection collection) {
        return state.held().absent().stream()
                .filter(absent -> !absent.twice() && absent.kind().equals(collection.kind()))
                .map(absent -> absent.missedAt().plus(SECOND_LOOK));
    }

    /** First it is asked whether the cycles go on at all: a strap in a drawer is silent too. */
    private Stream<? extends Step> suspiciousSilence() {
        Instant since = suspiciousSince();
        if (since.isAfter(now) || isQuiet(now)) {
            return Stream.empty();
        }
        if (!state.isListedSince(CYCLE, since)) {
            return Stream.of(list(CYCLE, Lane.RECONCILE));
        }
        Instant relisted = state.read().relistBefore();
        boolean sounded = relisted != null && !relisted.isBefore(since);
        return cyclesWentOn() && !sounded ? Stream.of(new Alarm(since)) : Stream.empty();
    }

    private Stream<ListPage> whatTheAlarmAsksFor() {
        Instant since = state.read().relistBefore();
        return since == null
                ? Stream.empty()
                : order().filter(collection -> !state.isListedSince(collection, since))
                        .map(collection -> list(collection, Lane.RECONCILE));
    }

    private Stream<ListPage> whatNobodyToldSinceYesterday() {
        return unlistedAt(quietHour.last(now), now).map(collection -> list(collection, Lane.RECONCILE));
    }

    /** However little the member's lists matter otherwise, it is to be known whether these work again. */
    private Stream<ListPage> whatFailed() {
        Pause pause = state.read().pause();
        Stream<Collection> away =
                pause == null || pause.lane() == Lane.BACKFILL ? Stream.empty() : Stream.ofNullable(stumbledOver());
        return Stream.concat(state.failures().due(now), away).map(collection -> list(collection, Lane.RECONCILE));
    }

    private Stream<? extends Step> whatLiesFurtherBack() {
        Backfill backfill = state.asked().backfill();
        if (backfill == null || state.read().listedAt().size() < ORDER.size()) {
            return Stream.empty(); // the newest days come first
        }
        Walk walk = backfill.walk();
        if (walk != null) {
            return Stream.of(new ListPage(walk));
        }
        List<Collection> order = order().toList();
        Map<What, ListPage> wanting = new LinkedHashMap<>();
        order.stream()
                .flatMap(collection ->
                        gaps(backfill, collection).stream().map(gap -> Walk.begin(collection, gap, now, Lane.BACKFILL)))
                .sorted(Comparator.comparing((Walk gap) -> stumbledOver() == null ? 0 : order.indexOf(gap.collection()))
                        .thenComparing(gap -> gap.window().end(), Comparator.reverseOrder())
                        .thenComparing(Walk::collection))
                .map(ListPage::new)
                .forEach(list -> wanting.putIfAbsent(list.what(), list));
        return wanting.isEmpty() ? Stream.of(new Finish(backfill.run())) : unlessHopeless(backfill.run(), wanting);
    }

    private List<Window> gaps(Backfill backfill, Collection collection) {
        return Gaps.of(state.asked().coverage(), collection, backfill.run().window(), state.listedAt(collection));
    }

    // ---- what the rules share ------------------------------------------------------------------------------------

    /** By an outage: what failed last comes last, and what follows it first. However many fail, the others are read. */
    private Stream<Collection> order() {
        List<Collection> order = new ArrayList<>(ORDER);
        Collections.rotate(order, -1 - order.indexOf(stumbledOver()));
        return order.stream();
    }

    /** The list that an outage was met at last. */
    private @Nullable Collection stumbledOver() {
        Pause pause = state.read().pause();
        return pause == null || pause.failure() == null ? null : pause.failure().collection();
    }

    /** What a run still wants; it ends when all of that is hopeless. */
    private Stream<? extends Step> unlessHopeless(SyncRun run, Map<What, ? extends Calling> wanting) {
        Map<What, Failed> hopeless = new LinkedHashMap<>();
        wanting.keySet()
                .forEach(what -> state.failures().findHopeless(what, now).ifPresent(it -> hopeless.put(what, it)));
        if (hopeless.size() < wanting.size()) {
            return wanting.values().stream();
        }
        return hopeless.entrySet().stream()
                .limit(1)
                .map(first ->
                        new GiveUp(run, first.getKey().stage(), first.getValue().error()));
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
    private Stream<Collection> unlistedAt(Instant hour, Instant when) {
        Stream<Collection> scope = isQuiet(when) ? Stream.of(CYCLE) : order();
        return scope.filter(collection -> !state.isListedSince(collection, QuietHour.canWaitIfListedSince(hour)));
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
        state.failures().retries().forEach(moments::add);
        ORDER.forEach(collection -> secondLooks(collection).forEach(moments::add));
        moments.add(suspiciousSince());
        Instant hour = QuietHour.after(quietHour.last(now));
        while (unlistedAt(hour, hour).findAny().isEmpty()) {
            hour = QuietHour.after(hour);
        }
        moments.add(hour);
        return moments.stream()
                .filter(moment -> moment.isAfter(now))
                .min(Comparator.naturalOrder())
                .orElse(hour);
    }
}
