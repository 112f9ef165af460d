package io.holisticos.whoop.data;

import io.holisticos.health.UserId;
import io.holisticos.whoop.api.Window;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Reads tables {@code whoop_coverage} and {@code whoop_absence}; they are written with the records, by {@link PageStore}. */
final class CoverageStore {

    private static final String COVERAGE = """
            select collection, 'read' as what, lower(span) as since, upper(span) as until
            from whoop_coverage, unnest(read_windows) as span where user_id = :who
            union all
            select collection, 'near', lower(span), upper(span)
            from whoop_coverage, unnest(near_records) as span where user_id = :who
            union all
            select 'cycle', 'pending', start_at, coalesce(end_at, start_at + interval '1 day')
            from whoop_cycle where user_id = :who and score_state = 'PENDING_SCORE' and deleted_at is null
            union all
            select 'sleep', 'pending', start_at, end_at
            from whoop_sleep where user_id = :who and score_state = 'PENDING_SCORE' and deleted_at is null
            union all
            select 'workout', 'pending', start_at, end_at
            from whoop_workout where user_id = :who and score_state = 'PENDING_SCORE' and deleted_at is null
            union all
            select 'recovery', 'pending', sleep.start_at, sleep.end_at
            from whoop_recovery recovery
            join whoop_sleep sleep on sleep.user_id = recovery.user_id and sleep.id = recovery.sleep_id
            where recovery.user_id = :who and recovery.score_state = 'PENDING_SCORE' and recovery.deleted_at is null""";
    private static final String FORGET = "delete from whoop_coverage where user_id = :who";
    private static final String FORGET_ABSENCE =
            "delete from whoop_absence where user_id = :who and collection = :collection and id = :id";

    private final Jdbi jdbi;
    private final String absences = RecordKind.listed().stream()
            .map(CoverageStore::absencesOf)
            .collect(Collectors.joining(" union all ", "", " order by 1, 2"));

    CoverageStore(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    Coverage coverage(UserId who) {
        Map<RecordKind<?>, Collected> all = new HashMap<>();
        jdbi.useHandle(handle -> handle.createQuery(COVERAGE)
                .bind("who", who.value())
                .map((row, context) -> all.computeIfAbsent(
                                RecordKind.ofWord(row.getString("collection")), any -> new Collected())
                        .add(row))
                .list());
        return new Coverage(all.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().kept())));
    }

    List<Absent> absences(UserId who) {
        return jdbi.withHandle(handle -> handle.createQuery(absences)
                .bind("who", who.value())
                .map((row, context) -> new Absent(
                        RecordKind.ofWord(row.getString("collection")),
                        row.getString("id"),
                        row.getObject("cycle_id", Long.class),
                        row.getObject("missed_at", OffsetDateTime.class).toInstant(),
                        row.getBoolean("twice")))
                .list());
    }

    void forget(UserId who) {
        jdbi.useHandle(
                handle -> handle.createUpdate(FORGET).bind("who", who.value()).execute());
    }

    void forgetAbsence(Handle handle, UserId who, RecordKind<?> kind, String id) {
        handle.createUpdate(FORGET_ABSENCE)
                .bind("who", who.value())
                .bind("collection", kind.word())
                .bind("id", id)
                .execute();
    }

    /** As PostgreSQL writes it. */
    static String multirange(Spans spans) {
        return spans.windows().stream()
                .map(window -> "[" + window.start() + "," + window.end() + ")")
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static String absencesOf(RecordKind<?> kind) {
        return """
                select absent.collection, absent.id, absent.cycle_id, absent.missed_at,
                    coalesce(held.last_fetch_begun_at < absent.missed_before, false) as twice
                from whoop_absence absent join %s held
                    on held.user_id = absent.user_id and held.%s = cast(absent.id as %s)
                where absent.user_id = :who and absent.collection = '%s' and held.deleted_at is null
                  and held.last_fetch_begun_at < absent.missed_at""".formatted(kind.table(), kind.tombstoneKey(), kind.tombstoneKeyType(), kind.word());
    }

    /** The spans of a collection while they are read. */
    private static final class Collected {

        private final Map<String, List<Window>> byWhat = new HashMap<>();

        boolean add(ResultSet row) throws SQLException {
            Instant since = instant(row, "since");
            Instant until = instant(row, "until");
            if (until.toEpochMilli() > since.toEpochMilli()) { // a record of no length hides nothing
                byWhat.computeIfAbsent(row.getString("what"), any -> new ArrayList<>())
                        .add(new Window(since, until));
            }
            return true;
        }

        Coverage.Kept kept() {
            return new Coverage.Kept(spans("read"), spans("near"), spans("pending"));
        }

        private Spans spans(String what) {
            return new Spans(byWhat.getOrDefault(what, List.of()));
        }

        private static Instant instant(ResultSet row, String column) throws SQLException {
            return row.getObject(column, OffsetDateTime.class).toInstant();
        }
    }
}
