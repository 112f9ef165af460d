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
import io.holisticos.whoop.sync.Settlement.Seen;
import io.holisticos.whoop.sync.Settlement.Shape;
import io.holisticos.whoop.sync.Settlement.Sight;
import io.holisticos.whoop.sync.Step.Walk;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One call to WHOOP and what it brings into the store; each method is both. */
final class Reading {

    /** Longer than the outbound client's own retries take; a job has nobody waiting for it. */
    private static final Duration CALL_MAY_TAKE = Duration.ofSeconds(20);

    private final WhoopApi api;
    private final WhoopStore records;
    private final SyncMeters meters;
    private final Clock clock;

    Reading(WhoopApi api, WhoopStore records, SyncMeters meters, Clock clock) {
        this.api = api;
        this.records = records;
        this.meters = meters;
        this.clock = clock;
    }

    /**
     * What a page brought.
     *
     * @param records how many records were on it
     */
    record Brought(Sight sight, int records) {}

    /** @param before when the collection was listed the last time; null when its records may not be held */
    Brought page(Owner owner, Walk walk, @Nullable Instant before) {
        WhoopApi paid = api.in(walk.lane());
        Deadline deadline = Deadline.after(CALL_MAY_TAKE);
        Instant begun = clock.instant();
        return switch (walk.collection()) {
            case CYCLE ->
                saved(
                        RecordKind.CYCLE,
                        owner,
                        walk,
                        before,
                        paid.cycles(owner.who(), walk.window(), walk.token(), deadline),
                        begun);
            case SLEEP ->
                saved(
                        RecordKind.SLEEP,
                        owner,
                        walk,
                        before,
                        paid.sleeps(owner.who(), walk.window(), walk.token(), deadline),
                        begun);
            case RECOVERY ->
                saved(
                        RecordKind.RECOVERY,
                        owner,
                        walk,
                        before,
                        paid.recoveries(owner.who(), walk.window(), walk.token(), deadline),
                        begun);
            case WORKOUT ->
                saved(
                        RecordKind.WORKOUT,
                        owner,
                        walk,
                        before,
                        paid.workouts(owner.who(), walk.window(), walk.token(), deadline),
                        begun);
        };
    }

    /** Reads who the member is, or their body; returns how many records that were. One that is refused is counted there. */
    int person(Owner owner, SyncRun.Stage stage) {
        try {
            return readable(owner, stage);
        } catch (RejectedRecord refused) {
            return 0;
        }
    }

