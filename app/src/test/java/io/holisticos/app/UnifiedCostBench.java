package io.holisticos.app;

import com.sun.management.ThreadMXBean;
import io.holisticos.testing.TestDatabase;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What unified answers cost: transactions of both databases (reads are one statement each), and what all threads of the process
 * allocate, the caller's included. Jobs in the background are counted, too. A miss is asked of a replica that keeps nothing.
 */
class UnifiedCostBench {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final LocalDate TODAY = LocalDate.parse("2026-11-22");
    private static final String ANNA = "demo-anna";

    private static House house;
    private static House.Replica keepsNothing;

    @BeforeAll
    static void open() throws Exception {
        house = House.open();
        house.connect(ANNA);
        House.await(() -> {
            house.clock().advance(Duration.ofSeconds(10));
            return isBackfilled();
        });
        keepsNothing = house.replica(Map.of("ANSWER_CACHE", "false"));
    }

    @AfterAll
    static void close() throws Exception {
        keepsNothing.close();
        house.close();
    }

    @Test
    void unifiedAnswers() throws Exception {
        String overview = "/api/v1/unified-health/overview/" + ANNA;
        String days = "/api/v1/unified-health/days/" + ANNA + "?from=" + TODAY.minusDays(365) + "&to=" + TODAY;
        House.await(() -> house.get(overview).headers().firstValue("ETag").isPresent()); // no source is cold any more
        String tag = house.get(overview).headers().firstValue("ETag").orElseThrow();
        measure("overview, miss", asking(keepsNothing.uri(overview)), 400);
        measure("overview, hit", asking(house.uri(overview)), 400);
        measure("overview, 304 miss", asking(keepsNothing.uri(overview)).header("If-None-Match", tag), 400);
        measure("overview, 304 hit", asking(house.uri(overview)).header("If-None-Match", tag), 400);
        measure("overview, hit gzip", asking(house.uri(overview)).header("Accept-Encoding", "gzip"), 400);
        measure("366 days, miss", asking(keepsNothing.uri(days)), 40);
        measure("366 days, hit", asking(house.uri(days)), 40);
        measure("existing overview", asking(house.uri("/api/v1/health-metrics/overview?profile_id=" + ANNA)), 400);
    }

    private static HttpRequest.Builder asking(URI uri) {
        return HttpRequest.newBuilder(uri).header("X-API-Key", House.KEY);
    }

    private static void measure(String name, HttpRequest.Builder asking, int times) throws Exception {
        HttpRequest request = asking.build();
        repeat(request, times);
        long transactions = transactions();
        long allocated = allocated();
        long begun = System.nanoTime();
        repeat(request, times);
        System.out.printf(
                Locale.ROOT,
                "%-18s %.2f transactions, %,d kB allocated, %.2f ms%n",
                name,
                (transactions() - transactions) / (double) times,
                (allocated() - allocated) / times / 1024,
                (System.nanoTime() - begun) / 1e6 / times);
    }

    private static void repeat(HttpRequest request, int times) throws Exception {
        for (int i = 0; i < times; i++) {
            int status = HTTP.send(request, BodyHandlers.discarding()).statusCode();
            if (status != 200 && status != 304) {
                throw new IllegalStateException("answered " + status);
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
