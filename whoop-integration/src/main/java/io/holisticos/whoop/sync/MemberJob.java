package io.holisticos.whoop.sync;

import io.holisticos.database.Database;
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
import io.holisticos.whoop.data.WhoopStore;
import io.holisticos.whoop.quota.Lane;
import io.holisticos.whoop.sync.MemberState.ReadState;
import io.holisticos.whoop.sync.MemberStore.MemberRow;
import io.holisticos.whoop.sync.ReadFailures.ReadTarget;
import io.holisticos.whoop.sync.Step.Calling;
import io.holisticos.whoop.sync.Step.Listing;
import io.holisticos.whoop.sync.SyncRun.Stage;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the planner's steps for one member. All it knows lies in the tables: a kill between two steps costs a page that is read
 * again, never a record or an event.
 */
final class MemberJob {

    private static final Logger log = LoggerFactory.getLogger(MemberJob.class);

    private final MemberStore members;
    private final RecordEventStore events;
    private final MemberStates states;
    private final WhoopStore records;
    private final RecordFetcher fetcher;
    private final StepFailures stepFailures;
    private final RunProgress progress;
    private final SyncMetrics meters;
    private final SyncContext terms;
    private final Clock clock;

    /**
     * For the members of one database.
     *
     * @param wake puts the job of the member whose backfill is next on the list
     */
    MemberJob(SyncTables tables, WhoopApi api, WhoopStore records, SyncContext terms, Consumer<UserId> wake) {
        this.members = tables.members();
        this.events = tables.events();
        this.states = new MemberStates(tables, records, terms.enabled());
        this.records = records;
        this.meters = new SyncMetrics(terms.metrics());
        this.fetcher = new RecordFetcher(api, records, meters, terms.clock());
        this.stepFailures = new StepFailures(members, tables.failures(), terms);
        this.progress = new RunProgress(tables, records, meters, terms, wake);
        this.terms = terms;
        this.clock = terms.clock();
    }

    /**
     * The result of an execution.
     *
     * @param next when to go on; null when there is nothing to do until the member connects
     * @param seenUpTo runs that were requested after this moment were not seen
     * @param lastEventAt when the last event came that was seen
     */
    record JobResult(@Nullable Instant next, Instant seenUpTo, Instant lastEventAt) {}

    /**
     * Goes on with a member until there is nothing to do for now.
     *
     * @param stopping whether this process is about to end
     */
    JobResult work(UserId who, BooleanSupplier stopping) {
        Instant seenUpTo = now();
        Instant lastEventAt = Instant.EPOCH;
        Optional<MemberState> known = load(who);
        while (known.isPresent()) {
            MemberState state = known.get();
            seenUpTo = state.now();
            lastEventAt = state.events().lastAt();
            Step step = Planner.next(state, ReconcileHour.of(who, state.stored().offset()));
            if (step instanceof Step.Wait wait) {
                return new JobResult(wait.until(), seenUpTo, lastEventAt);
            }
            if (step instanceof Step.Stop) {
                progress.fail(who, state, SyncError.NOT_CONNECTED);
                break;
            }
            if (stopping.getAsBoolean()) {
                return new JobResult(now(), seenUpTo, lastEventAt);
            }
            known = follow(who, state, step);
        }
        return new JobResult(null, seenUpTo, lastEventAt);
    }

    private Optional<MemberState> load(UserId who) {
        return states.load(who, now());
    }

    /** Takes a step, whatever comes of it. Returns the state afterwards; empty when the member is gone. */
    private Optional<MemberState> follow(UserId who, MemberState state, Step step) {
        Instant begun = now();
        try {
            return take(who, state, step);
        } catch (SourceThrottled wait) {
            stepFailures.throttled(who, state, step, wait.retryAfter().orElse(StepFailures.FIRST_RETRY));
        } catch (SourceUnavailable away) {
            Duration retryAfter = away.retryAfter().orElse(StepFailures.FIRST_RETRY);
            stepFailures.away(who, state, step, retryAfter, WhatFailed.inWords(away));
        } catch (ReauthorizationRequired refused) {
            terms.consentLost().accept(who, begun);
            stop(who, state, begun, SyncError.CONSENT_LOST);
        } catch (ConnectionNotFound gone) {
            stop(who, state, begun, SyncError.NOT_CONNECTED);
        } catch (AnotherAccount left) {
            log.info("event=records_not_kept member={} because=another_account", inLogs(who));
        } catch (NotNow edge) {
            stepFailures.away(who, state, step, StepFailures.FIRST_RETRY, WhatFailed.inWords(edge));
        } catch (BadSourceReply bad) {
            fail(who, state, step, SyncError.BAD_REPLY, WhatFailed.inWords(bad));
        } catch (EndlessList endless) {
            fail(who, state, step, endless.why(), endless.why().word());
        } catch (RuntimeException ours) { // any other failure would come again, and nobody would know
            if (Database.isUnavailable(ours)) {
                stepFailures.away(who, state, step, StepFailures.FIRST_RETRY, WhatFailed.inWords(ours));
            } else {
                fail(who, state, step, SyncError.INTERNAL, WhatFailed.inWords(ours));
            }
        }
        return load(who);
    }

