package io.holisticos.app;

import io.holisticos.testing.TestDatabase;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/** How many rows each table of a database holds. */
final class Rows {

    private Rows() {}

    static Map<String, Long> of(TestDatabase database) {
        return database.jdbi().withHandle(handle -> {
            Map<String, Long> counts = new TreeMap<>();
            handle.createQuery(tables(handle).stream()
                            .map(table -> "select '" + table + "' as name, count(*) as rows from \"" + table + '"')
                            .collect(Collectors.joining(" union all ")))
                    .map((row, context) -> Map.entry(row.getString("name"), row.getLong("rows")))
                    .forEach(table -> counts.put(table.getKey(), table.getValue()));
            return counts;
        });
    }

    /** Without partitions, whose rows are those of their table. */
    static List<String> tables(Handle handle) {
        return handle.createQuery("select relname from pg_class where relnamespace = 'public'::regnamespace"
                        + " and relkind in ('r', 'p') and not relispartition order by 1")
                .mapTo(String.class)
                .list();
    }
}
