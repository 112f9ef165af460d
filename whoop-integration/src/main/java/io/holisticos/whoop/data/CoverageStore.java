package io.holisticos.whoop.data;

import io.holisticos.health.UserId;
import io.holisticos.whoop.api.Window;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Owns tables {@code whoop_coverage}, what is known to be complete of a member, and {@code whoop_absence}, records that were
 * missing from lists. The statement that saves a page writes both by functions of theirs, so that neither is ahead of the other.
 */
final class CoverageStore {

    private static final String COVERAGE = """
        select collection, lower(span) as since, upper(span) as until
        from whoop_coverage, unnest(read_windows) as span where user_id = :who\
        """;
    private static final String FORGET_COVERAGE = "delete from whoop_coverage where user_id = :who";
    private static final String ABSENCES = RecordKind.listed().stream()
            .map(CoverageStore::absencesOf)
            .collect(Collectors.joining(" union all ", "", " order by 1, 2"));
    private static final String FORGET_ABSENCE =
            "delete from whoop_absence where user_id = :who and collection = :collection and id = :id";
    private static final String FORGET_ABSENCES = "delete from whoop_absence where user_id = :who";
    private static final String PURGE_ABSENCES = "delete from whoop_absence where recorded_at < :before";

    private final Jdbi jdbi;

    CoverageStore(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** A window of a collection that was read to its end. */
    private record ReadWindow(RecordKind<?> kind, Window window) {}

    Coverage coverage(UserId who) {
        List<ReadWindow> read = jdbi.withHandle(handle -> handle.createQuery(COVERAGE)
                .bind("who", who.value())
                .map(row -> new ReadWindow(
                        RecordKind.ofCollection(row.getColumn("collection", String.class)),
                        new Window(row.getColumn("since", Instant.class), row.getColumn("until", Instant.class))))
                .list());
        return new Coverage(read.stream()
                .collect(Collectors.groupingBy(
                        ReadWindow::kind,
                        Collectors.mapping(
                                ReadWindow::window, Collectors.collectingAndThen(Collectors.toList(), Spans::new)))));
    }

    List<Absent> absences(UserId who) {
        return jdbi.withHandle(handle -> handle.createQuery(ABSENCES)
                .bind("who", who.value())
                .map(row -> new Absent(
                        RecordKind.ofCollection(row.getColumn("collection", String.class)),
                        row.getColumn("id", String.class),
                        row.getColumn("cycle_id", Long.class),
                        row.getColumn("missed_at", Instant.class),
                        row.getColumn("twice", Boolean.class)))
                .list());
    }

    void forgetCoverage(UserId who) {
        jdbi.useHandle(handle ->
                handle.createUpdate(FORGET_COVERAGE).bind("who", who.value()).execute());
    }

    static void forgetAbsence(Handle handle, UserId who, RecordKind<?> kind, String id) {
        handle.createUpdate(FORGET_ABSENCE)
                .bind("who", who.value())
                .bind("collection", kind.collection())
                .bind("id", id)
                .execute();
    }

    static void forgetAbsences(Handle handle, UserId who) {
        handle.createUpdate(FORGET_ABSENCES).bind("who", who.value()).execute();
    }

    static void purgeAbsences(Handle handle, OffsetDateTime before) {
        handle.createUpdate(PURGE_ABSENCES).bind("before", before).execute();
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
            from whoop_absence absent join whoop_record_%s held
                on held.user_id = absent.user_id and held.%s = cast(absent.id as %s)
            where absent.user_id = :who and absent.collection = '%s' and held.deleted_at is null
              and held.last_fetch_begun_at < absent.missed_at\
            """.formatted(
                kind.collection(), kind.listing().idColumn(), kind.listing().idType(), kind.collection());
    }
}
