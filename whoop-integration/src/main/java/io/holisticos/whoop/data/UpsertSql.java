package io.holisticos.whoop.data;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The one statement that saves a page of records of a kind. Of all versions of a record the newest wins, by
 * {@code updated_at}, then by the fetch begun later, then by hash, so that no two orders of arrival end differently. The
 * fetch begun last of all decides whether a deletion counts.
 */
final class UpsertSql {

    private static final List<String> WHEN = List.of("recorded_at", "fetch_begun_at", "archive_hash");

    private UpsertSql() {}

    static String of(RecordKind<?> kind) {
        List<String> key = kind.keyColumns();
        List<String> history = Stream.of(List.of("user_id"), kind.columnNames(), WHEN)
                .flatMap(List::stream)
                .toList();
        List<String> own = Stream.concat(history.stream(), Stream.of("last_fetch_begun_at"))
                .toList();
        String change = kind.knowsItsChange() ? "updated_at" : "";
        return TEMPLATE.replace("{table}", kind.table())
                .replace("{key}", String.join(", ", key))
                .replace("{own}", String.join(", ", own))
                .replace("{history}", String.join(", ", history))
                .replace("{history_of_held}", each(history, "held.%s"))
                .replace("{winner_columns}", each(own, UpsertSql::ofWinner))
                .replace("{set}", each(own, "%1$s = excluded.%1$s"))
                .replace("{version}", commaAfter(String.join(", ", key)) + commaAfter(change) + "archive_hash")
                .replace("{newest}", change.isEmpty() ? "" : change + " desc, ")
                .replace("{same_change}", change.isEmpty() ? "false" : "held.updated_at = incoming.updated_at")
                .replace("{deleted_at}", deletedAt(kind));
    }

    private static final String TEMPLATE = """
            with incoming as (
                select * from json_populate_recordset(null::{table}, cast(:rows as json))
            ), held as (
                select * from {table} where ({key}) in (select {key} from incoming)
            ), known as (
                select {own} from held union all select {own} from incoming
            ), winner as (
                select distinct on ({key}) {winner_columns}
                from known
                window version as (partition by {version}), record as (partition by {key})
                order by {key}, {newest}fetch_begun_at desc, archive_hash desc
            ), replaced as (
                insert into {table}_history ({history}, replaced_at)
                select {history_of_held}, cast(:now as timestamptz)
                from held join winner using ({key})
                where held.archive_hash <> winner.archive_hash
            ), saved as (
                insert into {table} ({own}, deleted_at)
                select {own}, {deleted_at} from winner
                on conflict ({key}) do update set {set}, deleted_at = excluded.deleted_at
            )
            select
                (select count(*) from winner left join held using ({key})
                 where held.archive_hash is distinct from winner.archive_hash) as changed,
                (select count(*) from held join incoming using ({key})
                 where {same_change} and held.archive_hash <> incoming.archive_hash) as contested""";

    private static String ofWinner(String column) {
        return switch (column) {
            case "recorded_at" -> "min(recorded_at) over version as recorded_at";
            case "last_fetch_begun_at" -> "max(last_fetch_begun_at) over record as last_fetch_begun_at";
            default -> column;
        };
    }

    private static String deletedAt(RecordKind<?> kind) {
        String tombstoneKey = kind.tombstoneKey();
        if (tombstoneKey == null) {
            return "cast(null as timestamptz)";
        }
        // a deleted sleep takes its recovery with it
        String collections = kind.equals(RecordKind.RECOVERY) ? "'recovery', 'sleep'" : "'" + kind.word() + "'";
        return """
                (select max(gone.deleted_at) from whoop_tombstone gone
                 where gone.user_id = winner.user_id and gone.collection in (%s)
                   and gone.id = cast(winner.%s as text) and gone.deleted_at >= winner.last_fetch_begun_at)""".formatted(collections, tombstoneKey);
    }

    private static String each(List<String> columns, String format) {
        return each(columns, format::formatted);
    }

    private static String each(List<String> columns, java.util.function.UnaryOperator<String> form) {
        return columns.stream().map(form).collect(Collectors.joining(", "));
    }

    private static String commaAfter(String text) {
        return text.isEmpty() ? "" : text + ", ";
    }
}
