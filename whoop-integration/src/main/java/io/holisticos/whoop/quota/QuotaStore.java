package io.holisticos.whoop.quota;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Tables {@code whoop_quota}, {@code whoop_quota_grant} and {@code whoop_quota_window}. */
final class QuotaStore {

    private static final String LOCK = "select granted, last_granted_at from whoop_quota for update";
    private static final String READ = "select granted, last_granted_at from whoop_quota";
    private static final String WINDOWS = """
            select w.window_name, w.blocked_until, w.capped_at, w.capped_until, g.granted_at as pushed_out
            from whoop_quota_window w
            left join whoop_quota_grant g
                on g.sequence = :granted + 1 - case w.window_name when 'minute' then :minute else :day end""";
    private static final String GRANT = """
            with counted as (
                update whoop_quota set granted = :sequence, last_granted_at = :now
            ), pushed_out as (
                delete from whoop_quota_grant where sequence <= :sequence - :keep
            )
            insert into whoop_quota_grant (sequence, granted_at) values (:sequence, :now)""";
    private static final String BLOCK = """
            update whoop_quota_window set blocked_until = greatest(blocked_until, :until)
            where window_name = :window""";
    private static final String CAP = """
            update whoop_quota_window
            set capped_at = whoop_quota.granted + :remaining, capped_until = :until
            from whoop_quota
            where window_name = :window
                and (capped_until is null or capped_until <= :now or capped_at > whoop_quota.granted + :remaining)""";
    private static final String COUNT = "select count(*) from whoop_quota_grant where granted_at > :since";
    private static final String FORGET_GRANTS = "delete from whoop_quota_grant";
    private static final String FORGET_COUNT =
            "update whoop_quota set granted = 0, last_granted_at = '1970-01-01T00:00:00Z'";
    private static final String FORGET_WINDOWS =
            "update whoop_quota_window set blocked_until = null, capped_at = null, capped_until = null";

    /** How long a process waits for its turn; turns last milliseconds. */
    private static final int MAX_SECONDS_FOR_THE_LOCK = 3;

    /**
     * The count of grants so far.
     *
     * @param granted the sequence of the last grant
     */
    record Count(long granted, Instant lastGrantedAt) {}

    /**
     * What stands against the next grant in one window.
     *
     * @param pushedOut when the grant was made that the next one would push out; null while there are fewer
     * @param cappedAt the last sequence that may be granted before {@code cappedUntil}
     */
    record WindowState(
            Window window,
            @Nullable Instant pushedOut,
            @Nullable Instant blockedUntil,
            @Nullable Long cappedAt,
            @Nullable Instant cappedUntil) {}

    /** Waits for our turn: until the transaction ends, no other process grants. */
    Count lock(Handle handle) {
        return handle.createQuery(LOCK)
                .setQueryTimeout(MAX_SECONDS_FOR_THE_LOCK)
                .map((row, context) -> count(row))
                .one();
    }

    Count read(Handle handle) {
        return handle.createQuery(READ).map((row, context) -> count(row)).one();
    }

    /** A statement of its own, after the lock: one that waits for a lock sees other tables as they were before. */
    List<WindowState> windows(Handle handle, long granted, int mostInMinute, int mostInDay) {
        return handle.createQuery(WINDOWS)
                .bind("granted", granted)
                .bind("minute", mostInMinute)
                .bind("day", mostInDay)
                .map((row, context) -> new WindowState(
                        Window.of(row.getString("window_name")),
                        instant(row, "pushed_out"),
                        instant(row, "blocked_until"),
                        row.getObject("capped_at", Long.class),
                        instant(row, "capped_until")))
                .list();
    }

    void grant(Handle handle, long sequence, Instant now, int keep) {
        handle.createUpdate(GRANT)
                .bind("sequence", sequence)
                .bind("now", utc(now))
                .bind("keep", keep)
                .execute();
    }

    /** A shorter block than the present one changes nothing. */
    void block(Handle handle, Window window, Instant until) {
        handle.createUpdate(BLOCK)
                .bind("window", window.columnValue)
                .bind("until", utc(until))
                .execute();
    }

    /** Allows {@code remaining} more grants until then. While a cap stands, only a tighter one takes its place. */
    void cap(Handle handle, Window window, int remaining, Instant until, Instant now) {
        handle.createUpdate(CAP)
                .bind("window", window.columnValue)
                .bind("remaining", remaining)
                .bind("until", utc(until))
                .bind("now", utc(now))
                .execute();
    }

    int countSince(Handle handle, Instant since) {
        return handle.createQuery(COUNT)
                .bind("since", utc(since))
                .mapTo(Integer.class)
                .one();
    }

    void forget(Handle handle) {
        handle.createUpdate(FORGET_COUNT).execute(); // first: it takes the lock
        handle.createUpdate(FORGET_GRANTS).execute();
        handle.createUpdate(FORGET_WINDOWS).execute();
    }

    private static Count count(ResultSet row) throws SQLException {
        return new Count(
                row.getLong("granted"),
                row.getObject("last_granted_at", OffsetDateTime.class).toInstant());
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
        return value == null ? null : value.toInstant();
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
