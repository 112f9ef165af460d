package io.holisticos.whoop.quota;

import io.holisticos.whoop.quota.WaitingCallers.Payer;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.BiConsumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.result.RowView;
import org.jspecify.annotations.Nullable;

/**
 * Owns tables {@code whoop_quota}, {@code whoop_quota_grant}, {@code whoop_quota_window}, {@code whoop_quota_waiting} and {@code
 * whoop_quota_foreign}.
 */
final class QuotaStore {

    private static final String ONE_MOMENT = "set transaction isolation level repeatable read, read only";
    private static final String COUNT = "select granted, last_granted_at, version from whoop_quota";
    private static final String LOCK = COUNT + " for update";
    private static final String WINDOWS =
            "select window_name, blocked_until, capped_at, capped_until from whoop_quota_window";
    private static final String GRANTS = """
        select sequence, granted_at, lane, member from whoop_quota_grant
        where sequence >= :from order by sequence\
        """;
    private static final String WAITING = "select lane, member, told_at from whoop_quota_waiting";

    /** A process that waits here for the row compares its count and version again once it has the row. */
    private static final String GRANT = """
        with counted as (
            update whoop_quota set granted = :sequence, last_granted_at = :now
            where granted = :sequence - 1 and version = :version
            returning granted
        ), pushed_out as (
            delete from whoop_quota_grant using counted where sequence <= counted.granted - :keep
        ), came as (
            delete from whoop_quota_waiting using counted where lane = :lane and member = :member
        )
        insert into whoop_quota_grant (sequence, granted_at, lane, member)
        select granted, :now, :lane, :member from counted\
        """;

    private static final String WAIT = """
        with gone as (
            delete from whoop_quota_waiting where told_at < :gone and not (lane = :lane and member = :member)
        )
        insert into whoop_quota_waiting (lane, member, told_at) values (:lane, :member, :toldAt)
        on conflict (lane, member) do update set told_at = excluded.told_at\
        """;
    private static final String CHANGED = "update whoop_quota set version = version + 1";
    private static final String BLOCK = """
        update whoop_quota_window set blocked_until = greatest(blocked_until, :until)
        where window_name = :window\
        """;
    private static final String CAP = """
        update whoop_quota_window
        set capped_at = whoop_quota.granted + :remaining, capped_until = :until
        from whoop_quota
        where window_name = :window
            and (capped_until is null or capped_until <= :now or capped_at > whoop_quota.granted + :remaining)\
        """;
    private static final String BRING_BACK =
            "update whoop_quota set last_granted_at = :now, version = version + 1 where last_granted_at > :now";
    private static final String BRING_GRANTS_BACK =
            "update whoop_quota_grant set granted_at = :now where granted_at > :now";
    private static final String BRING_WAITING_BACK = "delete from whoop_quota_waiting where told_at > :now";
    private static final String SHORTEN = """
        update whoop_quota_window
        set blocked_until = least(blocked_until, :furthest), capped_until = least(capped_until, :furthest)
        where window_name = :window\
        """;
    private static final String FOREIGN = "select window_name, begun_at, calls from whoop_quota_foreign";
    private static final String SAVE_FOREIGN = """
        with gone as (
            delete from whoop_quota_foreign where begun_at < :gone
        )
        insert into whoop_quota_foreign (window_name, begun_at, calls) values (:window, :begun, :calls)
        on conflict (window_name, begun_at)
        do update set calls = greatest(whoop_quota_foreign.calls, excluded.calls)\
        """;
    private static final String UNBLOCK = """
        update whoop_quota_window set blocked_until = null, capped_at = null, capped_until = null
        where window_name = :window\
        """;
    private static final String FORGET_FOREIGN_OF = "delete from whoop_quota_foreign where window_name = :window";
    private static final String FORGET_FOREIGN = "delete from whoop_quota_foreign";
    private static final String FORGET_COUNT =
            "update whoop_quota set granted = 0, last_granted_at = '1970-01-01T00:00:00Z', version = version + 1";
    private static final String FORGET_GRANTS = "delete from whoop_quota_grant";
    private static final String FORGET_WAITING = "delete from whoop_quota_waiting";
    private static final String FORGET_WINDOWS =
            "update whoop_quota_window set blocked_until = null, capped_at = null, capped_until = null";

