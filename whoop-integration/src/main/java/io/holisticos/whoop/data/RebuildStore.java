package io.holisticos.whoop.data;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.holisticos.health.UserId;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/**
 * Rows beside the payloads they were made from, page by page, and the writing of those that are made otherwise now. What
 * a row is made of has a name, {@code archive_hash}: a row is written only while it still names the payload it was
 * derived from, so a version that came meanwhile is never overwritten.
 */
final class RebuildStore {

    /** Of these many rows on, a page ends with the last version of a record. */
    static final int PAGE = 1_000;

    private static final String ROWS = """
            select held.user_id, cast(held.{own_key} as text) as own_key, held.archive_hash, archive.payload_sealed,
                {sealed} as sealed
            from (
                select * from {table}
                where {which}
                order by {key} fetch first {page} rows with ties
            ) held
            left join whoop_archive archive on archive.user_id = held.user_id and archive.hash = held.archive_hash
            order by {key_of_held}""";

    private static final String ESTIMATE = """
            select case when reltuples < 0 then (select count(*) from {table}) else cast(reltuples as bigint) end
            from pg_class where oid = cast('{table}' as regclass)""";
    private static final String COUNT = "select count(*) from {table} where user_id = :only";

    /** Row images tell 1.0 from 1.00. */
    private static final String DIFFERENT = """
            from json_populate_recordset(null::{table}, cast(:rows as json)) derived
            {on} held.user_id = derived.user_id and held.{own_key} = derived.{own_key}
              and held.archive_hash = derived.archive_hash
              and record_image_ne(row({held_columns}), row({derived_columns}))""";

    private static final String ANY_DIFFERS =
            "select exists (select\n" + DIFFERENT.replace("{on}", "join {table} held on") + ")";
    private static final String WRITE = "update {table} held set {set}\n" + DIFFERENT.replace("{on}", "where");

    private final Jdbi jdbi;

    RebuildStore(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** The table of a kind, or that of its replaced versions. */
    record Table(RecordKind<?> kind, String name) {

        /** Each kind's own table first: what is replaced meanwhile is met again among the replaced versions. */
        static List<Table> all() {
            return RecordKind.all().stream()
                    .flatMap(kind ->
                            Stream.of(new Table(kind, kind.table()), new Table(kind, kind.table() + "_history")))
                    .toList();
        }

        private String sql(String template) {
            return template.replace("{table}", name)
                    .replace("{own_key}", kind.ownKey())
                    .replace("{key}", String.join(", ", kind.keyColumns()))
                    .replace("{key_of_held}", each(kind.keyColumns(), "held.%s"))
                    .replace("{held_columns}", each(kind.columnNames(), "held.%s"))
                    .replace("{derived_columns}", each(kind.columnNames(), "derived.%s"))
                    .replace("{set}", each(kind.columnNames(), "%1$s = derived.%1$s"));
        }

        private static String each(List<String> columns, String format) {
            return columns.stream().map(format::formatted).collect(Collectors.joining(", "));
        }
    }

    /**
     * A row, as far as a derivation needs it.
     *
     * @param key tells it from the member's other records
     * @param payloadSealed null when the archive does not keep it any more
     * @param sealed the row's own sealed columns as JSON; empty for kinds without
     */
    record Row(UserId who, String key, byte[] hash, byte @Nullable [] payloadSealed, String sealed) {
        @Override
        public String toString() {
            return "Row[" + key + "]";
        }
    }

    /** How many rows there are, roughly: for telling how far it went. */
    long estimate(Table table, @Nullable UserId only) {
        return jdbi.withHandle(handle -> {
            String sql = table.sql(only == null ? ESTIMATE : COUNT);
            return whose(handle.createQuery(sql), only).mapTo(Long.class).one();
        });
    }

    /** The rows after that one, in order of their keys; empty at the end. */
    List<Row> after(@Nullable Row last, Table table, @Nullable UserId only) {
        RecordKind<?> kind = table.kind();
        String key = kind.keyColumns().size() == 1
                ? "user_id > :user"
                : "(user_id, " + kind.ownKey() + ") > (:user, cast(:key as " + kind.ownKeyType() + "))";
        String which = Stream.of(only == null ? "" : "user_id = :only", last == null ? "" : key)
                .filter(condition -> !condition.isEmpty())
                .collect(Collectors.joining(" and "));
        String sql = table.sql(ROWS.replace("{which}", which.isEmpty() ? "true" : which)
                .replace("{page}", Integer.toString(PAGE))
                .replace("{sealed}", kind.isSealed() ? "cast(row_to_json(held) as text)" : "''"));
        return jdbi.withHandle(handle -> {
            var query = whose(handle.createQuery(sql), only);
            if (last != null) {
                query.bind("user", last.who().value());
                if (kind.keyColumns().size() > 1) {
                    query.bind("key", last.key());
                }
            }
            return query.map((row, context) -> new Row(
                            new UserId(row.getString(1)),
                            row.getString(2),
                            row.getBytes(3),
                            row.getBytes(4),
                            row.getString(5)))
                    .list();
        });
    }

    /**
     * Whether any row differs from what is held. Locks nothing.
     *
     * @param rows each with {@code user_id} and {@code archive_hash}
     */
    boolean anyDiffers(Table table, ArrayNode rows) {
        return jdbi.withHandle(handle -> handle.createQuery(table.sql(ANY_DIFFERS))
                .bind("rows", rows.toString())
                .mapTo(Boolean.class)
                .one());
    }

    /**
     * Writes those rows that differ from what is held.
     *
     * @param whose the rows are: nobody else writes for them meanwhile
     * @return how many were written
     */
    int write(Table table, ArrayNode rows, Set<UserId> whose) {
        return jdbi.inTransaction(handle -> {
            whose.stream()
                    .sorted(Comparator.comparing(
                            UserId::value)) // so that two who take many turns never wait in a circle
                    .forEach(who -> WhoopStore.takeTurn(handle, who));
            return handle.createUpdate(table.sql(WRITE))
                    .bind("rows", rows.toString())
                    .execute();
        });
    }

    private static <S extends SqlStatement<S>> S whose(S statement, @Nullable UserId only) {
        return only == null ? statement : statement.bind("only", only.value());
    }
}