    private int readable(Owner owner, SyncRun.Stage stage) {
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

    /** Reads the record that was told of; empty when WHOOP has none, or one that cannot be read. */
    Optional<Seen> told(Owner owner, OpenChange change) {
        try {
            return readable(owner, change);
        } catch (RejectedRecord refused) {
            return Optional.empty(); // it is looked for again some times, and may be mended by then
        }
    }

    private Optional<Seen> readable(Owner owner, OpenChange change) {
        WhoopApi paid = api.in(Lane.WEBHOOK);
        Deadline deadline = Deadline.after(CALL_MAY_TAKE);
        Instant begun = clock.instant();
        return switch (change.collection()) {
            case SLEEP -> seen(RecordKind.SLEEP, owner, paid.sleep(owner.who(), change.recordId(), deadline), begun);
            case WORKOUT ->
                seen(RecordKind.WORKOUT, owner, paid.workout(owner.who(), change.recordId(), deadline), begun);
            case RECOVERY -> {
                long cycle = Objects.requireNonNull(change.hints().cycleId());
                yield seen(RecordKind.RECOVERY, owner, paid.recoveryOfCycle(owner.who(), cycle, deadline), begun);
            }
            case CYCLE -> throw new IllegalArgumentException("WHOOP tells of no cycles");
        };
    }

    /** Asks for what two lists did not show: it is back in the store, or noted as deleted. */
    void absent(Owner owner, Absent absent) {
        Instant begun = clock.instant();
        try {
            if (!isThere(owner, absent, begun)) {
                records.confirmAbsent(owner.who(), absent, begun, clock.instant(), AccountCheck.of(owner.account()));
                meters.absence();
            }
        } catch (RejectedRecord refused) {
            records.forgetAbsence(owner.who(), absent); // it is there, though nobody can read it
        }
    }

    private boolean isThere(Owner owner, Absent absent, Instant begun) {
        WhoopApi paid = api.in(Lane.RECONCILE);
        Deadline deadline = Deadline.after(CALL_MAY_TAKE);
        RecordKind<?> kind = absent.kind();
        if (kind.equals(RecordKind.CYCLE)) {
            return seen(RecordKind.CYCLE, owner, paid.cycle(owner.who(), Long.parseLong(absent.id()), deadline), begun)
                    .isPresent();
        }
        if (kind.equals(RecordKind.SLEEP)) {
            return seen(RecordKind.SLEEP, owner, paid.sleep(owner.who(), UUID.fromString(absent.id()), deadline), begun)
                    .isPresent();
        }
        if (kind.equals(RecordKind.WORKOUT)) {
            return seen(
                            RecordKind.WORKOUT,
                            owner,
                            paid.workout(owner.who(), UUID.fromString(absent.id()), deadline),
                            begun)
                    .isPresent();
        }
        long cycle = Objects.requireNonNull(absent.cycleId());
        return seen(RecordKind.RECOVERY, owner, paid.recoveryOfCycle(owner.who(), cycle, deadline), begun)
                .filter(seen -> absent.id().equals(String.valueOf(seen.key())))
                .isPresent();
    }

    private <T> Brought saved(
            RecordKind<T> kind, Owner owner, Walk walk, @Nullable Instant before, Page<T> page, Instant begun) {
        RecordBatch<T> listed = RecordBatch.page(kind, page, walk.unread(), before);
        save(kind, owner, listed, begun);
        List<Seen> seen = page.records().stream().map(Reading::seenAs).toList();
        Sight sight = new Sight(
                seen,
                page.nextToken(),
                listed.coverage() == null ? null : listed.coverage().window().start(),
                listed.unread(walk.unread()).orElse(null));
        return new Brought(sight, seen.size());
    }

    private <T> Optional<Seen> seen(RecordKind<T> kind, Owner owner, Optional<Fetched<T>> found, Instant begun) {
        return found.map(fetched -> {
            single(kind, owner, fetched, begun);
            return seenAs(fetched);
        });
    }

    private <T> int single(RecordKind<T> kind, Owner owner, Fetched<T> fetched, Instant begun) {
        save(kind, owner, RecordBatch.byId(List.of(fetched)), begun);
        return 1;
    }

    private <T> void save(RecordKind<T> kind, Owner owner, RecordBatch<T> listed, Instant begun) {
        AccountCheck theirs = AccountCheck.of(owner.account());
        SaveResult saved = records.save(kind, owner.who(), listed, begun, clock.instant(), theirs);
        meters.contested(saved.contested());
    }

    private static Seen seenAs(Fetched<?> fetched) {
        Object record = fetched.record();
        if (record instanceof Sleep sleep) {
            return new Seen(sleep.id(), sleep.scoreState().kind(), sleep.nap() ? Shape.NAP : Shape.NIGHT);
        }
        if (record instanceof Recovery recovery) {
            return new Seen(recovery.sleepId(), recovery.scoreState().kind(), Shape.OTHER);
        }
        if (record instanceof Workout workout) {
            return new Seen(workout.id(), workout.scoreState().kind(), Shape.OTHER);
        }
        if (record instanceof Cycle cycle) {
            return new Seen(null, cycle.scoreState().kind(), Shape.OTHER);
        }
        throw new IllegalArgumentException("no list has " + record.getClass().getSimpleName());
    }
}