    /** How long a process waits for its turn; turns last milliseconds. */
    private static final int MAX_SECONDS_FOR_THE_LOCK = 3;

    /** Shorter than the margin: a grant must not be older than that when its call leaves. */
    private static final int MAX_SECONDS_FOR_A_GRANT = 1;

    /**
     * The row that orders all processes.
     *
     * @param granted the sequence of the last grant
     * @param version grows with everything but a grant
     */
    record GrantCount(long granted, Instant lastGrantedAt, long version) {}

    /**
     * What prevents the next grant in one window, beside the grants before it.
     *
     * @param cappedAt the last sequence that may be granted before {@code cappedUntil}
     */
    record WindowState(
            QuotaWindow window,
            @Nullable Instant blockedUntil,
            @Nullable Long cappedAt,
            @Nullable Instant cappedUntil) {

        WindowState shortenedTo(Instant furthest) {
            return new WindowState(window, earlier(blockedUntil, furthest), cappedAt, earlier(cappedUntil, furthest));
        }

        private static @Nullable Instant earlier(@Nullable Instant until, Instant furthest) {
            return until != null && until.isAfter(furthest) ? furthest : until;
        }
    }

    /** A grant to a member in a lane. */
    record Grant(long sequence, Instant at, Payer to) {}

    /** Waits for the lock. Until the transaction ends, no other process grants. */
    GrantCount lock(Handle handle) {
        return count(handle, LOCK);
    }

    /** Takes no lock. All that the transaction reads is of one moment, and it cannot write. */
    GrantCount readCount(Handle handle) {
        handle.execute(ONE_MOMENT);
        return count(handle, COUNT);
    }

    private static GrantCount count(Handle handle, String sql) {
        return handle.createQuery(sql)
                .setQueryTimeout(MAX_SECONDS_FOR_THE_LOCK)
                .map(row -> new GrantCount(
                        row.getColumn("granted", Long.class),
                        row.getColumn("last_granted_at", Instant.class),
                        row.getColumn("version", Long.class)))
                .one();
    }

    /** A statement of its own after the lock: one that waits for the lock would see other tables as they were before. */
    List<WindowState> windows(Handle handle) {
        return handle.createQuery(WINDOWS)
                .map(row -> new WindowState(
                        QuotaWindow.of(row.getColumn("window_name", String.class)),
                        row.getColumn("blocked_until", Instant.class),
                        row.getColumn("capped_at", Long.class),
                        row.getColumn("capped_until", Instant.class)))
                .list();
    }

    /** The grants that are kept, from this sequence on. */
    List<Grant> grants(Handle handle, long from) {
        return handle.createQuery(GRANTS)
                .bind("from", from)
                .map(row -> new Grant(
                        row.getColumn("sequence", Long.class), row.getColumn("granted_at", Instant.class), payer(row)))
                .list();
    }

    private record WaitRow(Payer payer, Instant until) {}

    void readWaiting(Handle handle, BiConsumer<Payer, Instant> reader) {
        handle.createQuery(WAITING)
                .map(row -> new WaitRow(payer(row), row.getColumn("told_at", Instant.class)))
                .forEach(wait -> reader.accept(wait.payer(), wait.until()));
    }

    /** Returns false and changes nothing when another process granted or changed something meanwhile. */
    boolean grant(Handle handle, Grant next, long version, int keep) {
        return handle.createUpdate(GRANT)
                        .setQueryTimeout(MAX_SECONDS_FOR_A_GRANT)
                        .bind("sequence", next.sequence())
                        .bind("version", version)
                        .bind("now", utc(next.at()))
                        .bind("keep", keep)
                        .bind("lane", next.to().lane().number)
                        .bind("member", next.to().member())
                        .execute()
                == 1;
    }

