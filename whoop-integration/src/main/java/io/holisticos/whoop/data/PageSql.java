package io.holisticos.whoop.data;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The two statements that save a page of records of a kind: one for a page that is held as it is, and one for a page with
 * news. Each does all there is to do, ledger included, in one go and one round trip.
 *
 * <p>Of all versions of a record the newest wins, by {@code updated_at}, then by the fetch begun later, then by hash, so
 * that no two orders of arrival end differently. The fetch begun last of all decides whether a deletion counts.
 */
final class PageSql {

    /** Who writes for a member waits here for whoever else does. */
    static final String TAKE_TURN = "select pg_advisory_xact_lock(hashtextextended(:who, 0))";

    private static final List<String> WHEN = List.of("recorded_at", "fetch_begun_at", "archive_hash");

    /** What {@link #only} has the server say when records are not to be kept: nothing else here divides. */
    static final String NOT_TO_BE_KEPT = "22012";

    private PageSql() {}

    /**
     * Has the statement that follows done only if the query gives a row; else the server refuses both. It comes before the
     * turn, as it does for whoever changes what the query asks for, so that nobody waits for each other.
     */
    static String only(String query, String statement) {
        return "select 1 / count(*) from (\n" + query + "\n) as allowed;\n" + statement;
    }

    /**
     * Looks which versions are held. If all are, then notes that they were seen, and the ledger; else writes nothing.
     * Gives the keys of the versions held, and how many rows were noted.
     */
    static String same(RecordKind<?> kind, boolean proves) {
        return """
            with turn as materialized (
                select pg_advisory_xact_lock(hashtextextended(:who, 0))
            ), page as materialized (
                select page.id, page.hash, page.former
                from turn, unnest(cast(:ids as {key_type}[]), cast(:hashes as bytea[]), cast(:formers as bytea[]))
                    as page(id, hash, former)
            ), same as materialized (
                select held.{own_key} as id from page join {table} held
                    on held.user_id = :who and held.{own_key} = page.id
                        and held.archive_hash in (page.hash, page.former)
                where held.deleted_at is null
            ), seen as (
                {touch} and (select count(*) from same) = cardinality(:hashes)
                returning 1
            ), complete as materialized (
                select 1 where (select count(*) from seen) = cardinality(:hashes)
            ){ledger}
            select
                cast(array(select id from same) as text[]) as same,
                (select count(*) from seen) as seen""".replace("{touch}", TOUCH)
                .replace("{ledger}", ledger(kind, proves))
                .replace("{table}", kind.table())
                .replace("{key_type}", kind.ownKeyType())
                .replace("{own_key}", kind.ownKey())
                .replace("{word}", kind.word());
    }

    /**
     * Takes its turn, then saves new versions ({@code rows} and their payloads) and notes that the others ({@code ids},
     * {@code hashes}) were seen, and the ledger unless one of those others is not held after all.
     */
    static String news(RecordKind<?> kind, boolean proves) {
        List<String> key = kind.keyColumns();
        List<String> history = Stream.of(List.of("user_id"), kind.columnNames(), WHEN)
                .flatMap(List::stream)
                .toList();
        List<String> own = Stream.concat(history.stream(), Stream.of("last_fetch_begun_at"))
                .toList();
        String change = kind.knowsItsChange() ? "updated_at" : "";
        return TAKE_TURN
                + ";\n"
                + NEWS.replace("{touch}", TOUCH)
                        .replace("{ledger}", ledger(kind, proves))
                        .replace("{table}", kind.table())
                        .replace("{word}", kind.word())
                        .replace("{key_type}", kind.ownKeyType())
                        .replace("{own_key}", kind.ownKey())
                        .replace("{key}", String.join(", ", key))
                        .replace("{own}", String.join(", ", own))
                        .replace("{own_renamed}", each(own, PageSql::renamed))
                        .replace("{history}", String.join(", ", history))
                        .replace("{history_of_held}", each(history, "held.%s"))
                        .replace("{winner_columns}", each(own, PageSql::ofWinner))
                        .replace("{set}", each(own, "%1$s = excluded.%1$s"))
                        .replace("{version}", commaAfter(String.join(", ", key)) + commaAfter(change) + "archive_hash")
                        .replace("{newest}", change.isEmpty() ? "" : change + " desc, ")
                        .replace("{same_change}", change.isEmpty() ? "false" : "held.updated_at = incoming.updated_at")
                        .replace("{deleted_at}", deletedAt(kind));
    }

    private static final String TOUCH = """
            update {table} held
            set fetch_begun_at = greatest(held.fetch_begun_at, :begun),
                last_fetch_begun_at = greatest(held.last_fetch_begun_at, :begun),
                recorded_at = least(held.recorded_at, :now)
            from page
            where held.user_id = :who and held.{own_key} = page.id and held.archive_hash in (page.hash, page.former)
              and held.deleted_at is null""";

    private static final String LEDGER = """
            , covered as (
                insert into whoop_coverage as known (user_id, collection, read_windows, near_records, recorded_at)
                select :who, '{word}', cast(:read as tstzmultirange), cast(:near as tstzmultirange), :now from complete
                on conflict (user_id, collection) do update
                set read_windows = known.read_windows + excluded.read_windows,
                    near_records = known.near_records + excluded.near_records,
                    recorded_at = excluded.recorded_at
                where not (known.read_windows @> excluded.read_windows and known.near_records @> excluded.near_records)
            )""";

