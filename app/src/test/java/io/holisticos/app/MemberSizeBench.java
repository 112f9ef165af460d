package io.holisticos.app;

import io.holisticos.testing.TestDatabase;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What a member takes up, table by table, indexes included: rows and bytes for a member and day. The rows are those that the service
 * writes of a member with both sources and 60 days, a thousand times. The table is for {@code docs/scale.md}.
 */
@Tag("bench")
class MemberSizeBench {

    private static final String ANNA = "demo-anna";
    private static final int MEMBERS = Integer.getInteger("bench.members", 1_000);
    private static final int DAYS = 60;

    /** Less than this is nothing: some tables have a page or two, whoever is a member. */
    private static final double BYTES = 1;

    @Test
    void printsRowsAndBytesOfAMemberAndDay() throws Exception {
        try (House house = House.open()) {
            house.connect(ANNA);
            House.await(() -> house.get("/internal/data/health/" + ANNA).body().contains("\"state\":\"done\""));
            house.get("/api/v1/unified-health/days/" + ANNA + "?from=2026-09-24&to=2026-11-22");
            System.out.println("| table | rows a member and day | bytes a member and day |\n|---|---|---|");
            print(house.sahhaDatabase());
            print(house.whoopDatabase());
        }
    }

    private static void print(TestDatabase database) {
        new ManyMembers(ANNA, "long").fill(database.jdbi(), 0, MEMBERS);
        database.jdbi()
                .useHandle(handle -> handle.createQuery("""
                        select coalesce(parent.relname, c.relname) as name, sum(greatest(c.reltuples, 0)) as rows,
                               sum(pg_total_relation_size(c.oid)) as bytes
                        from pg_class c left join pg_inherits i on i.inhrelid = c.oid left join pg_class parent on parent.oid = i.inhparent
                        where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace group by 1 order by 3 desc""")
                        .map((row, context) -> {
                            double rows = row.getDouble("rows") / MEMBERS / DAYS;
                            double bytes = row.getDouble("bytes") / MEMBERS / DAYS;
                            if (bytes >= BYTES) {
                                System.out.printf(
                                        Locale.ROOT, "| `%s` | %.2f | %,.0f |%n", row.getString("name"), rows, bytes);
                            }
                            return bytes;
                        })
                        .list());
    }
}
