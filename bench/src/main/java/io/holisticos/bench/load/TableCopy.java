package io.holisticos.bench.load;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How rows of a table of members become rows of another member. Columns are asked of the database, so that a new one needs no
 * line here.
 */
final class TableCopy {

    private static final String COLUMNS = """
            select attname, format_type(atttypid, null), attidentity <> '' or attgenerated <> ''
            from pg_attribute where attrelid = to_regclass(?) and attnum > 0 and not attisdropped order by attnum""";

    /** Ids that name a record within its member. */
    private static final Set<String> IDS =
            Set.of("id", "cycle_id", "sleep_id", "v1_id", "job_id", "record_id", "row_id");

    private static final String ACCOUNT = "whoop_user_id";

    /** Ids of WHOOP's cycles are smaller. */
    private static final String APART = "100000000000";

    private final String table;
    private final String member;
    private final Map<String, String> types;

    private TableCopy(String table, String member, Map<String, String> types) {
        this.table = table;
        this.member = member;
        this.types = types;
    }

    /** @param member the column that says whose a row is */
    static TableCopy of(Connection connection, String table, String member) throws SQLException {
        Map<String, String> types = new LinkedHashMap<>();
        try (PreparedStatement columns = connection.prepareStatement(COLUMNS)) {
            columns.setString(1, table);
            try (ResultSet rows = columns.executeQuery()) {
                while (rows.next()) {
                    if (!rows.getBoolean(3)) { // such a column fills itself
                        types.put(rows.getString(1), rows.getString(2));
                    }
                }
            }
        }
        return new TableCopy(table, member, types);
    }

    String table() {
        return table;
    }

    /** Deletes the rows of members whose ids are like this. */
    String forget(String like) {
        return "delete from " + table + " where " + member + " like '" + like + "'";
    }

    /** The rows of the templates, kept aside: {@code bench.t_…}. */
    String staged() {
        return "bench.t_" + table;
    }

    /** The column that says which day a row is of, as an expression; null for rows that are of no day. */
    @Nullable
    String day() {
        if (types.containsKey("day") && types.get("day").equals("date")) {
            return "day";
        }
        if (types.containsKey("start_at")) {
            return "cast(start_at at time zone 'UTC' as date)";
        }
        return table.startsWith("whoop_recovery") ? "cast(created_at at time zone 'UTC' as date)" : null;
    }

    /** Puts the templates' rows of the last days aside, and takes them out of the table's way. */
    List<String> stage(int days) {
        String day = day();
        return List.of(
                "drop table if exists " + staged(),
                "create table %s as select %s, %s as bench_day from %s where %s in (select user_id from bench.template)%s"
                        .formatted(
                                staged(),
                                String.join(", ", names()),
                                day == null ? "cast(null as date)" : day,
                                table,
                                member,
                                day == null ? "" : " and " + day + " > (select today from bench.run) - " + days));
    }

    /**
     * Adds templates with a longer past: the same days again, earlier.
     *
     * @param times how often the days are repeated
     */
    String repeat(int history, int times, int days) {
        String values = types.entrySet().stream()
                .map(column -> repeated(column.getKey(), column.getValue(), history, days))
                .collect(Collectors.joining(", "));
        return ("insert into %s (%s, bench_day) select %s, bench_day - again * %d from %s held"
                        + " cross join generate_series(0, %d) again"
                        + " where %s || '/%d' in (select template from bench.member) and (bench_day is null and again = 0"
                        + " or bench_day - again * %d > (select today from bench.run) - %d)")
                .formatted(
                        staged(),
                        String.join(", ", names()),
                        values,
                        days,
                        staged(),
                        day() == null ? 0 : times,
                        member,
                        history,
                        days,
                        history);
    }

    private String repeated(String name, String type, int history, int days) {
        if (name.equals(member)) {
            return name + " || '/" + history + "'";
        }
        if (IDS.contains(name)) {
            return "case when again = 0 then %1$s else %2$s end"
                    .formatted(name, other(name, type, name, "again", "again"));
        }
        if (day() == null) {
            return name;
        }
        return switch (type) {
            case "date" -> name + " - again * " + days;
            case "timestamp with time zone" -> name + " - make_interval(days => again * " + days + ")";
            case "jsonb" -> "bench.earlier(" + name + ", again * " + days + ")";
            default -> name;
        };
    }

    /** The copies of all members, of one day where rows have days. */
    String copy(boolean ofDay) {
        String values = types.entrySet().stream()
                .map(column -> copied(column.getKey(), column.getValue()))
                .collect(Collectors.joining(", "));
        return "insert into %s (%s) select %s from bench.member m join %s t on t.%s = m.template%s order by m.number"
                .formatted(
                        table,
                        String.join(", ", names()),
                        values,
                        staged(),
                        member,
                        ofDay ? " where t.bench_day = cast(? as date)" : " where t.bench_day is null");
    }

    private String copied(String name, String type) {
        if (name.equals(member)) {
            return "m.user_id";
        }
        if (name.equals(ACCOUNT)) {
            return "case when t." + name + " is null then null else m.account end";
        }
        return IDS.contains(name) ? other(name, type, "t." + name, "m.number", "m.number") : "t." + name;
    }

    private static String other(String name, String type, String column, String salt, String number) {
        return switch (type.replaceAll("\\(.*", "")) {
            case "uuid" -> "cast(md5(%s || '/' || %s) as uuid)".formatted(column, salt);
            case "text", "character varying" ->
                "cast(cast(md5(%s || '/' || %s) as uuid) as text)".formatted(column, salt);
            case "bigint" -> "%s + %s * %s".formatted(column, number, APART);
            default -> throw new IllegalStateException("column " + name + " has an id of type " + type);
        };
    }

    private List<String> names() {
        return new ArrayList<>(types.keySet());
    }
}
