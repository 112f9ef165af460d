package io.holisticos.app;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.net.http.HttpResponse;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What one request costs, on average of many: statements of each database and buffers that they touch, as PostgreSQL explains them,
 * and kilobytes that all threads of this process allocate, the caller's and the twins' included. Jobs have connections that
 * call themselves otherwise, and are not counted.
 */
record RequestCost(double sahhaStatements, double whoopStatements, double buffers, double kilobytes) {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Of pools from which callers are answered. */
    private static final String READERS = "unified-health";

    /** Whoever asks, by the header that carries the credential. */
    record Caller(House house, String header, String credential) {

        static Caller service(House house) {
            return new Caller(house, "X-API-Key", House.KEY);
        }

        /** @param etag that the caller has already; empty for none */
        void repeat(String path, String etag, int times) {
            int expected = etag.isEmpty() ? 200 : 304;
            for (int i = 0; i < times; i++) {
                HttpResponse<String> answer = house.exchange(house.request(path)
                        .header(header, credential)
                        .header("If-None-Match", etag.isEmpty() ? "W/\"none\"" : etag));
                if (answer.statusCode() != expected) {
                    throw new IllegalStateException(
                            "answered " + answer.statusCode() + " and not " + expected + ": " + answer.body());
                }
            }
        }
    }

    /** Asks again and again, one after the other, three times: what else the process does meanwhile only adds, so the least counts. */
    static RequestCost of(Caller caller, PlanLog plans, String path, String etag, int times) {
        caller.repeat(path, etag, 20);
        RequestCost least = Stream.generate(() -> once(caller, plans, path, etag, times))
                .limit(3)
                .min(Comparator.comparingDouble(RequestCost::kilobytes))
                .orElseThrow();
        System.out.println(routeOf(path) + (etag.isEmpty() ? ": " : ", held already: ") + least);
        return least;
    }

    /** Without whom it is asked for: a member's id belongs in no output. */
    private static String routeOf(String path) {
        return path.replaceFirst("\\?.*", "").replaceFirst("demo-[a-z]+", "{user_id}");
    }

    private static RequestCost once(Caller caller, PlanLog plans, String path, String etag, int times) {
        plans.forget();
        Map<Long, Long> before = allocated();
        caller.repeat(path, etag, times);
        Map<Long, Long> after = allocated();
        long bytes = after.entrySet().stream()
                .mapToLong(thread -> thread.getValue() - before.getOrDefault(thread.getKey(), 0L))
                .sum();
        List<PlanLog.Plan> asked = plans.read().stream()
                .filter(plan -> plan.application().equals(READERS) && !plan.within())
                .toList();
        return new RequestCost(
                of("sahha", asked) / times,
                of("whoop", asked) / times,
                asked.stream().mapToLong(PlanLog.Plan::buffers).sum() / (double) times,
                bytes / 1024.0 / times);
    }

    private static double of(String database, List<PlanLog.Plan> plans) {
        return plans.stream().filter(plan -> plan.database().equals(database)).count();
    }

    /** Bytes by thread. One that ends while requests are sent is left out: what it allocated before them says nothing of them. */
    private static Map<Long, Long> allocated() {
        long[] ids = THREADS.getAllThreadIds();
        long[] bytes = THREADS.getThreadAllocatedBytes(ids);
        Map<Long, Long> allocated = new HashMap<>();
        for (int i = 0; i < ids.length; i++) {
            if (bytes[i] >= 0) { // else it has ended since
                allocated.put(ids[i], bytes[i]);
            }
        }
        return allocated;
    }
}
