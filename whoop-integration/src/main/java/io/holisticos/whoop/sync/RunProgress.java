package io.holisticos.whoop.sync;

import io.holisticos.health.UserId;
import io.holisticos.whoop.data.Coverage;
import io.holisticos.whoop.data.WhoopStore;
import io.holisticos.whoop.sync.MemberState.Backfill;
import io.holisticos.whoop.sync.Step.Listing;
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

/** How far the requested runs are, and how they end. */
final class RunProgress {

    private static final Logger log = LoggerFactory.getLogger(RunProgress.class);

    private final SyncTables tables;
    private final WhoopStore records;
    private final SyncMetrics meters;
    private final SyncContext terms;
    private final Consumer<UserId> wake;
    private final Clock clock;

    /** @param wake puts the job of the member whose backfill is next on the list */
    RunProgress(SyncTables tables, WhoopStore records, SyncMetrics meters, SyncContext terms, Consumer<UserId> wake) {
        this.tables = tables;
        this.records = records;
        this.meters = meters;
        this.terms = terms;
        this.wake = wake;
        this.clock = terms.clock();
    }

    /** The run that somebody waits for has read so many records more. */
    void read(SyncRun run, Stage stage, int more) {
        tables.runs().saveProgress(run.read(stage, more), now());
    }

    /** A backfill has read a page. */
    void readFurtherBack(UserId who, MemberState state, Listing listing, int read) {
        Backfill backfill = state.requested().backfill();
        if (backfill == null) {
            return;
        }
        Coverage coverage = records.coverage(who);
        int percent =
                Gaps.percent(coverage, backfill.run().window(), state.read().listedAt());
        SyncRun run = backfill.run().read(Stage.of(listing.collection()), read).at(percent);
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
        Coverage coverage = backfilled ? state.requested().coverage() : records.coverage(who);
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

    /** The run ends with a failure. The member's events go on being read. */
    void abandon(UserId who, MemberState state, Step.AbandonRun abandoned) {
        end(who, abandoned.run().failed(abandoned.at(), abandoned.error()));
        if (abandoned.run().kind() == Kind.BACKFILL) {
            afterABackfill(who, state);
        } else if (abandoned.at().collection().isEmpty()) {
            tables.failures().forgetPerson(who); // nothing reads the profile until the next run
        }
    }

    /** It is another member's turn. Failures of this member's past stay counted until the newest page of the list is read. */
    private void afterABackfill(UserId who, MemberState state) {
        if (!state.failures().of().isEmpty()) {
            tables.failures().keepFailuresOfThePast(who, now());
        }
        tables.runs().backfills(MemberStates.BACKFILLS_AT_ONCE, now()).forEach(wake);
    }

    /** Ends the run that somebody waits for, if there is one. */
    void fail(UserId who, MemberState state, SyncError error) {
        SyncRun run = state.requested().run();
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
