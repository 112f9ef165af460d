package io.holisticos.whoop.data;

import io.holisticos.whoop.data.RecordKind.Listing;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A table of {@link RecordStore}'s and its columns, as its statements need them.
 *
 * @param replaced whether it holds the versions that newer ones replaced
 */
record RecordTable(RecordKind<?> kind, boolean replaced) {

    private static final List<String> WHEN = List.of("recorded_at", "fetch_begun_at", "archive_hash");

    /** The table of a kind's current versions. */
    static RecordTable of(RecordKind<?> kind) {
        return new RecordTable(kind, false);
    }

    /** All tables, each kind's own first: a version that is replaced meanwhile is met again among the replaced ones. */
    static List<RecordTable> all() {
        return RecordKind.all().stream()
                .flatMap(kind -> Stream.of(of(kind), new RecordTable(kind, true)))
                .toList();
    }

    /** Tables that only grow, and are partitioned by when their versions were replaced. Of the other kinds a version is rare. */
    static List<RecordTable> partitioned() {
        return RecordKind.all().stream()
                .filter(RecordKind::isListed)
                .map(kind -> new RecordTable(kind, true))
                .toList();
    }

    String name() {
        return "whoop_" + kind.collection() + (replaced ? "_history" : "");
    }

    /** The columns of a version, but when the latest fetch of any version began. */
    List<String> versionColumns() {
        return Stream.of(List.of("user_id"), kind.columnNames(), WHEN)
                .flatMap(List::stream)
                .toList();
    }

    /** The statement that this template is for this table: what stands in braces is filled in. */
    String sql(String template) {
        String text = template;
        for (Map.Entry<String, String> value : values().entrySet()) {
            text = text.replace("{" + value.getKey() + "}", value.getValue());
        }
        return text;
    }

    private Map<String, String> values() {
        List<String> history = versionColumns();
        List<String> own = Stream.concat(history.stream(), Stream.of("last_fetch_begun_at"))
                .toList();
        String key = String.join(", ", kind.keyColumns());
        String change = kind.hasChange() ? "updated_at" : "";
        Map<String, String> values = new LinkedHashMap<>();
        values.put("table", name());
        values.put("kind", kind.collection());
        values.put("own_key", kind.ownKey());
        values.put("key_type", kind.ownKeyType());
        values.put("key", key);
        values.put("key_of_held", each(kind.keyColumns(), "held.%s"::formatted));
        values.put("own", String.join(", ", own));
        values.put("own_renamed", each(own, RecordTable::renamed));
        values.put("history", String.join(", ", history));
        values.put("history_of_held", each(history, "held.%s"::formatted));
        values.put("winner_columns", each(own, RecordTable::ofWinner));
        values.put("set", each(own, "%1$s = excluded.%1$s"::formatted));
        values.put("version", key + (change.isEmpty() ? "" : ", " + change) + ", archive_hash");
        values.put("newest", change.isEmpty() ? "" : change + " desc, ");
        values.put("same_change", change.isEmpty() ? "false" : "held.updated_at = incoming.updated_at");
        values.put("held_columns", each(kind.columnNames(), "held.%s"::formatted));
        values.put("derived_columns", each(kind.columnNames(), "derived.%s"::formatted));
        values.put("set_derived", each(kind.columnNames(), "%1$s = derived.%1$s"::formatted));
        values.put("sealed", kind.sealedColumns().isEmpty() ? "''" : "cast(row_to_json(held) as text)");
        if (kind.isListed()) {
            Listing<?> listing = kind.listing();
            String cycle = listing.cycleColumn();
            values.put("id", listing.idColumn());
            values.put("id_type", listing.idType());
            values.put("cycle_id", cycle == null ? "cast(null as bigint)" : "held." + cycle);
            values.put("deleted_with", each(listing.deletedWith(), "'%s'"::formatted));
        }
        return values;
    }

    private static String ofWinner(String column) {
        return switch (column) {
            case "recorded_at" -> "min(recorded_at) over version as recorded_at";
            case "last_fetch_begun_at" -> "max(last_fetch_begun_at) over record as last_fetch_begun_at";
            default -> column;
        };
    }

    /** A version that is held under its former hash is the same version, and gets its present hash. */
    private static String renamed(String column) {
        return column.equals("archive_hash")
                ? "coalesce((select fresh.hash from fresh where fresh.former = named.archive_hash limit 1),"
                        + " named.archive_hash) as archive_hash"
                : column;
    }

    private static String each(List<String> columns, UnaryOperator<String> form) {
        return columns.stream().map(form).collect(Collectors.joining(", "));
    }
}
