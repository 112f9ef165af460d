package io.holisticos.whoop.sync;

import io.holisticos.health.Deadline;
import io.holisticos.whoop.api.Cycle;
import io.holisticos.whoop.api.Fetched;
import io.holisticos.whoop.api.Page;
import io.holisticos.whoop.api.Recovery;
import io.holisticos.whoop.api.RejectedRecord;
import io.holisticos.whoop.api.Sleep;
import io.holisticos.whoop.api.WhoopApi;
import io.holisticos.whoop.api.Workout;
import io.holisticos.whoop.data.Absent;
import io.holisticos.whoop.data.AccountCheck;
import io.holisticos.whoop.data.RecordBatch;
import io.holisticos.whoop.data.RecordKind;
import io.holisticos.whoop.data.SaveResult;
import io.holisticos.whoop.data.WhoopStore;
import io.holisticos.whoop.quota.Lane;
import io.holisticos.whoop.sync.Settlement.PageContents;
import io.holisticos.whoop.sync.Settlement.PageRecord;
import io.holisticos.whoop.sync.Settlement.SleepType;
import io.holisticos.whoop.sync.Step.Listing;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Fetches records from WHOOP and saves them; each method does both. */
final class RecordFetcher {

    /** Longer than the retries of the outbound client take; nobody waits for a job. */
    private static final Duration CALL_MAY_TAKE = Duration.ofSeconds(20);

    private final WhoopApi api;
    private final WhoopStore records;
    private final SyncMetrics meters;
    private final Clock clock;

    RecordFetcher(WhoopApi api, WhoopStore records, SyncMetrics meters, Clock clock) {
        this.api = api;
        this.records = records;
        this.meters = meters;
        this.clock = clock;
    }

    /**
     * A page that was fetched and saved.
     *
     * @param records how many records were on it
     */
    record FetchedPage(PageContents contents, int records) {}

    /** @param before when the collection was listed the last time; null when its records may not be stored */
    FetchedPage page(RecordOwner owner, Listing listing, @Nullable Instant before) {
        WhoopApi paid = api.in(listing.lane());
        Deadline deadline = Deadline.after(CALL_MAY_TAKE);
        Instant begun = clock.instant();
        return switch (listing.collection()) {
            case CYCLE ->
                saved(
                        RecordKind.CYCLE,
                        owner,
                        listing,
                        before,
                        paid.cycles(owner.who(), listing.window(), listing.token(), deadline),
                        begun);
            case SLEEP ->
                saved(
                        RecordKind.SLEEP,
                        owner,
                        listing,
                        before,
                        paid.sleeps(owner.who(), listing.window(), listing.token(), deadline),
                        begun);
            case RECOVERY ->
                saved(
                        RecordKind.RECOVERY,
                        owner,
                        listing,
                        before,
                        paid.recoveries(owner.who(), listing.window(), listing.token(), deadline),
                        begun);
            case WORKOUT ->
                saved(
                        RecordKind.WORKOUT,
                        owner,
                        listing,
                        before,
                        paid.workouts(owner.who(), listing.window(), listing.token(), deadline),
                        begun);
        };
    }

    /** Fetches the profile or the body measurement. Returns how many records that were; one that is rejected counts as none. */
    int person(RecordOwner owner, SyncRun.Stage stage) {
        try {
            return readable(owner, stage);
        } catch (RejectedRecord refused) {
            return 0;
        }
    }

    private int readable(RecordOwner owner, SyncRun.Stage stage) {
        WhoopApi paid = api.in(Lane.INTERACTIVE);
        Deadline deadline = Deadline.after(CALL_MAY_TAKE);
        Instant begun = clock.instant();
        if (stage == SyncRun.Stage.PROFILE) {
            return paid.profile(owner.who(), deadline)
                    .map(profile -> single(RecordKind.PROFILE, owner, profile, begun))
                    .orElse(0);
        }
        return paid.bodyMeasurement(owner.who(), deadline) // some members have none
                .map(body -> single(RecordKind.BODY_MEASUREMENT, owner, body, begun))
                .orElse(0);
    }

    /** Fetches the record of an event; empty when WHOOP has none, or one that cannot be parsed. */
    Optional<PageRecord> byEvent(RecordOwner owner, PendingEvent event) {
        try {
            return readable(owner, event);
        } catch (RejectedRecord refused) {
            return Optional.empty(); // it is fetched again some times, and may be mended by then
        }
    }

