package io.holisticos.whoop.data;

import static io.holisticos.whoop.data.Samples.sample;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holisticos.health.UserId;
import io.holisticos.testing.AsInProduction;
import io.holisticos.vault.Vault;
import io.holisticos.whoop.api.Cycle;
import io.holisticos.whoop.api.Fetched;
import io.holisticos.whoop.api.RecordReader;
import io.holisticos.whoop.api.Recovery;
import io.holisticos.whoop.api.Sleep;
import io.holisticos.whoop.api.Workout;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.math.BigDecimal;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.IntFunction;
import liquibase.Contexts;
import liquibase.Liquibase;
import liquibase.database.jvm.JdbcConnection;
import liquibase.resource.ClassLoaderResourceAccessor;
import org.apache.tomcat.jdbc.pool.DataSource;
import org.apache.tomcat.jdbc.pool.PoolProperties;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * How many records a second are derived again, on a PostgreSQL that flushes every commit to disk: when every row is
 * damaged, and when none is. Judges only that all of them come back; the figures are for {@code docs/benchmarks.md}.
 */
@Tag("bench")
class RebuildBenchmark {

    private static final int RECORDS = Integer.getInteger("bench.records", 200_000);
    private static final int MEMBERS = 50;
    private static final int ROUNDS = 3;
    private static final int AT_ONCE = 250;
    private static final Instant T0 = Instant.parse("2026-10-01T10:00:00Z");

    @Test
    void printsRecordsPerSecond() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .start()) {
            migrate(postgres);
            Jdbi jdbi = pooled(postgres.getJdbcUrl("postgres", "postgres"));
            Vault vault = Samples.vault(jdbi);
            fill(new WhoopStore(jdbi, vault));
            double[] damaged = new double[ROUNDS];
            double[] clean = new double[ROUNDS];
            for (int round = 0; round < ROUNDS; round++) {
                damage(jdbi);
                damaged[round] = rebuilt(jdbi, vault, RECORDS);
                tidy(jdbi);
                clean[round] = rebuilt(jdbi, vault, 0);
            }
            print("every row damaged", damaged);
            print("nothing to change", clean);
        }
    }

    private static double rebuilt(Jdbi jdbi, Vault vault, int changed) {
        Rebuild rebuild = new Rebuild(jdbi, vault, new RecordReader(Samples.MAPPER));
        long begun = System.nanoTime();
        List<Rebuild.Count> counts = rebuild.run(null);
        double seconds = (System.nanoTime() - begun) / 1e9;

        assertThat(counts.stream().mapToLong(Rebuild.Count::held).sum()).isEqualTo(RECORDS);
        assertThat(counts.stream().mapToLong(Rebuild.Count::changed).sum()).isEqualTo(changed);
        return RECORDS / seconds;
    }

    private static void print(String what, double[] perSecond) {
        double[] sorted = perSecond.clone();
        Arrays.sort(sorted);
        System.out.printf(
                "%d records, %s: median %.0f records/s, lowest %.0f, highest %.0f; rounds %s%n",
                RECORDS,
                what,
                sorted[ROUNDS / 2],
                sorted[0],
                sorted[ROUNDS - 1],
                Arrays.stream(perSecond).mapToObj("%.0f"::formatted).toList());
    }

    /** As many of each kind, which is more workouts than people have, and they are large. */
    private static void fill(WhoopStore store) {
        int each = RECORDS / MEMBERS / 4;
        for (int member = 0; member < MEMBERS; member++) {
            UserId who = new UserId("member-" + member);
            save(
                    store,
                    RecordKind.CYCLE,
                    who,
                    each,
                    i -> sample("cycle-scored-with-steps", Cycle.class, tree -> {
                        span(tree.put("id", i + 1), i);
                        tree.withObject("/score").put("strain", BigDecimal.valueOf(i % 2100, 2));
                    }));
            save(
                    store,
                    RecordKind.RECOVERY,
                    who,
                    each,
                    i -> sample(
                            "recovery-scored",
                            Recovery.class,
                            tree -> tree.put("cycle_id", i + 1)
                                    .put("sleep_id", new UUID(7, i).toString())
                                    .withObject("/score")
                                    .put("recovery_score", i % 100)));
            save(
                    store,
                    RecordKind.SLEEP,
                    who,
                    each,
                    i -> sample("sleep-scored", Sleep.class, tree -> {
                        span(tree.put("id", new UUID(7, i).toString()).put("cycle_id", i + 1), i);
                        tree.withObject("/score").put("respiratory_rate", BigDecimal.valueOf(1000 + i % 900, 2));
                    }));
            save(
                    store,
                    RecordKind.WORKOUT,
                    who,
                    each,
                    i -> sample("workout-scored", Workout.class, tree -> {
                        span(tree.put("id", new UUID(9, i).toString()), i);
                        tree.withObject("/score").put("strain", BigDecimal.valueOf(i % 2100, 2));
                    }));
        }
    }

    private static void span(ObjectNode tree, int day) {
        Instant start = T0.minus(Duration.ofDays(day));
        tree.put("start", start.toString())
                .put("end", start.plus(Duration.ofHours(8)).toString());
    }

    private static <T> void save(
            WhoopStore store, RecordKind<T> kind, UserId who, int count, IntFunction<Fetched<T>> sample) {
        List<Fetched<T>> page = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            page.add(sample.apply(i));
            if (page.size() == AT_ONCE || i == count - 1) {
                store.save(kind, who, page, T0, T0);
                page.clear();
            }
        }
    }

    /** One column with an index, one without. */
    private static void damage(Jdbi jdbi) {
        jdbi.useHandle(handle -> {
            handle.execute("update whoop_cycle set start_at = start_at - interval '1 day', strain = 0");
            handle.execute("update whoop_recovery set recovery_score = null, hrv_rmssd_milli = 1");
            handle.execute("update whoop_sleep set start_at = start_at - interval '1 day', respiratory_rate = 0");
            handle.execute("update whoop_workout set start_at = start_at - interval '1 day', strain = 0");
        });
        tidy(jdbi);
    }

    private static void tidy(Jdbi jdbi) {
        jdbi.useHandle(handle -> {
            handle.execute("vacuum analyze");
            handle.execute("checkpoint");
        });
    }

    private static void migrate(EmbeddedPostgres postgres) throws Exception {
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Liquibase liquibase = new Liquibase(
                        "whoop-db/changelog.yaml", new ClassLoaderResourceAccessor(), new JdbcConnection(connection))) {
            liquibase.update(new Contexts());
        }
    }

    private static Jdbi pooled(String url) {
        PoolProperties properties = new PoolProperties();
        properties.setUrl(url);
        properties.setUsername("postgres");
        properties.setDriverClassName("org.postgresql.Driver");
        properties.setMaxActive(4);
        return AsInProduction.statements(Jdbi.create(new DataSource(properties)));
    }
}