    /** Notes for all processes when a caller was told to come back. */
    void await(Handle handle, Payer who, Instant toldAt, Instant gone) {
        handle.createUpdate(WAIT)
                .bind("lane", who.lane().number)
                .bind("member", who.member())
                .bind("toldAt", utc(toldAt))
                .bind("gone", utc(gone))
                .execute();
        changed(handle);
    }

    /** Blocks a window. A block that ends before the present one changes nothing. */
    void block(Handle handle, QuotaWindow window, Instant until) {
        changed(handle); // first: it takes the lock
        handle.createUpdate(BLOCK)
                .bind("window", window.columnValue)
                .bind("until", utc(until))
                .execute();
    }

    /** Allows {@code remaining} more grants until then. While a cap stands, only a tighter one takes its place. */
    void cap(Handle handle, QuotaWindow window, int remaining, Instant until, Instant now) {
        changed(handle); // first: it takes the lock
        handle.createUpdate(CAP)
                .bind("window", window.columnValue)
                .bind("remaining", remaining)
                .bind("until", utc(until))
                .bind("now", utc(now))
                .execute();
    }

    List<OtherCallers.Calls> foreign(Handle handle) {
        return handle.createQuery(FOREIGN)
                .map(row -> new OtherCallers.Calls(
                        QuotaWindow.of(row.getColumn("window_name", String.class)),
                        row.getColumn("begun_at", Instant.class),
                        row.getColumn("calls", Integer.class)))
                .list();
    }

    /** Notes calls that were not ours, and forgets those from before {@code gone}. */
    void saveForeign(Handle handle, OtherCallers.Calls seen, Instant gone) {
        changed(handle);
        handle.createUpdate(SAVE_FOREIGN)
                .bind("window", seen.window().columnValue)
                .bind("begun", utc(seen.begunAt()))
                .bind("calls", seen.calls())
                .bind("gone", utc(gone))
                .execute();
    }

    /** Forgets WHOOP's block and count of a window, and the times that callers were told because of them. */
    void unblock(Handle handle, QuotaWindow window) {
        changed(handle); // first: it takes the lock
        handle.createUpdate(UNBLOCK).bind("window", window.columnValue).execute();
        handle.createUpdate(FORGET_FOREIGN_OF)
                .bind("window", window.columnValue)
                .execute();
        handle.createUpdate(FORGET_WAITING).execute();
    }

    /** Grants dated by a clock that was ahead count as made now, and callers that were told a time by it are told another. */
    void bringBack(Handle handle, Instant now) {
        for (String sql : List.of(BRING_BACK, BRING_GRANTS_BACK, BRING_WAITING_BACK)) {
            handle.createUpdate(sql).bind("now", utc(now)).execute();
        }
    }

    /** Shortens a block or cap that reaches further than its window. */
    void shorten(Handle handle, QuotaWindow window, Instant furthest) {
        changed(handle);
        handle.createUpdate(SHORTEN)
                .bind("window", window.columnValue)
                .bind("furthest", utc(furthest))
                .execute();
    }

    void forget(Handle handle) {
        handle.createUpdate(FORGET_COUNT).execute(); // first: it takes the lock
        handle.createUpdate(FORGET_GRANTS).execute();
        handle.createUpdate(FORGET_WAITING).execute();
        handle.createUpdate(FORGET_WINDOWS).execute();
        handle.createUpdate(FORGET_FOREIGN).execute();
    }

    private static void changed(Handle handle) {
        handle.createUpdate(CHANGED).execute();
    }

    private static Payer payer(RowView row) {
        return new Payer(Lane.of(row.getColumn("lane", Integer.class)), row.getColumn("member", Long.class));
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
