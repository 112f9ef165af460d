package io.holisticos.whoop.sync;

import io.holisticos.database.Database;
import io.holisticos.health.UserId;
import io.holisticos.whoop.api.WhoopApi;
import io.holisticos.whoop.data.WhoopStore;
import io.holisticos.whoop.sync.MemberState.Pause;
import io.holisticos.whoop.sync.MemberState.Permission;
import io.holisticos.whoop.sync.SyncRun.Kind;
import io.holisticos.whoop.sync.SyncRun.State;
import io.holisticos.whoop.sync.SyncStatus.ErrorOf;
import io.holisticos.whoop.sync.SyncStatus.NextStep;
import io.holisticos.whoop.sync.SyncStatus.OpenRun;
import io.holisticos.whoop.sync.SyncStatus.PauseOf;
import io.holisticos.whoop.sync.SyncStatus.Standing;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** Says how the sync of members stands, as the planner sees it. Reads only; starts nothing. */
public final class SyncStatuses {

    private final SyncTables tables;
    private final SyncStatusStore store;
    private final MemberStates states;
    private final Clock clock;

    /** @param enabled whether the integration is switched on for a member */
    public SyncStatuses(Jdbi jdbi, WhoopStore records, Predicate<UserId> enabled, Clock clock) {
        Database database = new Database(jdbi, WhoopApi.WHOOP);
        this.tables = SyncTables.in(database);
        this.store = new SyncStatusStore(database);
        this.states = new MemberStates(tables, records, enabled);
        this.clock = clock;
    }

    /** Empty for a member who never connected. */
    public Optional<SyncStatus> find(UserId who) {
        return states.load(who, now()).map(state -> status(who, state));
    }

    public SyncSummary summary() {
        return store.summary(tables.members().lastListedAt().orElse(null), now());
    }

    /** The members who ever connected, those with trouble first. */
    public List<UserId> members(int most) {
        return store.thoseWithTroubleFirst(most, now());
    }

    private SyncStatus status(UserId who, MemberState state) {
        Optional<SyncFreshness> freshness = tables.members().findFreshness(who);
        Step next = Planner.next(state, ReconcileHour.of(who, state.stored().offset()));
        List<ErrorOf> failing = failing(who, state);
        PauseOf pause = pause(state);
        return new SyncStatus(
                standing(state, next, pause != null, !failing.isEmpty(), freshness.isPresent()),
                pause,
                lastError(who, failing),
                failing,
                freshness
                        .map(span -> new SyncStatus.Covered(span.coveredFrom(), span.lastSyncedAt()))
                        .orElse(null),
                listedAt(state),
                tables.runs().findOpen(who).stream().map(SyncStatuses::open).toList(),
                events(state),
                inWords(next),
                store.findJob(who).orElse(null));
    }

    private static Standing standing(MemberState state, Step next, boolean paused, boolean failing, boolean readOnce) {
        if (state.requested().permission() == Permission.STOPPED) {
            return Standing.STOPPED;
        }
        if (state.requested().permission() == Permission.OFF) {
            return Standing.SWITCHED_OFF;
        }
        if (paused) {
            return Standing.PAUSED;
        }
        if (failing) {
            return Standing.FAILING;
        }
        if (!readOnce) {
            return Standing.FIRST_SYNC;
        }
        return next instanceof Step.Wait ? Standing.WAITING : Standing.WORKING;
    }

    private static @Nullable PauseOf pause(MemberState state) {
        Pause pause = state.read().pause();
        if (pause == null || !pause.until().isAfter(state.now())) {
            return null;
        }
        String because = pause.throttled() || pause.failure() == null
                ? "no_permit"
                : pause.failure().error().word();
        return new PauseOf(pause.lane().word(), pause.until(), because, pause.failures());
    }

    /** Reads count each by itself, an outage once. */
    private List<ErrorOf> failing(UserId who, MemberState state) {
        Pause pause = state.read().pause();
        Stream<ErrorOf> outage = pause == null || pause.failure() == null
                ? Stream.empty()
                : Stream.of(new ErrorOf(pause.failure().error().word(), null, pause.failures(), pause.until()));
        Stream<ErrorOf> reads = tables.failures().of(who).of().entrySet().stream()
                .map(each -> new ErrorOf(
                        each.getValue().error().word(),
                        each.getKey().stage().word() + (each.getKey().furtherBack() ? " of the years before" : ""),
                        each.getValue().times(),
                        each.getValue().retryAt()));
        return Stream.concat(outage, reads)
                .sorted(Comparator.comparingInt(ErrorOf::times)
                        .reversed()
                        .thenComparing(error -> String.valueOf(error.reading())))
                .toList();
    }

    private @Nullable ErrorOf lastError(UserId who, List<ErrorOf> failing) {
        if (!failing.isEmpty()) {
            return failing.get(0);
        }
        return Stream.of(tables.runs().findLatest(who), tables.runs().findLatestBackfill(who))
                .flatMap(Optional::stream)
                .filter(run -> run.state() == State.FAILED)
                .max(Comparator.comparing(SyncRun::requestedAt))
                .map(run -> new ErrorOf(
                        (run.error() == null ? SyncError.INTERNAL : run.error()).word(),
                        run.stage().word(),
                        1,
                        null))
                .orElse(null);
    }

    private static Map<String, Instant> listedAt(MemberState state) {
        Map<String, Instant> listed = new LinkedHashMap<>();
        for (RecordCollection collection : RecordCollection.values()) {
            Instant at = state.listedAt(collection);
            if (at != null) {
                listed.put(collection.word(), at);
            }
        }
        return listed;
    }

    private static OpenRun open(SyncRun run) {
        return new OpenRun(
                run.kind().word(),
                run.state().word(),
                run.stage().word(),
                run.kind() == Kind.BACKFILL ? run.percent() : null,
                run.records(),
                run.requestedAt());
    }

    private static SyncStatus.Events events(MemberState state) {
        List<PendingEvent> pending = state.events().pending();
        return new SyncStatus.Events(
                pending.size(),
                pending.stream()
                        .map(PendingEvent::firstReceivedAt)
                        .min(Comparator.naturalOrder())
                        .orElse(null));
    }

    private static NextStep inWords(Step next) {
        if (next instanceof Step.ListPage list) {
            return new NextStep("list", list.collection().word(), list.lane().word(), null);
        }
        if (next instanceof Step.ReadPerson person) {
            return new NextStep("read", person.stage().word(), person.lane().word(), null);
        }
        if (next instanceof Step.ReadById read) {
            return new NextStep(
                    "read_record", read.collection().word(), read.lane().word(), null);
        }
        if (next instanceof Step.AskById absent) {
            return new NextStep(
                    "look_for_record", absent.collection().word(), absent.lane().word(), null);
        }
        if (next instanceof Step.MarkDeleted deleted) {
            return new NextStep("mark_deleted", deleted.deletion().collection().word(), null, null);
        }
        if (next instanceof Step.Finish finish) {
            return new NextStep("finish", finish.run().kind().word(), null, null);
        }
        if (next instanceof Step.AbandonRun abandoned) {
            return new NextStep("give_up", abandoned.run().kind().word(), null, null);
        }
        if (next instanceof Step.SilenceAlarm) {
            return new NextStep("list_after_silence", null, null, null);
        }
        return next instanceof Step.Wait wait
                ? new NextStep("wait", null, null, wait.until())
                : new NextStep("stop", null, null, null);
    }

    /** As finely as the tables keep it. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
