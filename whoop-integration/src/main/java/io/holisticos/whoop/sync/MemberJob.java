package io.holisticos.whoop.sync;

import io.holisticos.health.HealthError.BadSourceReply;
import io.holisticos.health.HealthError.ConnectionNotFound;
import io.holisticos.health.HealthError.ReauthorizationRequired;
import io.holisticos.health.HealthError.SourceThrottled;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.UserId;
import io.holisticos.whoop.api.WhoopApi;
import io.holisticos.whoop.api.Window;
import io.holisticos.whoop.data.Coverage;
import io.holisticos.whoop.data.WhoopStore;
import io.holisticos.whoop.quota.Lane;
import io.holisticos.whoop.sync.MemberState.Asked;
import io.holisticos.whoop.sync.MemberState.Backfill;
import io.holisticos.whoop.sync.MemberState.Failure;
import io.holisticos.whoop.sync.MemberState.Pause;
import io.holisticos.whoop.sync.MemberState.Read;
import io.holisticos.whoop.sync.MemberState.Standing;
import io.holisticos.whoop.sync.MemberStore.Row;
import io.holisticos.whoop.sync.Step.Calling;
import io.holisticos.whoop.sync.Step.Walk;
import io.holisticos.whoop.sync.SyncRun.Kind;
import io.holisticos.whoop.sync.SyncRun.Stage;
import io.holisticos.whoop.sync.SyncRun.State;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does for one member what the planner says, step by step. All it knows lies in the tables: a kill between two steps
 * costs a page read again, never a record or a change.
 */
final class MemberJob {

    private static final Logger log = LoggerFactory.getLogger(MemberJob.class);

    private static final Duration FIRST_RETRY = Duration.ofSeconds(30);
    private static final Duration SHORTEST_RETRY = Duration.ofSeconds(1);
    private static final Duration LONGEST_RETRY = Duration.ofHours(1);

    /** The quota keeps a place in its line for a little longer. */
    private static final Duration PLACE_IS_HELD = Duration.ofSeconds(4);

    /** Members whose past is read at the same time; the others wait for their turn instead of for permits. */
    static final int BACKFILLS_AT_ONCE = 8;

    private final MemberStore members;
    private final ChangeStore changes;
    private final SyncStore runs;
    private final WhoopStore records;
    private final Reading reading;
    private final SyncMeters meters;
    private final SyncTerms terms;
    private final Consumer<UserId> wake;
    private final Clock clock;

    /**
     * For the members of one database.
     *
     * @param wake puts the next backfill's turn on the list of jobs
     */
    MemberJob(MemberTables tables, WhoopApi api, WhoopStore records, SyncTerms terms, Consumer<UserId> wake) {
        this.members = tables.members();
        this.changes = tables.changes();
        this.runs = tables.runs();
        this.records = records;
        this.meters = new SyncMeters(terms.metrics());
        this.reading = new Reading(api, records, members, meters, terms.clock());
        this.terms = terms;
        this.wake = wake;
        this.clock = terms.clock();
    }

    /** The tables of this package. */
    record MemberTables(MemberStore members, ChangeStore changes, SyncStore runs) {}

    /**
     * What came of an execution.
     *
     * @param next when to go on; null when nothing is to be done until the member connects
     * @param seenUpTo what was asked for after this moment was not seen
     * @param heard the last event that was seen
     */
    record Result(@Nullable Instant next, Instant seenUpTo, Instant heard) {}

