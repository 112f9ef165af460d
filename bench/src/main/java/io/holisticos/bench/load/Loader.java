package io.holisticos.bench.load;

import io.holisticos.bench.process.BenchFailure;
import io.holisticos.bench.process.Checkout;
import io.holisticos.bench.process.Processes;
import io.holisticos.bench.process.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Fills both databases with members: some come the real way ({@link Templates}), all others are copies of their rows under ids of
 * their own, day by day as rows come in life. Triggers do not run meanwhile.
 */
public final class Loader {

    private static final int AT_ONCE = 2;

    private final Processes processes;
    private final Checkout checkout;
    private final Population population;

    public Loader(Processes processes, Checkout checkout, Population population) {
        this.processes = processes;
        this.checkout = checkout;
        this.population = population;
    }

    /**
     * A server with the members, ready to be measured.
     *
     * @param kept the folder in which they are, or will be for the next run; null to keep nothing
     */
    public Cluster load(@Nullable Path kept) {
        Path data = kept == null ? processes.folder().resolve("data") : kept;
        if (kept == null) {
            processes.add(() -> delete(data)); // after the server ended
        }
        if (Files.exists(data.resolve("loaded"))) {
            if (isOfToday(data)) {
                Progress.say("The members of " + data + " are of today: using them");
                return serve(data);
            }
            Progress.say("The members of " + data + " are other ones, or their day is over: loading them anew");
        }
        delete(data.resolve("postgresql"));
        fill(data);
        return serve(data);
    }

    private Cluster serve(Path data) {
        Cluster cluster = Cluster.toServe(processes, data);
        new Freshness(cluster).renew();
        return cluster;
    }

    private boolean isOfToday(Path data) {
        try {
            return Files.readString(data.resolve("loaded")).equals(label());
        } catch (IOException e) {
            return false;
        }
    }

    private String label() {
        return population + " of " + LocalDate.now(ZoneOffset.UTC);
    }

    private void fill(Path data) {
        long begun = System.nanoTime();
        String label = label();
        Progress.say("Starting PostgreSQL and a sandbox, for members whose rows come the real way");
        Cluster cluster = Cluster.toFill(processes, data);
        List<String> templates = new Templates(processes, checkout, cluster).seed();
        Progress.say("%,d members with %d days of %d templates; now the tables"
                .formatted(population.members(), population.days(), templates.size()));
        try {
            new Staging(cluster, population).prepare(templates);
            copy(cluster);
            complete(cluster);
            processes.end(cluster);
            Files.writeString(data.resolve("loaded"), label);
        } catch (SQLException | IOException e) {
            throw new BenchFailure("loading: " + e.getMessage(), e);
        }
        Progress.say("Loaded in %d s".formatted((System.nanoTime() - begun) / 1_000_000_000));
    }

    /** Two tables at a time, the largest first. */
    private void copy(Cluster cluster) throws SQLException {
        List<Work> all = new ArrayList<>();
        for (String database : List.of(Cluster.SAHHA, Cluster.WHOOP)) {
            try (Connection connection = cluster.connect(database)) {
                for (TableCopy table : Tables.ofMembers(connection)) {
                    all.add(new Work(database, table, rows(connection, table)));
                }
            }
        }
        all.sort(Comparator.comparingLong(Work::size).reversed());
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (Work work : all) {
                running.add(threads.submit(() -> copy(cluster, work)));
            }
            for (Future<?> one : running) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof BenchFailure failure ? failure : new CompletionException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchFailure("interrupted", e);
        } finally {
            threads.shutdownNow();
        }
    }

    private static void copy(Cluster cluster, Work work) {
        TableCopy table = work.table();
        try (Connection connection = cluster.connect(work.database());
                Statement statement = connection.createStatement()) {
            statement.execute("set session_replication_role = replica; set work_mem = '512MB'");
            connection.setAutoCommit(
                    false); // what is written into a table emptied by the same transaction needs no log
            statement.execute("truncate " + table.table());
            List<String> indexes = table.day() == null ? List.of() : Tables.dropIndexes(connection, table.table());
            long copied = execute(connection, table.copy(false), null);
            List<String> days = days(connection, table);
            for (int i = 0; i < days.size(); i++) {
                copied += execute(connection, table.copy(true), days.get(i));
                if (copied > 1_000_000 && i % 15 == 0) {
                    Progress.say("  %s: %,d rows, day %s".formatted(table.table(), copied, days.get(i)));
                }
            }
            for (String index : indexes) {
                statement.execute(index);
            }
            connection.commit();
            connection.setAutoCommit(true);
            statement.execute("vacuum (analyze) " + table.table());
            if (copied > 0) {
                Progress.say("  %s: %,d rows".formatted(table.table(), copied));
            }
        } catch (SQLException e) {
            throw new BenchFailure("loading " + table.table() + ": " + e.getMessage(), e);
        }
    }

    private static long execute(Connection connection, String sql, @Nullable String day) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            if (day != null) {
                statement.setString(1, day);
            }
            return statement.executeLargeUpdate();
        }
    }

    private static List<String> days(Connection connection, TableCopy table) throws SQLException {
        List<String> days = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select distinct bench_day from " + table.staged()
                        + " where bench_day is not null order by 1")) {
            while (rows.next()) {
                days.add(rows.getString(1));
            }
        }
        return days;
    }

    private static long rows(Connection connection, TableCopy table) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select count(*) from " + table.staged())) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /** What copies cannot have of their templates. */
    private void complete(Cluster cluster) throws SQLException {
        Progress.say("Sealing tokens and names for each member");
        cluster.quietly(Cluster.SAHHA, """
                insert into sahha_refresh (profile_id, kind, span, refreshed_at, read_from, read_until)
                select user_id, kind, to_char(month, 'YYYY-MM'), now(), cast(month as date), now()
                from bench.member, (values ('scores'), ('biomarkers')) kinds (kind),
                    generate_series(date_trunc('month', now()) - interval '15 months', now(), interval '1 month') month
                where user_id like 'bench-d%' on conflict do nothing""", "vacuum (analyze)");
        cluster.quietly(
                Cluster.WHOOP,
                "update whoop_member_sync set covered_from = least(covered_from, now() - interval '1100 days')",
                """
                insert into whoop_connection (user_id, whoop_user_id, state, scopes, token_version, connected_at, recorded_at)
                select 'bench-hook-' || i, %d + i, 'reauthorization_required', 'offline', 1, now(), now()
                from generate_series(0, %d) i""".formatted(Population.FIRST_WEBHOOK_ACCOUNT, Population.WEBHOOK_MEMBERS - 1),
                "delete from scheduled_tasks where task_name = 'whoop-member'",
                """
                insert into scheduled_tasks (task_name, task_instance, execution_time, picked, version)
                select 'whoop-member', user_id, now() + interval '12 hours' + random() * interval '12 hours', false, 1
                from bench.member""");
        try (Connection connection = cluster.connect(Cluster.WHOOP);
                Statement statement = connection.createStatement()) {
            statement.execute("set session_replication_role = replica");
            statement.execute("delete from member_key where user_id not in (select user_id from bench.template)");
            Seals seals = new Seals(connection);
            seals.renew();
            seals.makeKeys(Stream.iterate(0, i -> i < Population.WEBHOOK_MEMBERS, i -> i + 1)
                    .map(i -> "bench-hook-" + i)
                    .toList());
            statement.execute("delete from whoop_archive");
            statement.execute("vacuum (analyze)");
        }
    }

    private static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new BenchFailure("folder " + folder + " cannot be emptied: " + e.getMessage(), e);
        }
    }

    private record Work(String database, TableCopy table, long size) {}
}
