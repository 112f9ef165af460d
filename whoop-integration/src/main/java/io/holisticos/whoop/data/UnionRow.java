package io.holisticos.whoop.data;

import io.holisticos.whoop.data.RecordColumn.Type;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Rows of several kinds as rows of one result, which tells the kind first: a column stands at the next place for its type, so
 * that rows of every kind have the same types at the same places.
 */
final class UnionRow {

    /** The place after the kind's own. */
    private static final int FIRST = 2;

    private final Map<Type, Integer> widths = new EnumMap<>(Type.class);
    private final Map<String, List<RecordColumn>> kinds;

    /** @param kinds by name, the columns of each */
    UnionRow(Map<String, List<RecordColumn>> kinds) {
        this.kinds = Map.copyOf(kinds);
        kinds.values()
                .forEach(columns -> columns.stream()
                        .collect(Collectors.groupingBy(RecordColumn::type, Collectors.counting()))
                        .forEach((type, count) -> widths.merge(type, count.intValue(), Math::max)));
    }

    /** The statement with the columns of each kind in the place of its name in braces. */
    String filledInto(String sql) {
        String filled = sql;
        for (Map.Entry<String, List<RecordColumn>> kind : kinds.entrySet()) {
            filled = filled.replace("{" + kind.getKey() + "}", selected(kind.getValue()));
        }
        return filled;
    }

    private String selected(List<RecordColumn> columns) {
        return widths.entrySet().stream()
                .flatMap(width -> {
                    List<String> ofType = namesOf(columns, width.getKey());
                    Stream<String> others = Stream.generate(
                            () -> "cast(null as " + width.getKey().sql() + ")");
                    return Stream.concat(ofType.stream(), others).limit(width.getValue());
                })
                .collect(Collectors.joining(", "));
    }

    /** By name, where the columns of a kind stand in its rows. */
    Map<String, Integer> placesOf(String kind) {
        List<RecordColumn> columns = kinds.getOrDefault(kind, List.of());
        Map<String, Integer> places = new HashMap<>();
        int first = FIRST;
        for (Map.Entry<Type, Integer> width : widths.entrySet()) {
            List<String> ofType = namesOf(columns, width.getKey());
            for (int i = 0; i < ofType.size(); i++) {
                places.put(ofType.get(i), first + i);
            }
            first += width.getValue();
        }
        return Map.copyOf(places);
    }

    private static List<String> namesOf(List<RecordColumn> columns, Type type) {
        return columns.stream()
                .filter(column -> column.type() == type)
                .map(RecordColumn::name)
                .toList();
    }
}
