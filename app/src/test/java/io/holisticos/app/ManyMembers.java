package io.holisticos.app;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Copies what the service itself wrote of one member, to many more, and to one member of 1,000 days: rows in the very format of
 * production, made within the database. Triggers are off meanwhile, and indexes are made anew afterwards.
 */
final class ManyMembers {

    private static final int LONG_COPIES = 17; // of some 60 days

    /** So that none of these is due. */
    private static final Map<String, String> OF_A_MEMBER =
            Map.of("scheduled_tasks.execution_time", "execution_time + interval '10 years'");

    /** What a copy of the same member must have of its own: other ids, and days before those. */
    private static final Map<String, String> OF_DAYS_BEFORE = Map.ofEntries(
            Map.entry("scores.id", "id || '-before-' || n"),
            Map.entry("biomarkers.id", "id || '-before-' || n"),
            Map.entry("whoop_cycle.id", "id - 100000000 * n::bigint"),
            Map.entry("whoop_recovery.cycle_id", "cycle_id - 100000000 * n::bigint"),
            Map.entry("whoop_sleep.cycle_id", "cycle_id - 100000000 * n::bigint"),
            Map.entry("whoop_sleep.id", "md5(id::text || n)::uuid"),
            Map.entry("whoop_recovery.sleep_id", "md5(sleep_id::text || n)::uuid"),
            Map.entry("whoop_workout.id", "md5(id::text || n)::uuid"),
            Map.entry("whoop_archive.hash", "hash || convert_to(n::text, 'UTF8')"));

    private static final List<String> TIMES = List.of(
            "start_at",
            "end_at",
            "day",
            "sleep_day",
            "start_date_time",
            "end_date_time",
            "score_date_time",
            "source_created_at");
    private static final List<String> GROWING = List.of(
            "scores",
            "biomarkers",
            "sahha_data_log",
            "whoop_cycle",
            "whoop_recovery",
            "whoop_sleep",
            "whoop_workout",
            "whoop_archive");

    private static final Map<String, Long> ROWS = new ConcurrentHashMap<>();

    private final String model;
    private final String longMember;

    ManyMembers(String model, String longMember) {
        this.model = model;
        this.longMember = longMember;
    }

    /** @param unique what a copy must have of its own in columns that are unique without the member */
    private record Table(String name, String memberColumn, Map<String, String> unique) {}

    /** How many rows a table had when it was filled, by the statistics of its database; partitions, too. */
    static long rowsOf(String table) {
        return ROWS.getOrDefault(table, 0L);
    }

    /** How many rows of this database the member has. */
    long rowsOfOne(Jdbi database) {
        return database.withHandle(handle ->
                tables(handle).stream().mapToLong(table -> count(handle, table)).sum());
    }

    /** Copies the member to others, those after {@code from} and up to {@code to}. */
    void fill(Jdbi database, long from, long to) {
        inBulk(
                database,
                (handle, tables) -> tables.forEach(
                        table -> copy(handle, table, "'member-' || n", OF_A_MEMBER, List.of(), to - from, from)));
    }

    /** Copies the member to one of 1,000 days. */
    void makeLongMember(Jdbi database) {
        inBulk(
                database,
                (handle, tables) -> tables.forEach(table -> {
                    if (GROWING.contains(table.name())) {
                        copy(handle, table, "'" + longMember + "'", OF_DAYS_BEFORE, TIMES, LONG_COPIES, 0);
                    } else {
                        copy(handle, table, "'" + longMember + "'", OF_A_MEMBER, List.of(), 1, 1_000_000_000);
                    }
                }));
    }

    private static void inBulk(Jdbi database, BiConsumer<Handle, List<Table>> copying) {
        database.useHandle(handle -> {
            handle.execute("set auto_explain.log_min_duration = -1");
            handle.execute("set session_replication_role = replica");
            handle.execute("set synchronous_commit = off");
            List<Table> tables = tables(handle);
            List<String> indexes = indexesTakenAway(handle, tables);
            copying.accept(handle, tables);
            indexes.forEach(handle::execute);
            handle.execute("vacuum analyze");
            handle.createQuery("select relname, cast(reltuples as bigint) as rows from pg_class where relkind = 'r'")
                    .map((row, context) -> ROWS.put(row.getString("relname"), row.getLong("rows")))
                    .list();
        });
    }

