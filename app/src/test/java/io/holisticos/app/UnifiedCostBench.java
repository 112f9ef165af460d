package io.holisticos.app;

import com.sun.management.ThreadMXBean;
import io.holisticos.testing.TestDatabase;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What unified answers cost: transactions of both databases (reads are one statement each), and what all threads of the process
 * allocate, the caller's included. Jobs in the background are counted, too.
 */
class UnifiedCostBench {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final LocalDate TODAY = LocalDate.parse("2026-11-22");
    private static final String ANNA = "demo-anna";

    private static House house;

    @BeforeAll
    static void open() throws Exception {
        house = House.open();
        house.connect(ANNA);
        House.await(() -> {
            house.clock().advance(Duration.ofSeconds(10));
            return isBackfilled();
        });
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @Test
    void unifiedAnswers() {
        measure("overview", "/api/v1/unified-health/overview/" + ANNA, 400);
        measure(
                "366 days",
                "/api/v1/unified-health/days/" + ANNA + "?from=" + TODAY.minusDays(365) + "&to=" + TODAY,
                40);
        measure("existing overview", "/api/v1/health-metrics/overview?profile_id=" + ANNA, 400);
    }

    private static void measure(String name, String path, int times) {
        repeat(path, times);
        long transactions = transactions();
        long allocated = allocated();
        repeat(path, times);
        System.out.printf(
                Locale.ROOT,
                "%-18s %.2f transactions, %,d kB allocated%n",
                name,
                (transactions() - transactions) / (double) times,
                (allocated() - allocated) / times / 1024);
    }

    private static void repeat(String path, int times) {
        for (int i = 0; i < times; i++) {
            if (house.get(path).statusCode() != 200) {
                throw new IllegalStateException(path + " was not answered");
            }
        }
    }

    private static long transactions() {
        return transactions(house.sahhaDatabase()) + transactions(house.whoopDatabase());
    }

    private static long transactions(TestDatabase database) {
        return database.jdbi().withHandle(handle -> {
            handle.execute("select pg_stat_force_next_flush()");
            return handle.createQuery("""
                            select xact_commit + xact_rollback from pg_stat_database
                            where datname = current_database()""").mapTo(Long.class).one();
        });
    }

    private static long allocated() {
        long sum = 0;
        for (long bytes : THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds())) {
            sum += Math.max(0, bytes);
        }
        return sum;
    }

    private static boolean isBackfilled() {
        return house.whoopDatabase()
                .jdbi()
                .withHandle(handle -> handle.createQuery("""
                        select exists (select from whoop_sync
                        where user_id = :who and kind = 'backfill' and state = 'done')""")
                        .bind("who", ANNA)
                        .mapTo(Boolean.class)
                        .one());
    }
}
