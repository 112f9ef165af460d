package io.holisticos.whoop.sync;

import static io.holisticos.whoop.sync.RecordCollection.CYCLE;
import static io.holisticos.whoop.sync.RecordCollection.RECOVERY;
import static io.holisticos.whoop.sync.RecordCollection.SLEEP;
import static io.holisticos.whoop.sync.RecordCollection.WORKOUT;

import io.holisticos.whoop.api.Window;
import io.holisticos.whoop.data.Absent;
import io.holisticos.whoop.quota.Lane;
import io.holisticos.whoop.sync.MemberState.Backfill;
import io.holisticos.whoop.sync.MemberState.NewestCycle;
import io.holisticos.whoop.sync.MemberState.Night;
import io.holisticos.whoop.sync.MemberState.Pause;
import io.holisticos.whoop.sync.MemberState.Permission;
import io.holisticos.whoop.sync.ReadFailures.ReadFailure;
import io.holisticos.whoop.sync.ReadFailures.ReadTarget;
import io.holisticos.whoop.sync.RecordEvent.Happened;
import io.holisticos.whoop.sync.Step.AbandonRun;
import io.holisticos.whoop.sync.Step.AskById;
import io.holisticos.whoop.sync.Step.Calling;
import io.holisticos.whoop.sync.Step.Finish;
import io.holisticos.whoop.sync.Step.ListPage;
import io.holisticos.whoop.sync.Step.Listing;
import io.holisticos.whoop.sync.Step.MarkDeleted;
import io.holisticos.whoop.sync.Step.ReadById;
import io.holisticos.whoop.sync.Step.ReadPerson;
import io.holisticos.whoop.sync.Step.SilenceAlarm;
import io.holisticos.whoop.sync.Step.Stop;
import io.holisticos.whoop.sync.Step.Wait;
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
 * Decides the next step for a member: a pure function of what the tables hold. The rules stand in {@link #rules}, the most
 * urgent first. The planner takes the first step that may be tried now.
 *
 * <p>A member's steps come to an end. Each step settles an event, or postpones it by a {@link RetrySchedule}, which has an
 * end, or sets a collection's {@code listedAt} to now, which no rule asks for twice, or reads one of the finitely many pages
 * on the way there.
 */
final class Planner {

    /** How much of a collection is read first when it was never listed. */
    static final Duration SPAN = Duration.ofDays(30);

    /**
     * How much later lists ask for: the newest 25 records may reach so far back, and one call brings them all. A listing goes
     * on to a second page only if the collection was not read up to there before.
     */
    private static final Duration NEWEST = Duration.ofDays(183);

    private static final Duration CHECK_AGAIN_WHILE_OFF = Duration.ofMinutes(5);
    private static final Duration CHECK_AGAIN_FOR_A_CALLER = Duration.ofSeconds(30);

    /** A member without a new cycle for so long probably wears no strap. */
    private static final Duration INACTIVE_AFTER = Duration.ofDays(2);

    /** A record missing from one list may be a short lapse of WHOOP's. The next list that counts comes after this time. */
    private static final Duration SECOND_LIST_AFTER = Duration.ofHours(1);

    /** Silence is suspicious when no event came for so long ... */
    private static final Duration SILENCE = Duration.ofHours(24);

    /** ... and no main sleep ended for so long: a day, and a late morning. */
    private static final Duration OVERDUE = Duration.ofHours(30);

    /** Recoveries come after their sleeps, which say when they are. Cycles come first, since they show inactive members. */
    private static final List<RecordCollection> ORDER = List.of(CYCLE, SLEEP, RECOVERY, WORKOUT);

    private final ReconcileHour reconcileHour;
    private final MemberState state;
    private final Instant now;

    private Planner(MemberState state, ReconcileHour reconcileHour) {
        this.state = state;
        this.reconcileHour = reconcileHour;
        this.now = state.now();
    }

    /** The next step for a member whose lists are reconciled at that hour. */
    static Step next(MemberState state, ReconcileHour reconcileHour) {
        return new Planner(state, reconcileHour).next();
    }

    private static List<Function<Planner, Stream<? extends Step>>> rules() {
        return List.of(
                Planner::deletedRecords,
                Planner::unfinishedListing,
                Planner::requestedRun,
                Planner::recordsBeyondLists,
                Planner::recordsOnLists,
                Planner::recordsMissingTwice,
                Planner::recordsMissingOnce,
                Planner::suspiciousSilence,
                Planner::listsAfterSilence,
                Planner::listsToReconcile,
                Planner::failedLists,
                Planner::backfill);
    }

    private Step next() {
        Permission permission = state.requested().permission();
        return switch (permission) {
            case STOPPED -> new Stop();
            case OFF ->
                new Wait(now.plus(state.requested().run() == null ? CHECK_AGAIN_WHILE_OFF : CHECK_AGAIN_FOR_A_CALLER));
            case ALLOWED ->
                rules().stream()
                        .<Step>flatMap(rule -> rule.apply(this))
                        .filter(state::mayTry)
                        .findFirst()
                        .orElseGet(() -> new Wait(nextDue()));
        };
    }

    private Stream<MarkDeleted> deletedRecords() {
        return state.events().pending().stream()
                .filter(event -> event.happened() == Happened.DELETED)
                .map(MarkDeleted::new);
    }

    private Stream<ListPage> unfinishedListing() {
        return Stream.ofNullable(state.read().listing()).map(ListPage::new);
    }

    private Stream<? extends Step> requestedRun() {
        SyncRun run = state.requested().run();
        if (run == null) {
            return Stream.empty();
        }
        if (run.stage() == Stage.PROFILE || run.stage() == Stage.BODY_MEASUREMENT) {
            ReadPerson person = new ReadPerson(run.stage());
            return unlessHopeless(run, Map.of(person.target(), person));
        }
        Map<ReadTarget, ListPage> wanting = new LinkedHashMap<>();
        order().filter(collection -> !state.isListedSince(collection, run.freshSince(collection)))
                .map(collection -> list(collection, Lane.INTERACTIVE))
                .forEach(list -> wanting.put(list.target(), list));
        return wanting.isEmpty() ? Stream.of(new Finish(run)) : unlessHopeless(run, wanting);
    }

    private Stream<ReadById> recordsBeyondLists() {
        return state.events().pending().stream()
                .filter(event -> event.happened() == Happened.UPDATED && event.isDue(now) && event.isBeyondLists())
                .map(ReadById::new);
    }

    private Stream<ListPage> recordsOnLists() {
        Stream<ListPage> lists = Stream.of(
                        sleepEvents(), recoveryEvents(), cycleOfANewSleep(), workoutEvents(), cycleEvents())
                .flatMap(Optional::stream);
        List<RecordCollection> order = order().toList();
        return lastFailedCollection() == null
                ? lists
                : lists.sorted(Comparator.comparing(list -> order.indexOf(list.collection())));
    }

    /** A recovery's event alone has its sleep read too: both change together, and the event of the sleep may be lost. */
    private Optional<ListPage> sleepEvents() {
        return isDue(SLEEP) || due(RECOVERY).anyMatch(this::needsItsSleep)
                ? Optional.of(list(SLEEP, Lane.WEBHOOK))
                : Optional.empty();
    }

    private boolean needsItsSleep(PendingEvent recovery) {
        return recovery.attempt() == 0
                && !recovery.hints().partnerSettled()
                && !state.isListedSince(SLEEP, recovery.receivedAt());
    }

    private Optional<ListPage> recoveryEvents() {
        return isDue(RECOVERY) ? Optional.of(list(RECOVERY, Lane.WEBHOOK)) : Optional.empty();
    }

    /** WHOOP sends no events of cycles. A main sleep begins a new cycle, and ends the one before. */
    private Optional<ListPage> cycleOfANewSleep() {
        Night night = state.stored().night();
        Instant sleeps = state.listedAt(SLEEP);
        boolean wanting =
                night != null && !night.cycleSettled() && sleeps != null && !state.isListedSince(CYCLE, sleeps);
        return wanting ? Optional.of(list(CYCLE, Lane.WEBHOOK)) : Optional.empty();
    }

    private Optional<ListPage> workoutEvents() {
        return isDue(WORKOUT) ? Optional.of(list(WORKOUT, Lane.WEBHOOK)) : Optional.empty();
    }

    private Optional<ListPage> cycleEvents() {
        return isDue(CYCLE) ? Optional.of(list(CYCLE, Lane.WEBHOOK)) : Optional.empty();
    }

    private Stream<AskById> recordsMissingTwice() {
        return state.stored().absent().stream().filter(Absent::twice).map(AskById::new);
    }

    /** A deletion without an event is found before the next nightly reconciliation. */
    private Stream<ListPage> recordsMissingOnce() {
        return order().filter(collection -> secondLists(collection)
                        .anyMatch(due -> !due.isAfter(now) && !state.isListedSince(collection, due)))
                .map(collection -> list(collection, Lane.RECONCILE));
    }

    /** When the collection is listed again because a record was missing once. */
    private Stream<Instant> secondLists(RecordCollection collection) {
        return state.stored().absent().stream()
                .filter(absent -> !absent.twice() && absent.kind().equals(collection.kind()))
                .map(absent -> absent.missedAt().plus(SECOND_LIST_AFTER));
    }

    /** The cycles are listed first: a member who wears no strap causes no events either. */
    private Stream<? extends Step> suspiciousSilence() {
        Instant since = suspiciousSince();
        if (since.isAfter(now) || isInactive(now)) {
            return Stream.empty();
        }
        if (!state.isListedSince(CYCLE, since)) {
            return Stream.of(list(CYCLE, Lane.RECONCILE));
        }
        Instant relisted = state.read().relistBefore();
        boolean sounded = relisted != null && !relisted.isBefore(since);
        return cyclesWentOn() && !sounded ? Stream.of(new SilenceAlarm(since)) : Stream.empty();
    }

    private Stream<ListPage> listsAfterSilence() {
        Instant since = state.read().relistBefore();
        return since == null
                ? Stream.empty()
                : order().filter(collection -> !state.isListedSince(collection, since))
                        .map(collection -> list(collection, Lane.RECONCILE));
    }

    private Stream<ListPage> listsToReconcile() {
        return unlistedAt(reconcileHour.last(now), now).map(collection -> list(collection, Lane.RECONCILE));
    }

    /** Lists that failed are tried again, even for an inactive member. */
    private Stream<ListPage> failedLists() {
        Pause pause = state.read().pause();
        Stream<RecordCollection> away = pause == null || pause.lane() == Lane.BACKFILL
                ? Stream.empty()
                : Stream.ofNullable(lastFailedCollection());
        return Stream.concat(state.failures().due(now), away).map(collection -> list(collection, Lane.RECONCILE));
    }

    private Stream<? extends Step> backfill() {
        Backfill backfill = state.requested().backfill();
        if (backfill == null || state.read().listedAt().size() < ORDER.size()) {
            return Stream.empty(); // the newest days come first
        }
        Listing listing = backfill.listing();
        if (listing != null) {
            return Stream.of(new ListPage(listing));
        }
        List<RecordCollection> order = order().toList();
        Map<ReadTarget, ListPage> wanting = new LinkedHashMap<>();
        order.stream()
                .flatMap(collection -> gaps(backfill, collection).stream()
                        .map(gap -> Listing.begin(collection, gap, now, Lane.BACKFILL)))
                .sorted(Comparator.comparing(
                                (Listing gap) -> lastFailedCollection() == null ? 0 : order.indexOf(gap.collection()))
                        .thenComparing(gap -> gap.window().end(), Comparator.reverseOrder())
                        .thenComparing(Listing::collection))
                .map(ListPage::new)
                .forEach(list -> wanting.putIfAbsent(list.target(), list));
        return wanting.isEmpty() ? Stream.of(new Finish(backfill.run())) : unlessHopeless(backfill.run(), wanting);
    }

    private List<Window> gaps(Backfill backfill, RecordCollection collection) {
        return Gaps.of(state.requested().coverage(), collection, backfill.run().window(), state.listedAt(collection));
    }

    // ---- what the rules share ------------------------------------------------------------------------------------

    /** During an outage, the list that failed last comes last, so that the others are read whatever fails. */
    private Stream<RecordCollection> order() {
        List<RecordCollection> order = new ArrayList<>(ORDER);
        Collections.rotate(order, -1 - order.indexOf(lastFailedCollection()));
        return order.stream();
    }

    /** The list that met the outage last. */
    private @Nullable RecordCollection lastFailedCollection() {
        Pause pause = state.read().pause();
        return pause == null || pause.failure() == null ? null : pause.failure().collection();
    }

    /** The steps a run still needs. The run is abandoned when all of them are hopeless. */
    private Stream<? extends Step> unlessHopeless(SyncRun run, Map<ReadTarget, ? extends Calling> wanting) {
        Map<ReadTarget, ReadFailure> hopeless = new LinkedHashMap<>();
        wanting.keySet()
                .forEach(
                        target -> state.failures().findHopeless(target, now).ifPresent(it -> hopeless.put(target, it)));
        if (hopeless.size() < wanting.size()) {
            return wanting.values().stream();
        }
        return hopeless.entrySet().stream()
                .limit(1)
                .map(first -> new AbandonRun(
                        run, first.getKey().stage(), first.getValue().error()));
    }

    private ListPage list(RecordCollection collection, Lane lane) {
        boolean first = lane == Lane.INTERACTIVE || state.listedAt(collection) == null;
        return new ListPage(Listing.begin(collection, new Window(now.minus(first ? SPAN : NEWEST), now), now, lane));
    }

    private Stream<PendingEvent> due(RecordCollection collection) {
        return state.events().pending().stream()
                .filter(event -> event.isUpdateOf(collection) && event.isDue(now) && !event.isBeyondLists());
    }

    private boolean isDue(RecordCollection collection) {
        return due(collection).findAny().isPresent();
    }

    /** The collections that have to be listed at that hour, because the next hour is too late. */
    private Stream<RecordCollection> unlistedAt(Instant hour, Instant when) {
        return order().filter(
                        collection -> collection == CYCLE || !isInactive(when) || !isListedSinceInactive(collection))
                .filter(collection -> !state.isListedSince(collection, ReconcileHour.canWaitIfListedSince(hour)));
    }

    /** What a member did before they took the strap off is listed once more, since its events may be lost. */
    private boolean isListedSinceInactive(RecordCollection collection) {
        NewestCycle newest = state.stored().cycle();
        return newest == null || state.isListedSince(collection, newest.start().plus(INACTIVE_AFTER));
    }

    private boolean isInactive(Instant when) {
        NewestCycle newest = state.stored().cycle();
        return newest == null
                ? state.isListedSince(CYCLE, Instant.MIN)
                : newest.start().plus(INACTIVE_AFTER).isBefore(when);
    }

    private Instant suspiciousSince() {
        Instant byEvents = state.events().lastAt().plus(SILENCE);
        Night night = state.stored().night();
        Instant byNights = night == null ? byEvents : night.end().plus(OVERDUE);
        return byNights.isAfter(byEvents) ? byNights : byEvents;
    }

    /** Whether a stored cycle began after the last main sleep. */
    private boolean cyclesWentOn() {
        NewestCycle cycle = state.stored().cycle();
        Night night = state.stored().night();
        return cycle != null
                && (night == null
                        || (cycle.cycleId() != night.cycleId() && cycle.start().isAfter(night.start())));
    }

    /** When a rule may have a step again, if nothing happens before. */
    private Instant nextDue() {
        List<Instant> moments = new ArrayList<>();
        state.events().pending().forEach(event -> moments.add(event.dueAt()));
        Pause pause = state.read().pause();
        if (pause != null) {
            moments.add(pause.until());
        }
        state.failures().retries().forEach(moments::add);
        ORDER.forEach(collection -> secondLists(collection).forEach(moments::add));
        moments.add(suspiciousSince());
        Instant hour = ReconcileHour.after(reconcileHour.last(now));
        while (unlistedAt(hour, hour).findAny().isEmpty()) {
            hour = ReconcileHour.after(hour);
        }
        moments.add(hour);
        return moments.stream()
                .filter(moment -> moment.isAfter(now))
                .min(Comparator.naturalOrder())
                .orElse(hour);
    }
}
