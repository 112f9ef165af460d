package io.holisticos.whoop.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A column of a record's table, and where its value stands in the record's JSON.
 *
 * @param parents the objects around the field, the outermost first
 * @param sealedFor the purpose the value is sealed for; null when it is stored in the clear
 */
record RecordColumn(
        String name,
        Type type,
        List<String> parents,
        String field,
        @Nullable String sealedFor) {

    /** The types that columns of records have. */
    enum Type {
        BIGINT,
        INTEGER,
        NUMERIC,
        TIMESTAMPTZ,
        TEXT,
        UUID,
        BOOLEAN,
        BYTEA;

        String sql() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A column that is named other than the field. */
    static RecordColumn of(Type type, String name, String field) {
        return new RecordColumn(name, type, List.of(), field, null);
    }

    /** @param parent the objects around the fields, such as {@code score/stage_summary}, or empty for none */
    static List<RecordColumn> at(String parent, Type type, String... names) {
        List<String> parents = parent.isEmpty() ? List.of() : List.of(parent.split("/", -1));
        return Stream.of(names)
                .map(name -> new RecordColumn(name, type, parents, name, null))
                .toList();
    }

    /** What every record has that WHOOP dates. */
    static List<RecordColumn> header() {
        return List.of(
                of(Type.BIGINT, RecordKind.ACCOUNT, "user_id"),
                of(Type.TIMESTAMPTZ, "created_at", "created_at"),
                of(Type.TIMESTAMPTZ, "updated_at", "updated_at"));
    }

    /** What every record has that lasts. */
    static List<RecordColumn> span() {
        return List.of(
                of(Type.TIMESTAMPTZ, "start_at", "start"),
                of(Type.TIMESTAMPTZ, "end_at", "end"),
                of(Type.TEXT, "timezone_offset", "timezone_offset"));
    }

    @SafeVarargs
    static List<RecordColumn> all(List<RecordColumn>... parts) {
        List<RecordColumn> all = new ArrayList<>();
        for (List<RecordColumn> part : parts) {
            all.addAll(part);
        }
        return List.copyOf(all);
    }
}
