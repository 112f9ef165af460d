package io.holisticos.whoop.sync;

import com.codahale.metrics.Counter;
import com.codahale.metrics.MetricRegistry;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError;
import io.holisticos.health.HealthError.BadSourceReply;
import io.holisticos.health.HealthError.ConnectionNotFound;
import io.holisticos.health.HealthError.ReauthorizationRequired;
import io.holisticos.health.HealthError.SourceThrottled;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.UserId;
import io.holisticos.whoop.api.Fetched;
import io.holisticos.whoop.api.Page;
import io.holisticos.whoop.api.WhoopApi;
import io.holisticos.whoop.data.RecordKind;
import io.holisticos.whoop.data.Saved;
import io.holisticos.whoop.data.WhoopStore;
import io.holisticos.whoop.sync.SyncRun.Stage;
import io.holisticos.whoop.sync.SyncRun.State;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works on a run: a page from WHOOP, into the store, then a note of how far it is. A kill between two of these steps costs
 * one page read again, never a record.
 */
final class SyncJob {

    private static final Logger log = LoggerFactory.getLogger(SyncJob.class);

    /** Longer than the outbound client's own retries take; a job has nobody waiting for it. */
    private static final Duration CALL_MAY_TAKE = Duration.ofSeconds(20);

    private static final Duration LOOK_AGAIN_WHILE_OFF = Duration.ofSeconds(30);
    private static final Duration FIRST_RETRY = Duration.ofSeconds(30);
    private static final Duration SHORTEST_RETRY = Duration.ofSeconds(1);
    private static final int MAX_FAILURES = 5;

    /** 10,000 records of all collections: nobody has as many in a window of ours. */
    private static final int MAX_PAGES = 400;

    private final WhoopApi api;
    private final WhoopStore records;
    private final SyncStore runs;
    private final SyncTerms terms;
    private final Clock clock;
    private final Counter contested;

    SyncJob(WhoopApi api, WhoopStore records, SyncStore runs, SyncTerms terms) {
        this.api = api;
        this.records = records;
        this.runs = runs;
        this.terms = terms;
        this.clock = terms.clock();
        this.contested = terms.metrics().counter(MetricRegistry.name("whoop", "data", "contested"));
    }

    /**
     * Goes on with a run until it is over or has to wait.
     *
     * @param stopping whether this process is about to end
     * @return when to go on; empty when the run is over
     */
    Optional<Instant> work(UUID jobId, BooleanSupplier stopping) {
        Optional<SyncRun> started = runs.start(jobId, clock.instant());
        while (started.isPresent()) {
            SyncRun run = started.get();
            if (stopping.getAsBoolean()) {
                return Optional.of(clock.instant());
            }
            if (!terms.enabled().test(run.who())) {
                return later(LOOK_AGAIN_WHILE_OFF);
            }
            try {
                started = step(run);
            } catch (SourceThrottled | SourceUnavailable wait) {
                Duration retryAfter = wait.retryAfter().orElse(FIRST_RETRY);
                return later(retryAfter.compareTo(SHORTEST_RETRY) < 0 ? SHORTEST_RETRY : retryAfter);
            } catch (ReauthorizationRequired refused) {
                terms.consentLost().accept(run.who());
                return fail(run, refused);
            } catch (ConnectionNotFound gone) {
                return fail(run, gone);
            } catch (BadSourceReply bad) {
                return retry(run, bad);
            }
        }
        return Optional.empty();
    }

    /** One page, or one record. Returns the run as it goes on; empty when it is over. */
    private Optional<SyncRun> step(SyncRun run) {
        if (run.pages() >= MAX_PAGES) {
            throw new BadSourceReply(WhoopApi.WHOOP, "more than " + MAX_PAGES + " pages");
        }
        Progress progress = readStage(run);
        String token = progress.nextToken();
        if (token != null && token.equals(run.nextToken())) {
            throw new BadSourceReply(WhoopApi.WHOOP, "the same page token twice");
        }
        Stage next = token == null ? run.stage().next() : run.stage();
        SyncRun moved = moved(run, next == null ? run.stage() : next, token, progress.records());
        boolean asExpected = next == null
                ? runs.finish(moved, State.DONE, clock.instant())
                : runs.saveProgress(moved, clock.instant());
        if (!asExpected) {
            return runs.start(run.jobId(), clock.instant()); // it was widened meanwhile: go on with what it is now
        }
        if (next == null) {
            log.info(
                    "event=sync_done kind={} job_id={} records={} pages={}",
                    moved.kind().word(),
                    moved.jobId(),
                    moved.records(),
                    moved.pages());
            return Optional.empty();
        }
        return Optional.of(moved);
    }