    private long count(Handle handle, Table table) {
        return handle.createQuery(
                        "select count(*) from " + table.name() + " where " + table.memberColumn() + " = :model")
                .bind("model", model)
                .mapTo(Long.class)
                .one();
    }

    private void copy(
            Handle handle,
            Table table,
            String member,
            Map<String, String> own,
            List<String> earlier,
            long copies,
            long from) {
        List<String> columns = handle.createQuery("""
                        select column_name from information_schema.columns
                        where table_schema = 'public' and table_name = :table and is_identity = 'NO' and is_generated = 'NEVER'""")
                .bind("table", table.name())
                .mapTo(String.class)
                .list();
        Map<String, String> unique = earlier.isEmpty() ? table.unique() : Map.of();
        String values = columns.stream()
                .map(column -> {
                    String special = own.get(table.name() + "." + column);
                    if (column.equals(table.memberColumn())) {
                        return member;
                    } else if (special != null) {
                        return special;
                    }
                    return earlier.contains(column)
                            ? column + " - (n - 1)::integer * " + span(column)
                            : unique.getOrDefault(column, column);
                })
                .collect(Collectors.joining(", "));
        handle.createUpdate("insert into " + table.name() + " (" + String.join(", ", columns) + ") select " + values
                        + " from " + table.name()
                        + " held cross join generate_series(cast(:from as bigint) + 1, :from + :copies) n"
                        + " where held." + table.memberColumn() + " = :model")
                .bind("from", from)
                .bind("copies", copies)
                .bind("model", model)
                .execute();
    }

    private static Map<String, String> ofUniqueKeys(Handle handle, String table, String memberColumn) {
        return handle.createQuery("""
                        select a.attname as name, case format_type(a.atttypid, null)
                            when 'bytea' then 'sha256(' || a.attname || ' || convert_to(n::text, ''UTF8''))'
                            when 'uuid' then 'cast(md5(' || a.attname || '::text || n) as uuid)'
                            when 'bigint' then a.attname || ' + 1000000000 + n'
                            when 'integer' then a.attname || ' + n'
                            else a.attname || ' || ''-'' || n' end as value
                        from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
                        where i.indrelid = to_regclass(:table) and i.indisunique
                          and format_type(a.atttypid, null) in ('bytea', 'uuid', 'bigint', 'integer', 'text', 'character varying')
                          and not exists (select from pg_attribute m where m.attrelid = i.indrelid
                                and m.attnum = any (i.indkey) and m.attname = :member)""")
                .bind("table", table)
                .bind("member", memberColumn)
                .reduceRows(new HashMap<>(), (values, row) -> {
                    values.put(row.getColumn("name", String.class), row.getColumn("value", String.class));
                    return values;
                });
    }

    private static String span(String column) {
        return column.endsWith("day") ? "60" : "interval '60 days'";
    }

    /** Tables that name a member. */
    private static List<Table> tables(Handle handle) {
        return handle.createQuery("""
                        select c.relname as name, a.attname as member from pg_class c join pg_attribute a on a.attrelid = c.oid
                        where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace
                          and not a.attisdropped
                          and a.attname = case c.relname when 'scheduled_tasks' then 'task_instance'
                              else (select b.attname from pg_attribute b where b.attrelid = c.oid and not b.attisdropped
                                    and b.attname in ('user_id', 'profile_id') limit 1) end
                        order by 1""")
                .map((row, context) -> new Table(
                        row.getString("name"),
                        row.getString("member"),
                        ofUniqueKeys(handle, row.getString("name"), row.getString("member"))))
                .list();
    }

    /** Drops indexes that no constraint and no partition needs; returns the statements that make them again. */
    private static List<String> indexesTakenAway(Handle handle, List<Table> tables) {
        List<String> again = handle.createQuery("""
                        select pg_get_indexdef(i.indexrelid) from pg_index i join pg_class t on t.oid = i.indrelid
                        where t.relname in (<tables>) and t.relkind = 'r'
                          and not exists (select from pg_constraint k where k.conindid = i.indexrelid)""")
                .bindList("tables", tables.stream().map(Table::name).toList())
                .mapTo(String.class)
                .list();
        again.forEach(statement ->
                handle.execute("drop index " + statement.replaceAll("CREATE (UNIQUE )?INDEX (\\S+) ON .*", "$2")));
        return again;
    }
}