    /**
     * Goes on with a member until there is nothing to do for now.
     *
     * @param stopping whether this process is about to end
     */
    Result work(UserId who, BooleanSupplier stopping) {
        Instant seenUpTo = now();
        Instant heard = Instant.EPOCH;
        Optional<MemberState> known = load(who);
        while (known.isPresent()) {
            MemberState state = known.get();
            seenUpTo = state.now();
            heard = state.told().lastAt();
            Step step = Planner.next(state, QuietHour.of(who, state.held().offset()));
            if (step instanceof Step.Wait wait) {
                return new Result(wait.until(), seenUpTo, heard);
            }
            if (step instanceof Step.Rest) {
                failRun(who, state, SyncError.NOT_CONNECTED);
                break;
            }
            if (stopping.getAsBoolean()) {
                return new Result(now(), seenUpTo, heard);
            }
            known = follow(who, state, step);
        }
        return new Result(null, seenUpTo, heard);
    }

    private Optional<MemberState> load(UserId who) {
        Instant now = now();
        return members.load(who, now).map(row -> stateOf(who, row, now));
    }

    private MemberState stateOf(UserId who, Row row, Instant now) {
        SyncRun run = null;
        Backfill backfill = null;
        for (SyncRun open : row.flags().asked() ? runs.findOpen(who) : List.<SyncRun>of()) {
            if (open.kind() != Kind.BACKFILL) {
                run = open;
            } else if (runs.backfills(BACKFILLS_AT_ONCE, now).contains(who)) {
                backfill = new Backfill(open, row.backfill());
            }
        }
        Standing standing =
                row.flags().stopped() ? Standing.STOPPED : terms.enabled().test(who) ? Standing.OPEN : Standing.OFF;
        MemberState.Held held = new MemberState.Held(
                row.night(), row.cycle(), row.offset(), row.flags().absent() ? records.absences(who) : List.of());
        MemberState state =
                new MemberState(now, row.told(), row.read(), held, new Asked(standing, run, null, Coverage.none()));
        if (backfill == null || !state.mayCall(Lane.BACKFILL)) {
            return state; // without a permit there is no use in looking for gaps
        }
        Coverage coverage = backfill.walk() == null ? records.coverage(who) : Coverage.none();
        return new MemberState(now, row.told(), row.read(), held, new Asked(standing, run, backfill, coverage));
    }

    /** Returns the state afterwards; empty when the member is gone. */
    private Optional<MemberState> follow(UserId who, MemberState state, Step step) {
        Instant begun = now();
        try {
            return take(who, state, step);
        } catch (SourceThrottled wait) {
            Pause throttled = Pause.withoutPermit(laneOf(step), state.read().pause());
            pause(who, state, wait.retryAfter().orElse(FIRST_RETRY), throttled);
        } catch (SourceUnavailable away) {
            Pause failed = failed(state, step, SyncError.UNAVAILABLE);
            if (failed.failures() == Failing.TIMES) { // once: an outage concerns everybody
                say(who, failed, String.valueOf(away.getMessage()));
            }
            pause(who, state, away.retryAfter().orElse(FIRST_RETRY), failed);
        } catch (ReauthorizationRequired refused) {
            terms.consentLost().accept(who, begun);
            rest(who, state, begun, SyncError.CONSENT_LOST);
        } catch (ConnectionNotFound gone) {
            rest(who, state, begun, SyncError.NOT_CONNECTED);
        } catch (AnotherAccount left) {
            log.info("event=records_not_kept member={} because=another_account", inLogs(who));
        } catch (BadSourceReply bad) {
            fail(who, state, step, SyncError.BAD_REPLY, String.valueOf(bad.getMessage()));
        } catch (EndlessList endless) {
            fail(who, state, step, endless.why(), endless.why().word());
        } catch (RuntimeException ours) { // whatever it is: it would come again, and nobody would know
            fail(who, state, step, SyncError.INTERNAL, reasonOf(ours));
        }
        return load(who);
    }

    /** Without its message, which could quote a record. */
    private static String reasonOf(RuntimeException ours) {
        Throwable cause = ours;
        while (cause.getCause() != null && !(cause instanceof SQLException)) {
            cause = cause.getCause();
        }
        return cause.getClass().getSimpleName() + (cause instanceof SQLException sql ? " " + sql.getSQLState() : "");
    }