    private Optional<PageRecord> readable(RecordOwner owner, PendingEvent event) {
        WhoopApi paid = api.in(Lane.WEBHOOK);
        Deadline deadline = Deadline.after(CALL_MAY_TAKE);
        Instant begun = clock.instant();
        return switch (event.collection()) {
            case SLEEP ->
                saveFound(RecordKind.SLEEP, owner, paid.sleep(owner.who(), event.recordId(), deadline), begun);
            case WORKOUT ->
                saveFound(RecordKind.WORKOUT, owner, paid.workout(owner.who(), event.recordId(), deadline), begun);
            case RECOVERY -> {
                long cycle = Objects.requireNonNull(event.hints().cycleId());
                yield saveFound(RecordKind.RECOVERY, owner, paid.recoveryOfCycle(owner.who(), cycle, deadline), begun);
            }
            case CYCLE -> throw new IllegalArgumentException("WHOOP sends no events of cycles");
        };
    }

    /** Fetches a record that two lists did not show: it is saved, or marked as deleted. */
    void absent(RecordOwner owner, Absent absent) {
        Instant begun = clock.instant();
        try {
            if (!isThere(owner, absent, begun)) {
                records.confirmAbsent(owner.who(), absent, begun, clock.instant(), AccountCheck.of(owner.account()));
                meters.absence();
            }
        } catch (RejectedRecord refused) {
            records.forgetAbsence(owner.who(), absent); // it is there, though it cannot be parsed
        }
    }

    private boolean isThere(RecordOwner owner, Absent absent, Instant begun) {
        WhoopApi paid = api.in(Lane.RECONCILE);
        Deadline deadline = Deadline.after(CALL_MAY_TAKE);
        RecordKind<?> kind = absent.kind();
        if (kind.equals(RecordKind.CYCLE)) {
            return saveFound(
                            RecordKind.CYCLE,
                            owner,
                            paid.cycle(owner.who(), Long.parseLong(absent.id()), deadline),
                            begun)
                    .isPresent();
        }
        if (kind.equals(RecordKind.SLEEP)) {
            return saveFound(
                            RecordKind.SLEEP,
                            owner,
                            paid.sleep(owner.who(), UUID.fromString(absent.id()), deadline),
                            begun)
                    .isPresent();
        }
        if (kind.equals(RecordKind.WORKOUT)) {
            return saveFound(
                            RecordKind.WORKOUT,
                            owner,
                            paid.workout(owner.who(), UUID.fromString(absent.id()), deadline),
                            begun)
                    .isPresent();
        }
        long cycle = Objects.requireNonNull(absent.cycleId());
        return saveFound(RecordKind.RECOVERY, owner, paid.recoveryOfCycle(owner.who(), cycle, deadline), begun)
                .filter(seen -> absent.id().equals(String.valueOf(seen.key())))
                .isPresent();
    }

    private <T> FetchedPage saved(
            RecordKind<T> kind,
            RecordOwner owner,
            Listing listing,
            @Nullable Instant before,
            Page<T> page,
            Instant begun) {
        RecordBatch<T> listed = RecordBatch.page(kind, page, listing.unread(), before);
        save(kind, owner, listed, begun);
        List<PageRecord> seen =
                page.records().stream().map(RecordFetcher::pageRecord).toList();
        PageContents contents = new PageContents(
                seen,
                page.nextToken(),
                listed.coverage() == null ? null : listed.coverage().window().start(),
                listed.unread(listing.unread()).orElse(null));
        return new FetchedPage(contents, seen.size());
    }

    private <T> Optional<PageRecord> saveFound(
            RecordKind<T> kind, RecordOwner owner, Optional<Fetched<T>> found, Instant begun) {
        return found.map(fetched -> {
            single(kind, owner, fetched, begun);
            return pageRecord(fetched);
        });
    }

    private <T> int single(RecordKind<T> kind, RecordOwner owner, Fetched<T> fetched, Instant begun) {
        save(kind, owner, RecordBatch.byId(List.of(fetched)), begun);
        return 1;
    }

    private <T> void save(RecordKind<T> kind, RecordOwner owner, RecordBatch<T> listed, Instant begun) {
        AccountCheck theirs = AccountCheck.of(owner.account());
        SaveResult saved = records.save(kind, owner.who(), listed, begun, clock.instant(), theirs);
        meters.contested(saved.contested());
    }

    private static PageRecord pageRecord(Fetched<?> fetched) {
        Object record = fetched.record();
        if (record instanceof Sleep sleep) {
            return new PageRecord(
                    sleep.id(), sleep.scoreState().kind(), sleep.nap() ? SleepType.NAP : SleepType.MAIN_SLEEP);
        }
        if (record instanceof Recovery recovery) {
            return new PageRecord(recovery.sleepId(), recovery.scoreState().kind(), SleepType.NO_SLEEP);
        }
        if (record instanceof Workout workout) {
            return new PageRecord(workout.id(), workout.scoreState().kind(), SleepType.NO_SLEEP);
        }
        if (record instanceof Cycle cycle) {
            return new PageRecord(null, cycle.scoreState().kind(), SleepType.NO_SLEEP);
        }
        throw new IllegalArgumentException("no list has " + record.getClass().getSimpleName());
    }
}
