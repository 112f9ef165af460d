package io.holisticos.whoop.sync;

import io.holisticos.health.UserId;
import io.holisticos.whoop.data.Coverage;
import io.holisticos.whoop.data.WhoopStore;
import io.holisticos.whoop.quota.Lane;
import io.holisticos.whoop.sync.MemberState.Backfill;
import io.holisticos.whoop.sync.MemberState.Permission;
import io.holisticos.whoop.sync.MemberState.Requested;
import io.holisticos.whoop.sync.MemberStore.MemberRow;
import io.holisticos.whoop.sync.SyncRun.Kind;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Reads all that the planner has to know of a member. Writes nothing. */
final class MemberStates {

    /** Members whose past is read at the same time; the others wait for their turn. */
    static final int BACKFILLS_AT_ONCE = 8;

    private final SyncTables tables;
    private final WhoopStore records;
    private final Predicate<UserId> enabled;

    /** @param enabled whether the integration is switched on for a member */
    MemberStates(SyncTables tables, WhoopStore records, Predicate<UserId> enabled) {
        this.tables = tables;
        this.records = records;
        this.enabled = enabled;
    }

    /** Empty for a member who never connected. */
    Optional<MemberState> load(UserId who, Instant now) {
        return tables.members().load(who, now).map(row -> of(who, row, now));
    }

    /** The state of which this row was read at that moment. */
    MemberState of(UserId who, MemberRow row, Instant now) {
        SyncRun run = null;
        Backfill backfill = null;
        for (SyncRun open : row.flags().requested() ? tables.runs().findOpen(who) : List.<SyncRun>of()) {
            if (open.kind() != Kind.BACKFILL) {
                run = open;
            } else if (tables.runs().backfills(BACKFILLS_AT_ONCE, now).contains(who)) {
                backfill = new Backfill(open, row.backfill());
            }
        }
        Permission permission =
                row.flags().stopped() ? Permission.STOPPED : enabled.test(who) ? Permission.ALLOWED : Permission.OFF;
        MemberState.StoredRecords stored = new MemberState.StoredRecords(
                row.night(), row.cycle(), row.offset(), row.flags().absent() ? records.absences(who) : List.of());
        ReadFailures failing = row.flags().failing() ? tables.failures().of(who) : ReadFailures.NONE;
        MemberState state = new MemberState(
                now, row.events(), row.read(), stored, new Requested(permission, run, null, Coverage.none()), failing);
        if (backfill == null || !state.mayCall(Lane.BACKFILL)) {
            return state; // gaps are of no use without a permit
        }
        Coverage coverage = backfill.listing() == null ? records.coverage(who) : Coverage.none();
        return new MemberState(
                now, row.events(), row.read(), stored, new Requested(permission, run, backfill, coverage), failing);
    }
}