    private Optional<MemberState> take(UserId who, MemberState state, Step step) {
        if (step instanceof Step.ListPage list) {
            if (list.lane() != Lane.BACKFILL) {
                return readPage(who, state, list);
            }
            readFurtherBack(who, state, list);
        } else if (step instanceof Step.ReadPerson person) {
            readPerson(who, state, person.stage());
        } else if (step instanceof Step.ReadById told) {
            Settlement settled = Settlement.ofRecord(
                    state,
                    told.change(),
                    reading.told(owner(who, state), told.change()).orElse(null),
                    now());
            return settled(who, unpaused(state, told, state.read().walk()), settled);
        } else if (step instanceof Step.AskById absent) {
            reading.absent(owner(who, state), absent.absent());
        } else if (step instanceof Step.Bury bury) {
            bury(who, bury.deletion());
        } else if (step instanceof Step.Alarm alarm) {
            log.warn("event=webhooks_silent member={} since={}", inLogs(who), alarm.since());
            meters.silence();
            Read read = state.read();
            members.save(
                    who, new Read(read.account(), read.listedAt(), read.walk(), alarm.since(), read.pause()), now());
        } else if (step instanceof Step.Finish finish) {
            finish(who, state, finish.run());
        } else if (step instanceof Step.GiveUp giveUp) {
            giveUp(who, state, giveUp);
        }
        return load(who);
    }

    private static Owner owner(UserId who, MemberState state) {
        return new Owner(who, state.read().account());
    }

    private Optional<MemberState> settled(UserId who, Read after, Settlement settled) {
        Instant now = now();
        Optional<Row> row = members.save(who, after, settled, now);
        meters.settled(settled, now);
        return row.map(saved -> stateOf(who, saved, now));
    }

    private Optional<MemberState> readPage(UserId who, MemberState state, Step.ListPage list) {
        Walk walk = list.walk();
        Reading.Brought brought = reading.page(owner(who, state), walk, state.listedAt(walk.collection()));
        SyncRun run = state.asked().run();
        if (run != null && walk.lane() == Lane.INTERACTIVE) {
            runs.saveProgress(run.read(Stage.of(walk.collection()), brought.records()), now());
        }
        walk.requireAnEnd(brought.sight().nextToken()); // now that the page is saved
        Settlement settled = Settlement.of(state, walk, brought.sight(), now());
        if (walk.lane() == Lane.RECONCILE && settled.listedAt() != null) {
            meters.reconciled();
        }
        return settled(who, after(state, list, settled), settled);
    }

    private void readFurtherBack(UserId who, MemberState state, Step.ListPage list) {
        Walk walk = list.walk();
        Reading.Brought brought = reading.page(owner(who, state), walk, null);
        String token = brought.sight().nextToken();
        walk.requireAnEnd(token);
        Window unread = brought.sight().stillUnread();
        members.saveBackfill(
                owner(who, state), token == null || unread == null ? null : walk.next(unread, token), now());
        if (state.read().pause() != null) {
            members.save(who, unpaused(state, list, state.read().walk()), now());
        }
        progress(who, state, walk, brought.records());
    }

    private void bury(UserId who, OpenChange deletion) {
        records.delete(deletion.collection().kind(), who, deletion.recordId().toString(), deletion.toldAt(), now());
        changes.bury(who, deletion, now());
    }

    private static Read after(MemberState state, Step.ListPage list, Settlement settled) {
        Walk walk = list.walk();
        Walk under = state.read().walk();
        Walk other = under != null && under.collection() != walk.collection() ? under : null;
        Read read = unpaused(state, list, settled.walk() == null ? other : settled.walk());
        Instant listed = settled.listedAt();
        if (listed == null) {
            return read;
        }
        Map<Collection, Instant> listedAt = new EnumMap<>(Collection.class);
        listedAt.putAll(read.listedAt());
        listedAt.put(walk.collection(), listed);
        return new Read(read.account(), listedAt, read.walk(), read.relistBefore(), read.pause());
    }