    /** A record that is fetched by its id has its own schedule. The failure of a step that is no call ends the job. */
    private void fail(UserId who, MemberState state, Step step, SyncError error, String cause) {
        ReadTarget target = step instanceof Calling call ? call.target() : null;
        int times = target == null ? 1 : stepFailures.failed(who, state, target, error);
        stepFailures.logFailure(who, step, error, times, cause);
        if (target != null) {
            return;
        }
        if (step instanceof Step.ReadById read) {
            Settlement unseen = Settlement.ofRecord(state, read.event(), null, now());
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
        } else if (step instanceof Step.ReadById read) {
            Settlement settled = Settlement.ofRecord(
                    state,
                    read.event(),
                    fetcher.byEvent(owner(who, state), read.event()).orElse(null),
                    now());
            return settled(who, StepFailures.unpaused(state, read, state.read().listing()), settled);
        } else if (step instanceof Step.AskById absent) {
            fetcher.absent(owner(who, state), absent.absent());
            stepFailures.worked(who, state, absent);
        } else if (step instanceof Step.MarkDeleted marked) {
            markDeleted(who, marked.deletion());
        } else if (step instanceof Step.SilenceAlarm alarm) {
            log.warn("event=webhooks_silent member={} since={}", inLogs(who), alarm.since());
            meters.silence();
            ReadState read = state.read();
            members.save(
                    who,
                    new ReadState(read.account(), read.listedAt(), read.listing(), alarm.since(), read.pause()),
                    now());
        } else if (step instanceof Step.Finish finish) {
            progress.finish(who, state, finish.run());
        } else if (step instanceof Step.AbandonRun abandoned) {
            progress.abandon(who, state, abandoned);
        }
        return load(who);
    }

    private static RecordOwner owner(UserId who, MemberState state) {
        return new RecordOwner(who, state.read().account());
    }

    private Optional<MemberState> settled(UserId who, ReadState after, Settlement settled) {
        Instant now = now();
        Optional<MemberRow> row = members.save(who, after, settled, now);
        meters.settled(settled, now);
        return row.map(saved -> states.of(who, saved, now));
    }

    private Optional<MemberState> readPage(UserId who, MemberState state, Step.ListPage list) {
        Listing listing = list.listing();
        RecordFetcher.FetchedPage page = fetcher.page(owner(who, state), listing, state.listedAt(listing.collection()));
        SyncRun run = state.requested().run();
        if (run != null && listing.lane() == Lane.INTERACTIVE) {
            progress.read(run, Stage.of(listing.collection()), page.records());
        }
        listing.requireAnEnd(page.contents().nextToken()); // now that the page is saved
        Settlement settled = Settlement.of(state, listing, page.contents(), now());
        if (listing.lane() == Lane.RECONCILE && settled.listedAt() != null) {
            meters.reconciled();
        }
        if (settled.listing() == null) {
            stepFailures.over(who, state, list);
        }
        return settled(who, after(state, list, settled), settled);
    }

    private void readFurtherBack(UserId who, MemberState state, Step.ListPage list) {
        Listing listing = list.listing();
        RecordFetcher.FetchedPage page = fetcher.page(owner(who, state), listing, null);
        String token = page.contents().nextToken();
        listing.requireAnEnd(token);
        Window unread = page.contents().stillUnread();
        members.saveBackfill(
                owner(who, state), token == null || unread == null ? null : listing.next(unread, token), now());
        stepFailures.worked(who, state, list);
        progress.readFurtherBack(who, state, listing, page.records());
    }

    private void markDeleted(UserId who, PendingEvent deletion) {
        records.delete(deletion.collection().kind(), who, deletion.recordId().toString(), deletion.receivedAt(), now());
        events.settleDeleted(who, deletion, now());
    }

    private static ReadState after(MemberState state, Step.ListPage list, Settlement settled) {
        Listing listing = list.listing();
        Listing under = state.read().listing();
        Listing other = under != null && under.collection() != listing.collection() ? under : null;
        ReadState read = StepFailures.unpaused(state, list, settled.listing() == null ? other : settled.listing());
        Instant listed = settled.listedAt();
        if (listed == null) {
            return read;
        }
        Map<RecordCollection, Instant> listedAt = new EnumMap<>(RecordCollection.class);
        listedAt.putAll(read.listedAt());
        listedAt.put(listing.collection(), listed);
        return new ReadState(read.account(), listedAt, read.listing(), read.relistBefore(), read.pause());
    }

    private void readPerson(UserId who, MemberState state, Step.ReadPerson person) {
        int read = fetcher.person(owner(who, state), person.stage());
        stepFailures.worked(who, state, person);
        SyncRun run = state.requested().run();
        if (run != null) {
            progress.read(run, person.stage() == Stage.PROFILE ? Stage.BODY_MEASUREMENT : Stage.CYCLES, read);
        }
    }

    private String inLogs(UserId who) {
        return terms.inLogs().apply(who);
    }

    /** Without consent there is nothing to do, unless it was given while the refused call was under way. */
    private void stop(UserId who, MemberState state, Instant begun, SyncError why) {
        if (members.stop(who, begun, now())) {
            progress.fail(who, state, why);
        }
    }

    /** As finely as the tables keep it. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