    private static final String NOTE_MISSING = """
            insert into whoop_absence as noted (user_id, collection, id, cycle_id, missed_at, recorded_at)
            {candidates}
            on conflict (user_id, collection, id) do update
            set missed_at = greatest(noted.missed_at, excluded.missed_at),
                missed_before = case
                    when excluded.missed_at = noted.missed_at then noted.missed_before
                    when excluded.missed_at > noted.missed_at then noted.missed_at
                    else greatest(noted.missed_before, excluded.missed_at) end,
                recorded_at = excluded.recorded_at""";

    private static final String TIMED = """
            select held.user_id, '{word}', cast(held.{id} as text), {cycle_id}, :begun, :now
            from {table} held, complete
            where held.user_id = :who and held.deleted_at is null and held.last_fetch_begun_at < :begun
              and held.start_at >= :from and held.start_at < :until
              and held.{id} <> all (cast(:present as {id_type}[]))""";

    /**
     * Between the first and the last sleep that the page's own recoveries are of: beyond, nothing is sure. Arrays instead
     * of joins, since for tables that were never analyzed the server joins everything with everything.
     */
    private static final String OF_A_SLEEP = """
            select held.user_id, '{word}', cast(held.sleep_id as text), held.cycle_id, :begun, :now
            from {table} held, complete
            where held.user_id = :who and held.deleted_at is null and held.last_fetch_begun_at < :begun
              and held.cycle_id <> all (cast(:present as bigint[]))
              and held.sleep_id = any (array(
                  select sleep.id from whoop_sleep sleep, span
                  where sleep.user_id = :who and sleep.start_at < span.last
                    and sleep.start_at >= case when :last then :from else span.first end))""";

    private static final String SPAN = """
            , span as materialized (
                select min(sleep.start_at) as first, max(sleep.start_at) as last from whoop_sleep sleep
                where sleep.user_id = :who and sleep.id = any (array(
                    select listed.sleep_id from {table} listed
                    where listed.user_id = :who and listed.cycle_id = any (cast(:present as bigint[]))))
            )""";

    private static final String NEWS = """
            with incoming as (
                select * from json_populate_recordset(null::{table}, cast(:rows as json))
            ), page as materialized (
                select page.id, page.hash, page.former
                from unnest(cast(:ids as {key_type}[]), cast(:hashes as bytea[]), cast(:formers as bytea[]))
                    as page(id, hash, former)
            ), fresh as materialized (
                select fresh.hash, fresh.former, fresh.payload
                from unnest(cast(:freshHashes as bytea[]), cast(:freshFormers as bytea[]), cast(:payloads as bytea[]))
                    as fresh(hash, former, payload)
            ), archived as (
                insert into whoop_archive (user_id, hash, collection, payload_sealed, recorded_at)
                select :who, fresh.hash, '{word}', fresh.payload, :now from fresh
                on conflict (user_id, hash) do nothing
            ), held as (
                select {own_renamed} from {table} as named
                where user_id = :who and {own_key} = any (cast(:freshIds as {key_type}[]))
            ), known as (
                select {own} from held union all select {own} from incoming
            ), winner as (
                select distinct on ({key}) {winner_columns}
                from known
                window version as (partition by {version}), record as (partition by {key})
                order by {key}, {newest}fetch_begun_at desc, archive_hash desc
            ), replaced as (
                insert into {table}_history ({history}, replaced_at)
                select {history_of_held}, :now
                from held join winner using ({key})
                where held.archive_hash <> winner.archive_hash
            ), saved as (
                insert into {table} ({own}, deleted_at)
                select {own}, {deleted_at} from winner
                on conflict ({key}) do update set {set}, deleted_at = excluded.deleted_at
            ), seen as (
                {touch}
                returning 1
            ), complete as materialized (
                select 1 where (select count(*) from seen) = cardinality(:hashes)
            ){ledger}
            select
                (select count(*) from winner left join held using ({key})
                 where held.archive_hash is distinct from winner.archive_hash) as changed,
                (select count(*) from held join incoming using ({key})
                 where {same_change} and held.archive_hash <> incoming.archive_hash) as contested,
                (select count(*) from seen) as seen""";

    private static String ledger(RecordKind<?> kind, boolean proves) {
        return (kind.isListed() ? LEDGER : "") + (proves ? missing(kind) : "");
    }

    private static String missing(RecordKind<?> kind) {
        boolean recovery = kind.equals(RecordKind.RECOVERY);
        String candidates = recovery ? OF_A_SLEEP : TIMED;
        return (recovery ? SPAN : "")
                + ", missing as (\n"
                + NOTE_MISSING
                        .replace("{candidates}", candidates)
                        .replace("{cycle_id}", kind.equals(RecordKind.CYCLE) ? "held.id" : "cast(null as bigint)")
                        .replace("{id_type}", kind.tombstoneKeyType())
                        .replace("{id}", kind.ownKey())
                        .indent(4)
                + ")";
    }

    private static String ofWinner(String column) {
        return switch (column) {
            case "recorded_at" -> "min(recorded_at) over version as recorded_at";
            case "last_fetch_begun_at" -> "max(last_fetch_begun_at) over record as last_fetch_begun_at";
            default -> column;
        };
    }

    /** What is held under the name that a version before gave it is the same, and gets its present one. */
    private static String renamed(String column) {
        return column.equals("archive_hash")
                ? "coalesce((select fresh.hash from fresh where fresh.former = named.archive_hash limit 1),"
                        + " named.archive_hash) as archive_hash"
                : column;
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

    private static String each(List<String> columns, UnaryOperator<String> form) {
        return columns.stream().map(form).collect(Collectors.joining(", "));
    }

    private static String commaAfter(String text) {
        return text.isEmpty() ? "" : text + ", ";
    }
}