    /**
     * A lane that works again is no reason to try those above it, which never paused, nor those below, which do. A list
     * that works says nothing of another that failed, and its newest page nothing of the years before.
     */
    private static Read unpaused(MemberState state, Calling worked, @Nullable Walk walk) {
        Read read = state.read();
        Pause pause = read.pause();
        Failure failure = pause == null ? null : pause.failure();
        boolean furtherBack = pause != null && pause.lane() == Lane.BACKFILL && worked.lane() != Lane.BACKFILL;
        boolean another =
                failure != null && failure.collection() != null && failure.collection() != worked.collection();
        if (pause != null && !another && !furtherBack) {
            boolean over = worked.lane().compareTo(pause.lane()) >= 0;
            pause = over ? null : new Pause(pause.lane(), pause.until(), 0, null);
        }
        return new Read(read.account(), read.listedAt(), walk, read.relistBefore(), pause);
    }

    private void readPerson(UserId who, MemberState state, Stage stage) {
        int read = reading.person(owner(who, state), stage);
        SyncRun run = state.asked().run();
        if (run != null) {
            Stage next = stage == Stage.PROFILE ? Stage.BODY_MEASUREMENT : Stage.CYCLES;
            runs.saveProgress(run.read(next, read), now());
        }
    }

    private void progress(UserId who, MemberState state, Walk walk, int read) {
        Backfill backfill = state.asked().backfill();
        if (backfill == null) {
            return;
        }
        Coverage coverage = records.coverage(who);
        int percent =
                Gaps.percent(coverage, backfill.run().window(), state.read().listedAt());
        SyncRun run = backfill.run().read(Stage.of(walk.collection()), read).at(percent);
        runs.saveProgress(run, now());
        Gaps.coveredFrom(coverage).ifPresent(from -> {
            members.cover(who, from, now());
            log.info(
                    "event=backfill_progress member={} job_id={} percent={} covered_from={} pages={}",
                    inLogs(who),
                    run.jobId(),
                    percent,
                    from,
                    run.pages());
        });
    }

    private void finish(UserId who, MemberState state, SyncRun run) {
        boolean backfilled = run.kind() == Kind.BACKFILL;
        Coverage coverage = backfilled ? state.asked().coverage() : records.coverage(who);
        members.cover(who, Gaps.coveredFrom(coverage).orElse(run.window().start()), now());
        if (runs.finish(backfilled ? run.at(100) : run, State.DONE, now())) {
            log.info(
                    "event=sync_done kind={} job_id={} records={} pages={}",
                    run.kind().word(),
                    run.jobId(),
                    run.records(),
                    run.pages());
        }
        if (backfilled) {
            runs.backfills(BACKFILLS_AT_ONCE, now()).forEach(wake);
        }
    }

    /**
     * Those who wait for the same permits do not come back all at once, and the less urgent come back less often. Who was
     * told a later time was told one of their own, and nobody keeps it for long.
     *
     * @param why all of the pause but its end
     */
    private void pause(UserId who, MemberState state, Duration retryAfter, Pause why) {
        Duration shortest = switch (why.lane()) {
            case INTERACTIVE, WEBHOOK -> SHORTEST_RETRY;
            case RECONCILE -> Duration.ofMinutes(1);
            case BACKFILL -> Duration.ofMinutes(5);
        };
        boolean early = retryAfter.compareTo(shortest) < 0;
        Duration wait = early ? shortest : retryAfter;
        Duration within = early || shortest.compareTo(PLACE_IS_HELD) < 0 ? shortest : PLACE_IS_HELD;
        Instant now = now();
        long spread = Math.floorMod(31L * who.value().hashCode() + now.toEpochMilli(), within.toMillis());
        Instant until = now.plus(wait).plusMillis(spread);
        Pause pause = new Pause(why.lane(), until, why.failures(), why.failure(), why.throttled());
        save(who, state, state.read().walk(), pause);
    }

