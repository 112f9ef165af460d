package io.holisticos.whoop.sync;

import io.holisticos.database.Database;
import io.holisticos.health.UserId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.locator.ClasspathSqlLocator;
import org.jspecify.annotations.Nullable;

/** What operators want to know of the sync beside the state of a member: reads the views of the owners of the tables. */
final class SyncStatusStore {

    private static final String SUMMARY = ClasspathSqlLocator.removingComments()
            .getResource(SyncStatusStore.class.getClassLoader(), "io/holisticos/whoop/sync/sync-summary.sql");
    private static final String TROUBLE_FIRST = """
            select s.user_id from whoop_member_status s
            order by case when s.stopped_at is not null then 3
                    when s.paused_until > :now
                        or exists (select from whoop_failing_read f where f.user_id = s.user_id) then 1
                    when not s.is_listed then 2 else 4 end, s.user_id
            limit :most""";
    private static final String JOB = """
            select execution_time, picked from job_timetable where task_name = :task and task_instance = :who""";

    private final Database database;

    SyncStatusStore(Database database) {
        this.database = database;
    }

    /** @param lastReadAt when anything was last read of anybody; null for never */
    SyncSummary summary(@Nullable Instant lastReadAt, Instant now) {
        return database.withHandle(handle -> handle.createQuery(SUMMARY)
                .bind("task", SyncJobs.MEMBER_TASK)
                .bind("now", utc(now))
                .map((row, context) -> summary(row, lastReadAt))
                .one());
    }

    /** Those for whom something fails or waits come first, those who have to connect again before those who are well. */
    List<UserId> thoseWithTroubleFirst(int most, Instant now) {
        return database.withHandle(handle -> handle.createQuery(TROUBLE_FIRST)
                .bind("most", most)
                .bind("now", utc(now))
                .map((row, context) -> new UserId(row.getString(1)))
                .list());
    }

    /** Empty when the member has no job on the list. */
    Optional<SyncStatus.Job> findJob(UserId who) {
        return database.withHandle(handle -> handle.createQuery(JOB)
                .bind("task", SyncJobs.MEMBER_TASK)
                .bind("who", who.value())
                .map((row, context) -> new SyncStatus.Job(
                        row.getObject("execution_time", OffsetDateTime.class).toInstant(), row.getBoolean("picked")))
                .findOne());
    }

    private static SyncSummary summary(ResultSet row, @Nullable Instant lastReadAt) throws SQLException {
        OffsetDateTime nextEvent = row.getObject("next_event_at", OffsetDateTime.class);
        return new SyncSummary(
                row.getInt("members"),
                row.getInt("stopped"),
                row.getInt("paused"),
                row.getInt("failing"),
                row.getInt("first_sync"),
                row.getInt("events_pending"),
                nextEvent == null ? null : nextEvent.toInstant(),
                row.getInt("runs_open"),
                row.getInt("backfills_open"),
                row.getInt("jobs_due"),
                row.getInt("jobs_running"),
                lastReadAt);
    }

    private static OffsetDateTime utc(Instant moment) {
        return moment.atOffset(ZoneOffset.UTC);
    }
}