    /** What one step read. */
    private record Progress(int records, @Nullable String nextToken) {}

    private Progress readStage(SyncRun run) {
        UserId who = run.who();
        Instant begun = clock.instant();
        Deadline deadline = Deadline.after(CALL_MAY_TAKE);
        return switch (run.stage()) {
            case PROFILE ->
                api.profile(who, deadline)
                        .map(profile -> counted(records.saveProfile(who, profile, begun, clock.instant()), 1))
                        .orElse(new Progress(0, null));
            case BODY_MEASUREMENT ->
                api.bodyMeasurement(who, deadline)
                        .map(body -> new Progress(save(RecordKind.BODY_MEASUREMENT, who, List.of(body), begun), null))
                        .orElse(new Progress(0, null)); // some members have none
            case CYCLES ->
                saved(RecordKind.CYCLE, who, api.cycles(who, run.window(), run.nextToken(), deadline), begun);
            case RECOVERIES ->
                saved(RecordKind.RECOVERY, who, api.recoveries(who, run.window(), run.nextToken(), deadline), begun);
            case SLEEPS ->
                saved(RecordKind.SLEEP, who, api.sleeps(who, run.window(), run.nextToken(), deadline), begun);
            case WORKOUTS ->
                saved(RecordKind.WORKOUT, who, api.workouts(who, run.window(), run.nextToken(), deadline), begun);
        };
    }

    private <T> Progress saved(RecordKind<T> kind, UserId who, Page<T> page, Instant begun) {
        return new Progress(save(kind, who, page.records(), begun), page.nextToken());
    }

    private <T> int save(RecordKind<T> kind, UserId who, List<Fetched<T>> fetched, Instant begun) {
        return counted(records.save(kind, who, fetched, begun, clock.instant()), fetched.size())
                .records();
    }

    private Progress counted(Saved saved, int fetched) {
        contested.inc(saved.contested());
        return new Progress(fetched, null);
    }

    private static SyncRun moved(SyncRun run, Stage stage, @Nullable String nextToken, int more) {
        return new SyncRun(
                run.jobId(),
                run.who(),
                run.kind(),
                run.state(),
                stage,
                nextToken,
                run.window(),
                run.records() + more,
                run.pages() + 1,
                0,
                run.requestedAt(),
                run.startedAt(),
                run.finishedAt());
    }

    /** The collection is read again from its start: a page token may have gone stale. */
    private Optional<Instant> retry(SyncRun run, BadSourceReply bad) {
        SyncRun failed = new SyncRun(
                run.jobId(),
                run.who(),
                run.kind(),
                run.state(),
                run.stage(),
                null,
                run.window(),
                run.records(),
                run.pages(),
                run.failures() + 1,
                run.requestedAt(),
                run.startedAt(),
                run.finishedAt());
        if (failed.failures() >= MAX_FAILURES || run.pages() >= MAX_PAGES) {
            return fail(failed, bad);
        }
        log.warn(
                "event=sync_reply_refused job_id={} stage={} failures={}", run.jobId(), run.stage(), failed.failures());
        runs.saveProgress(failed, clock.instant());
        return later(FIRST_RETRY.multipliedBy(1L << run.failures()));
    }

    private Optional<Instant> fail(SyncRun run, HealthError why) {
        if (!runs.finish(run, State.FAILED, clock.instant())) {
            return Optional.of(clock.instant()); // the member connected anew meanwhile: that run goes on
        }
        log.warn("event=sync_failed kind={} job_id={} reason={}", run.kind().word(), run.jobId(), why.kind());
        return Optional.empty();
    }

    private Optional<Instant> later(Duration wait) {
        return Optional.of(clock.instant().plus(wait));
    }
}
