package io.holisticos.whoop.data;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import io.holisticos.database.Database;
import io.holisticos.database.SmallBatches;
import io.holisticos.health.Change;
import io.holisticos.health.ChangesAnswer;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.UserId;
import io.holisticos.jobs.TakeOver;
import io.holisticos.whoop.api.WhoopApi;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/**
 * Tables {@code whoop_revision} and {@code whoop_day_change}: how often the days of a member changed, and in what. Triggers write
 * them, whoever changes a record or a connection ({@code 121-revision.sql}). Thread-safe.
 */
public final class ChangeStore {

    private static final Duration KEPT = Duration.ofDays(30);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(10);
    private static final Duration PRUNED_EVERY = Duration.ofHours(6);

    /** One row at least: the member's revision, and the oldest that is kept. */
    private static final String SINCE = """
            select held.present, held.oldest, change.revision, change.reason, cast(change.days as text[]) as days,
                change.names
            from (
                select coalesce((select revision from whoop_revision where user_id = :who), 0) as present,
                    (select min(revision) from whoop_day_change where user_id = :who) as oldest
            ) held
            left join lateral (
                select id, revision, reason, days, names from whoop_day_change
                where user_id = :who and revision > :since
                order by revision fetch first (:limit) rows with ties
            ) change on true
            order by change.revision, change.id""";

    /** Whoever wrote a line knew no time, so that it is kept from when it is seen here first. */
    private static final String SEE = """
            update whoop_day_change set recorded_at = :now where ctid = any (array(
                select ctid from whoop_day_change where recorded_at is null order by recorded_at limit :most))""";

    /** By revision and not by time, so that a clock that went back leaves no gap. Returns how many lines named those to go. */
    private static final String PRUNE = """
            with named as materialized (
                select user_id, revision from whoop_day_change where recorded_at < :before order by recorded_at limit :most
            ), gone as (
                delete from whoop_day_change change using (select user_id, max(revision) as revision from named group by user_id) old
                where change.user_id = old.user_id and change.revision <= old.revision
            )
            select count(*) from named""";

    private final Database database;

    public ChangeStore(Jdbi jdbi) {
        this.database = new Database(jdbi, WhoopApi.WHOOP);
    }

    /** @param change null in the only row of a member of whom nothing changed since */
    private record Line(
            long present, @Nullable Long oldest, @Nullable Change change) {}

    /**
     * What changed of a member after a revision.
     *
     * @param since a revision, or {@link Change#OLDEST_KEPT}
     * @throws SourceUnavailable when the database does not answer
     */
    public ChangesAnswer since(UserId who, long since, int limit, Deadline deadline) {
        Duration remaining = deadline.remaining();
        if (remaining.isZero()) {
            throw new SourceUnavailable(WhoopApi.WHOOP, RETRY_AFTER);
        }
        List<Line> lines = database.withHandle(handle -> handle.createQuery(SINCE)
                .setQueryTimeout((int) remaining.plusMillis(999).toSeconds()) // JDBC counts whole seconds
                .bind("who", who.value())
                .bind("since", since)
                .bind("limit", limit)
                .map(ChangeStore::line)
                .list());
        Line first = lines.get(0);
        return ChangesAnswer.of(
                since,
                first.present(),
                first.oldest(),
                lines.stream().flatMap(line -> Stream.ofNullable(line.change())).toList());
    }

    /** The work that runs on a schedule, for {@link io.holisticos.jobs.Jobs}. */
    public List<RecurringTask<?>> recurringTasks(Clock clock) {
        return List.of(Tasks.recurring("whoop-day-changes", FixedDelay.of(PRUNED_EVERY))
                .onDeadExecution(new TakeOver<>(clock))
                .execute((instance, context) -> prune(clock.instant())));
    }

    /** Forgets what changed more than 30 days ago. */
    void prune(Instant now) {
        SmallBatches.work(most -> database.withHandle(handle -> handle.createUpdate(SEE)
                .bind("now", WhoopStore.micros(now))
                .bind("most", most)
                .execute()));
        SmallBatches.work(most -> database.withHandle(handle -> handle.createQuery(PRUNE)
                .bind("before", WhoopStore.micros(now.minus(KEPT)))
                .bind("most", most)
                .mapTo(Integer.class)
                .one()));
    }

    private static Line line(ResultSet row, StatementContext context) throws SQLException {
        long present = row.getLong("present");
        Long oldest = row.getObject("oldest", Long.class);
        long revision = row.getLong("revision");
        return new Line(
                present,
                oldest,
                row.wasNull()
                        ? null
                        : change(
                                revision,
                                texts(row.getArray("days")),
                                texts(row.getArray("names")),
                                row.getString("reason")));
    }

    private static @Nullable List<String> texts(@Nullable Array array) throws SQLException {
        return array == null ? null : Arrays.asList((String[]) array.getArray());
    }

    /**
     * @param days null for every day
     * @param names null for everything
     */
    private static Change change(
            long revision, @Nullable List<String> days, @Nullable List<String> names, String reason) {
        if (days == null) {
            return Change.of(revision, List.of(), List.of(), reason).withWorkouts();
        }
        Change change =
                Change.of(revision, days.stream().map(LocalDate::parse).toList(), ChangedMetrics.of(names), reason);
        return ChangedMetrics.canBeOfWorkouts(names) ? change.withWorkouts() : change;
    }
}
