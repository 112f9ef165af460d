package io.holisticos.whoop.sync;

import io.holisticos.health.UserId;
import io.holisticos.whoop.data.Coverage;
import io.holisticos.whoop.data.WhoopStore;
import io.holisticos.whoop.sync.MemberState.Backfill;
import io.holisticos.whoop.sync.Step.Walk;
import io.holisticos.whoop.sync.SyncRun.Kind;
import io.holisticos.whoop.sync.SyncRun.Stage;
import io.holisticos.whoop.sync.SyncRun.State;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** How far the runs are that somebody asked for, and how they end. */
final class Progress {

    private static final Logger log = LoggerFactory.getLogger(Progress.class);

    private final SyncTables tables;
    private final WhoopStore records;
    private final SyncMeters meters;
    private final SyncTerms terms;
    private final Consumer<UserId> wake;
    private final Clock clock;

    /** @param wake puts the next backfill's turn on the list of jobs */
    Progress(SyncTables tables, WhoopStore records, SyncMeters meters, SyncTerms terms, Consumer<UserId> wake) {
        this.tables = tables;
        this.records = records;
        this.meters = meters;
        this.terms = terms;
        this.wake = wake;
        this.clock = terms.clock();
    }

    /** A run somebody waits for has read so many records. */
    void read(SyncRun run, Stage stage, int more) {
        tables.runs().saveProgress(run.read(stage, more), now());
    }

    /** A backfill has read a page. */
    void readFurtherBack(UserId who, MemberState state, Walk walk, int read) {
        Backfill backfill = state.asked().backfill();
        if (backfill == null) {
            return;
        }
        Coverage coverage = records.coverage(who);
        int percent =
                Gaps.percent(coverage, backfill.run().window(), state.read().listedAt());
        SyncRun run = backfill.run().read(Stage.of(walk.collection()), read).at(percent);
        tables.runs().saveProgress(run, now());
        Gaps.coveredFrom(coverage).ifPresent(from -> {
            tables.members().cover(who, from, now());
            log.info(
                    "event=backfill_progress member={} job_id={} percent={} covered_from={} pages={}",
                    terms.inLogs().apply(who),
                    run.jobId(),
                    percent,
                    from,
                    run.pages());
        });
    }

    void finish(UserId who, MemberState state, SyncRun run) {
        boolean backfilled = run.kind() == Kind.BACKFILL;
        Coverage coverage = backfilled ? state.asked().coverage() : records.coverage(who);
        tables.members()
                .cover(who, Gaps.coveredFrom(coverage).orElse(run.window().start()), now());
        if (tables.runs().finish(backfilled ? run.at(100) : run, State.DONE, now())) {
            log.info(
                    "event=sync_done kind={} job_id={} records={} pages={}",
                    run.kind().word(),
                    run.jobId(),
                    run.records(),
                    run.pages());
        }
        if (backfilled) {
            afterABackfill(who, state);
        }
    }

    /** Nobody waits for it any more: what WHOOP tells of the member goes on being read meanwhile. */
    void giveUp(UserId who, MemberState state, Step.GiveUp giveUp) {
        end(who, giveUp.run().failed(giveUp.at(), giveUp.error()));
        if (giveUp.run().kind() == Kind.BACKFILL) {
            afterABackfill(who, state);
        } else if (giveUp.at().collection().isEmpty()) {
            tables.failures().forgetPerson(who); // nobody tries it any more
        }
    }

    /** Another member's turn; what failed of this one's past counts on until the lists' newest pages are read well. */
    private void afterABackfill(UserId who, MemberState state) {
        if (!state.failures().of().isEmpty()) {
            tables.failures().leaveThePast(who, now());
        }
        tables.runs().backfills(MemberJob.BACKFILLS_AT_ONCE, now()).forEach(wake);
    }

    /** Ends the run that somebody waits for, if there is one. */
    void fail(UserId who, MemberState state, SyncError error) {
        SyncRun run = state.asked().run();
        if (run != null) {
            end(who, run.failed(run.stage(), error));
        }
    }

    private void end(UserId who, SyncRun failed) {
        SyncError error = failed.error();
        if (tables.runs().finish(failed, State.FAILED, now())) {
            meters.failed();
            log.atLevel(error != null && error.isTheMembers() ? Level.INFO : Level.WARN)
                    .log(
                            "event=sync_failed member={} kind={} job_id={} stage={} error={}",
                            terms.inLogs().apply(who),
                            failed.kind().word(),
                            failed.jobId(),
                            failed.stage().word(),
                            error == null ? "" : error.word());
        }
    }

    /** As finely as the tables keep it. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