    /** How often the step has failed now; the time to come back is to be found yet. */
    private static Pause failed(MemberState state, Step step, SyncError error) {
        Failure failure = new Failure(error, step.collection());
        Pause before = state.read().pause();
        int failures = before != null && failure.equals(before.failure()) ? before.failures() + 1 : 1;
        return new Pause(laneOf(step), Instant.EPOCH, failures, failure);
    }

    /** The collection is read again from its start: a page token may have gone stale. */
    private void fail(UserId who, MemberState state, Step step, SyncError error, String reason) {
        Pause failed = failed(state, step, error);
        Duration wait = FIRST_RETRY.multipliedBy(1L << Math.min(failed.failures() - 1, 8));
        say(who, failed, reason);
        if (failed.lane() == Lane.BACKFILL) {
            members.saveBackfill(owner(who, state), null, now());
        }
        Walk walk = failed.lane() == Lane.BACKFILL ? state.read().walk() : null;
        Instant until = now().plus(wait.compareTo(LONGEST_RETRY) > 0 ? LONGEST_RETRY : wait);
        save(who, state, walk, new Pause(failed.lane(), until, failed.failures(), failed.failure()));
    }

    private void say(UserId who, Pause failed, String reason) {
        Failure failure = failed.failure();
        log.warn(
                "event=sync_step_failed member={} lane={} collection={} error={} failures={} reason=\"{}\"",
                inLogs(who),
                failed.lane(),
                failure == null ? null : failure.collection(),
                failure == null ? null : failure.error().word(),
                failed.failures(),
                reason);
    }

    /** Nobody waits for it any more: what WHOOP tells of the member goes on being read meanwhile. */
    private void giveUp(UserId who, MemberState state, Step.GiveUp giveUp) {
        Pause pause = state.read().pause();
        if (pause != null && pause.lane().compareTo(Lane.RECONCILE) < 0) {
            Pause lower =
                    new Pause(Lane.RECONCILE, pause.until(), pause.failures(), pause.failure(), pause.throttled());
            save(who, state, state.read().walk(), lower);
        }
        Collection collection = giveUp.failure().collection();
        Stage stage = collection == null ? giveUp.run().stage() : Stage.of(collection);
        end(who, giveUp.run().failed(stage, giveUp.failure().error()));
        if (giveUp.run().kind() == Kind.BACKFILL) {
            runs.backfills(BACKFILLS_AT_ONCE, now()).forEach(wake);
        }
    }

    private void save(UserId who, MemberState state, @Nullable Walk walk, Pause pause) {
        Read read = state.read();
        members.save(who, new Read(read.account(), read.listedAt(), walk, read.relistBefore(), pause), now());
    }

    private void failRun(UserId who, MemberState state, SyncError error) {
        SyncRun run = state.asked().run();
        if (run != null) {
            end(who, run.failed(run.stage(), error));
        }
    }

    private void end(UserId who, SyncRun failed) {
        if (runs.finish(failed, State.FAILED, now())) {
            meters.failed();
            log.warn(
                    "event=sync_failed member={} kind={} job_id={} stage={} error={}",
                    inLogs(who),
                    failed.kind().word(),
                    failed.jobId(),
                    failed.stage().word(),
                    failed.error() == null ? "" : failed.error().word());
        }
    }

    private String inLogs(UserId who) {
        return terms.inLogs().apply(who);
    }

    /** Without consent there is nothing to be done; unless it was given while the refused call was under way. */
    private void rest(UserId who, MemberState state, Instant begun, SyncError why) {
        if (members.stop(who, begun, now())) {
            failRun(who, state, why);
        }
    }

    private static Lane laneOf(Step step) {
        return step instanceof Calling call ? call.lane() : Lane.INTERACTIVE;
    }

    /** As finely as the tables keep it. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
