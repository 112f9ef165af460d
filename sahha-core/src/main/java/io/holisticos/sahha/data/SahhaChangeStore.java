package io.holisticos.sahha.data;

import static io.holisticos.sahha.data.SahhaDatabase.utc;

import io.holisticos.database.SmallBatches;
import io.holisticos.health.Change;
import io.holisticos.health.ChangesAnswer;
import io.holisticos.health.Metric;
import io.holisticos.health.ScoreDefinition;
import io.holisticos.health.UserId;
import io.holisticos.sahha.api.SahhaApi;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/**
 * Tables {@code sahha_revision} and {@code sahha_day_change}: how often the days of a member changed, and in what. Triggers on
 * the tables of rows and of marks write them, whoever changes one ({@code 073-revision.sql}, {@code 079-read-days.sql}).
 */
public final class SahhaChangeStore {

    /** One row at least: the member's revision, and the oldest that is kept. */
    private static final String SINCE = """
            select held.present, held.oldest, change.revision, change.reason, cast(change.days as text[]) as days,
                   change.names
            from (
                select coalesce((select revision from sahha_revision where profile_id = :who), 0) as present,
                       (select min(revision) from sahha_day_change where profile_id = :who) as oldest
            ) held
            left join lateral (
                select id, revision, reason, days, names from sahha_day_change
                where profile_id = :who and revision > :since
                order by revision fetch first (:limit) rows with ties
            ) change on true
            order by change.revision, change.id""";

    /** Whoever wrote a line knew no time, so that it is kept from when it is seen here first. */
    private static final String SEE = """
            update sahha_day_change set recorded_at = :now where ctid = any (array(
                select ctid from sahha_day_change where recorded_at is null order by recorded_at limit :most))""";

    /** By revision and not by time, so that a clock that went back leaves no gap. Returns how many lines named those to go. */
    private static final String PRUNE = """
            with named as materialized (
                select profile_id, revision from sahha_day_change where recorded_at < :before order by recorded_at limit :most
            ), gone as (
                delete from sahha_day_change change using (select profile_id, max(revision) as revision from named group by profile_id) old
                where change.profile_id = old.profile_id and change.revision <= old.revision
            )
            select count(*) from named""";

    private static final List<ScoreDefinition> SCORES = ScoreDefinition.of(SahhaApi.SAHHA);

    private final SahhaDatabase database;

    SahhaChangeStore(SahhaDatabase database) {
        this.database = database;
    }

    /** @param change null in the only row of a member of whom nothing changed since */
    private record Line(
            long present, @Nullable Long oldest, @Nullable Change change) {}

    /**
     * What changed of a member after a revision.
     *
     * @param since a revision, or {@link Change#OLDEST_KEPT}
     */
    public ChangesAnswer since(UserId who, long since, int limit) {
        List<Line> lines = database.with(handle -> handle.createQuery(SINCE)
                .bind("who", who.value())
                .bind("since", since)
                .bind("limit", limit)
                .map(SahhaChangeStore::line)
                .list());
        Line first = lines.get(0);
        return ChangesAnswer.of(
                since,
                first.present(),
                first.oldest(),
                lines.stream().flatMap(line -> Stream.ofNullable(line.change())).toList());
    }

    /** Forgets what changed before this moment. */
    public void prune(Instant before, Instant now) {
        SmallBatches.work(most -> database.with(handle -> handle.createUpdate(SEE)
                .bind("now", utc(now))
                .bind("most", most)
                .execute()));
        SmallBatches.work(most -> database.with(handle -> handle.createQuery(PRUNE)
                .bind("before", utc(before))
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
     * @param types null for all
     */
    private static Change change(
            long revision, @Nullable List<String> days, @Nullable List<String> types, String reason) {
        if (days == null) {
            return Change.of(revision, List.of(), List.of(), reason).withWorkouts();
        }
        Change change = Change.of(revision, days.stream().map(LocalDate::parse).toList(), metrics(types), reason);
        return types == null || types.stream().anyMatch(SahhaChangeStore::canBeOfExercise)
                ? change.withWorkouts()
                : change;
    }

    /** Scores have no metric. With another night, other values are echoes. */
    private static Collection<Metric> metrics(@Nullable List<String> types) {
        return types == null || types.stream().anyMatch(DayRows.ENDS_OF_SLEEP::contains)
                ? Metric.providedBy(SahhaApi.SAHHA)
                : types.stream()
                        .flatMap(type -> MetricTable.metric(type).stream())
                        .toList();
    }

    /** Exercise is a category; of its types none is a metric of ours or a score, nor an end of a sleep. */
    private static boolean canBeOfExercise(String type) {
        return MetricTable.metric(type).isEmpty()
                && !DayRows.ENDS_OF_SLEEP.contains(type)
                && SCORES.stream().noneMatch(score -> score.name().equals(type));
    }
}
