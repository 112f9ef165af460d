package io.holisticos.whoop.sync;

import io.holisticos.health.HealthError.BadSourceReply;
import io.holisticos.health.HealthError.ConnectionNotFound;
import io.holisticos.health.HealthError.ReauthorizationRequired;
import io.holisticos.health.HealthError.SourceThrottled;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.UserId;
import io.holisticos.health.WhatFailed;
import io.holisticos.whoop.api.NotNow;
import io.holisticos.whoop.api.WhoopApi;
import io.holisticos.whoop.api.Window;
import io.holisticos.whoop.data.AnotherAccount;
import io.holisticos.whoop.data.Coverage;
import io.holisticos.whoop.data.WhoopStore;
import io.holisticos.whoop.quota.Lane;
import io.holisticos.whoop.sync.Failures.What;
import io.holisticos.whoop.sync.MemberState.Asked;
import io.holisticos.whoop.sync.MemberState.Backfill;
import io.holisticos.whoop.sync.MemberState.Read;
import io.holisticos.whoop.sync.MemberState.Standing;
import io.holisticos.whoop.sync.MemberStore.Row;
import io.holisticos.whoop.sync.Step.Calling;
import io.holisticos.whoop.sync.Step.Walk;
import io.holisticos.whoop.sync.SyncRun.Kind;
import io.holisticos.whoop.sync.SyncRun.Stage;
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
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does for one member what the planner says, step by step. All it knows lies in the tables: a kill between two steps
 * costs a page read again, never a record or a change.
 */
final class MemberJob {

    private static final Logger log = LoggerFactory.getLogger(MemberJob.class);

    /** Members whose past is read at the same time; the others wait for their turn instead of for permits. */
    static final int BACKFILLS_AT_ONCE = 8;

