package io.holisticos.bench.load;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.TreeSet;

/** Schema {@code bench} of both databases: the rows of the templates, and who is a copy of whom. */
final class Staging {

    private static final List<String> SCHEMA = List.of(
            "drop schema if exists bench cascade",
            "create schema bench",
            "create table bench.run (today date not null)",
            "create table bench.template (user_id text primary key)",
            "create table bench.member (number integer primary key, user_id text not null unique, template text not null,"
                    + " account bigint not null)",
            // the same object of Sahha's, so many days earlier
            """
            create function bench.earlier(said jsonb, days integer) returns jsonb language plpgsql immutable as $$
            declare
              changed text := said::text;
              day text;
            begin
              if days = 0 then
                return said;
              end if;
              for day in select distinct dates[1] from regexp_matches(changed, '"(\\d{4}-\\d\\d-\\d\\d)T', 'g') as dates loop
                changed := replace(changed, '"' || day || 'T', '"@' || (day::date - days) || 'T');
              end loop;
              return replace(changed, '"@', '"')::jsonb;
            end $$""");

    /** So many templates have long pasts. */
    private static final int FEW = 4;

    private final Cluster cluster;
    private final Population population;

    Staging(Cluster cluster, Population population) {
        this.cluster = cluster;
        this.population = population;
    }

    void prepare(List<String> templates) throws SQLException {
        for (String database : List.of(Cluster.SAHHA, Cluster.WHOOP)) {
            try (Connection connection = cluster.connect(database);
                    Statement statement = connection.createStatement()) {
                statement.execute("set session_replication_role = replica");
                for (String sql : SCHEMA) {
                    statement.execute(sql);
                }
                statement.execute("insert into bench.run values (date '" + LocalDate.now(ZoneOffset.UTC) + "')");
                name(connection, templates);
                for (TableCopy table : Tables.ofMembers(connection)) {
                    for (String sql : table.stage(Templates.DAYS)) {
                        statement.execute(sql);
                    }
                    for (int history : lengths()) {
                        int times = (history + Templates.DAYS - 1) / Templates.DAYS - 1;
                        statement.execute(table.repeat(history, times, Templates.DAYS));
                    }
                    statement.execute("create index on " + table.staged() + " (bench_day)");
                    statement.execute("analyze " + table.staged());
                }
            }
        }
    }

    private TreeSet<Integer> lengths() {
        TreeSet<Integer> lengths = new TreeSet<>(Population.HISTORIES);
        lengths.add(population.days());
        return lengths;
    }

    private void name(Connection connection, List<String> templates) throws SQLException {
        try (PreparedStatement template = connection.prepareStatement("insert into bench.template values (?)");
                PreparedStatement member =
                        connection.prepareStatement("insert into bench.member values (?, ?, ?, ?)")) {
            for (String one : templates) {
                template.setString(1, one);
                template.addBatch();
            }
            int[] unused = template.executeBatch();
            int number = 1;
            for (String who : population.ids()) {
                add(member, number, who, templates.get(number % templates.size()), population.days());
                number++;
            }
            for (int days : Population.HISTORIES) {
                int of = 0; // the same templates for each, so that members differ in their past only
                for (String who : Population.withDays(days)) {
                    add(member, number, who, templates.get(of % Math.min(FEW, templates.size())), days);
                    number++;
                    of++;
                }
            }
            int[] alsoUnused = member.executeBatch();
        }
    }

    private static void add(PreparedStatement member, int number, String who, String template, int days)
            throws SQLException {
        member.setInt(1, number);
        member.setString(2, who);
        member.setString(3, template + "/" + days);
        member.setLong(4, Population.FIRST_ACCOUNT + number);
        member.addBatch();
    }
}