    private final MemberStore members;
    private final ChangeStore changes;
    private final SyncStore runs;
    private final FailureStore failures;
    private final WhoopStore records;
    private final Reading reading;
    private final Setbacks setbacks;
    private final Progress progress;
    private final SyncMeters meters;
    private final SyncTerms terms;
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
        this.reading = new Reading(api, records, meters, terms.clock());
        this.failures = tables.failures();
        this.setbacks = new Setbacks(members, failures, terms);
        this.progress = new Progress(tables, records, meters, terms, wake);
        this.terms = terms;
        this.clock = terms.clock();
    }

    /** The tables of this package. */
    record MemberTables(MemberStore members, ChangeStore changes, SyncStore runs, FailureStore failures) {

        static MemberTables in(Jdbi database) {
            return new MemberTables(
                    new MemberStore(database),
                    new ChangeStore(database),
                    new SyncStore(database),
                    new FailureStore(database));
        }
    }

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
                progress.fail(who, state, SyncError.NOT_CONNECTED);
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
        Failures failing = row.flags().failing() ? failures.of(who) : Failures.NONE;
        MemberState state = new MemberState(
                now, row.told(), row.read(), held, new Asked(standing, run, null, Coverage.none()), failing);
        if (backfill == null || !state.mayCall(Lane.BACKFILL)) {
            return state; // without a permit there is no use in looking for gaps
        }
        Coverage coverage = backfill.walk() == null ? records.coverage(who) : Coverage.none();
        return new MemberState(
                now, row.told(), row.read(), held, new Asked(standing, run, backfill, coverage), failing);
    }

    /** Returns the state afterwards; empty when the member is gone. */
    private Optional<MemberState> follow(UserId who, MemberState state, Step step) {
        Instant begun = now();
        try {
            return take(who, state, step);
        } catch (SourceThrottled wait) {
            setbacks.throttled(who, state, step, wait.retryAfter().orElse(Setbacks.FIRST_RETRY));
        } catch (SourceUnavailable away) {
            Duration retryAfter = away.retryAfter().orElse(Setbacks.FIRST_RETRY);
            setbacks.away(who, state, step, retryAfter, WhatFailed.inWords(away));
        } catch (ReauthorizationRequired refused) {
            terms.consentLost().accept(who, begun);
            rest(who, state, begun, SyncError.CONSENT_LOST);
        } catch (ConnectionNotFound gone) {
            rest(who, state, begun, SyncError.NOT_CONNECTED);
        } catch (AnotherAccount left) {
            log.info("event=records_not_kept member={} because=another_account", inLogs(who));
        } catch (NotNow edge) {
            setbacks.away(who, state, step, Setbacks.FIRST_RETRY, WhatFailed.inWords(edge));
        } catch (BadSourceReply bad) {
            fail(who, state, step, SyncError.BAD_REPLY, WhatFailed.inWords(bad));
        } catch (EndlessList endless) {
            fail(who, state, step, endless.why(), endless.why().word());
        } catch (RuntimeException ours) { // whatever it is: it would come again, and nobody would know
            if (DatabaseOutage.isCauseOf(ours)) {
                setbacks.away(who, state, step, Setbacks.FIRST_RETRY, WhatFailed.inWords(ours));
            } else {
                fail(who, state, step, SyncError.INTERNAL, WhatFailed.inWords(ours));
            }
        }
        return load(who);
    }

    /** A record asked for by its id has its own times to be asked for again; what is no call ends the job. */
    private void fail(UserId who, MemberState state, Step step, SyncError error, String cause) {
        What what = step instanceof Calling call ? call.what() : null;
        int times = what == null ? 1 : setbacks.failed(who, state, what, error);
        setbacks.say(who, step, error, times, cause);
        if (what != null) {
            return;
        }
        if (step instanceof Step.ReadById told) {
            Settlement unseen = Settlement.ofRecord(state, told.change(), null, now());
            settled(who, state.read(), unseen);
        } else if (step instanceof Step.AskById absent) {
            records.forgetAbsence(who, absent.absent());
        } else {
            throw new IllegalStateException("a step that calls nobody failed: " + cause);
        }
    }

    private Optional<MemberState> take(UserId who, MemberState state, Step step) {
        if (step instanceof Step.ListPage list) {
            if (list.lane() != Lane.BACKFILL) {
                return readPage(who, state, list);
            }
            readFurtherBack(who, state, list);
        } else if (step instanceof Step.ReadPerson person) {
            readPerson(who, state, person);
        } else if (step instanceof Step.ReadById told) {
            Settlement settled = Settlement.ofRecord(
                    state,
                    told.change(),
                    reading.told(owner(who, state), told.change()).orElse(null),
                    now());
            return settled(who, Setbacks.unpaused(state, told, state.read().walk()), settled);
        } else if (step instanceof Step.AskById absent) {
            reading.absent(owner(who, state), absent.absent());
            setbacks.worked(who, state, absent);
        } else if (step instanceof Step.Bury bury) {
            bury(who, bury.deletion());
        } else if (step instanceof Step.Alarm alarm) {
            log.warn("event=webhooks_silent member={} since={}", inLogs(who), alarm.since());
            meters.silence();
            Read read = state.read();
            members.save(
                    who, new Read(read.account(), read.listedAt(), read.walk(), alarm.since(), read.pause()), now());
        } else if (step instanceof Step.Finish finish) {
            progress.finish(who, state, finish.run());
        } else if (step instanceof Step.GiveUp giveUp) {
            progress.giveUp(who, state, giveUp);
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
            progress.read(run, Stage.of(walk.collection()), brought.records());
        }
        walk.requireAnEnd(brought.sight().nextToken()); // now that the page is saved
        Settlement settled = Settlement.of(state, walk, brought.sight(), now());
        if (walk.lane() == Lane.RECONCILE && settled.listedAt() != null) {
            meters.reconciled();
        }
        if (settled.walk() == null) {
            setbacks.over(who, state, list);
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
        setbacks.worked(who, state, list);
        progress.readFurtherBack(who, state, walk, brought.records());
    }

    private void bury(UserId who, OpenChange deletion) {
        records.delete(deletion.collection().kind(), who, deletion.recordId().toString(), deletion.toldAt(), now());
        changes.bury(who, deletion, now());
    }

    private static Read after(MemberState state, Step.ListPage list, Settlement settled) {
        Walk walk = list.walk();
        Walk under = state.read().walk();
        Walk other = under != null && under.collection() != walk.collection() ? under : null;
        Read read = Setbacks.unpaused(state, list, settled.walk() == null ? other : settled.walk());
        Instant listed = settled.listedAt();
        if (listed == null) {
            return read;
        }
        Map<Collection, Instant> listedAt = new EnumMap<>(Collection.class);
        listedAt.putAll(read.listedAt());
        listedAt.put(walk.collection(), listed);
        return new Read(read.account(), listedAt, read.walk(), read.relistBefore(), read.pause());
    }

    private void readPerson(UserId who, MemberState state, Step.ReadPerson person) {
        int read = reading.person(owner(who, state), person.stage());
        setbacks.worked(who, state, person);
        SyncRun run = state.asked().run();
        if (run != null) {
            progress.read(run, person.stage() == Stage.PROFILE ? Stage.BODY_MEASUREMENT : Stage.CYCLES, read);
        }
    }

    private String inLogs(UserId who) {
        return terms.inLogs().apply(who);
    }

    /** Without consent there is nothing to be done; unless it was given while the refused call was under way. */
    private void rest(UserId who, MemberState state, Instant begun, SyncError why) {
        if (members.stop(who, begun, now())) {
            progress.fail(who, state, why);
        }
    }

    /** As finely as the tables keep it. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
