package io.holisticos.app.admin.hystrix;

import com.sun.management.ThreadMXBean;
import io.holisticos.command.Command;
import io.holisticos.command.CommandConfiguration.Isolation;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * What {@code hystrix.stream} costs the process that is read: {@code mvn -Pbench -pl app -am test}. Prints the figures and
 * writes them into {@code docs/benchmarks.md}. No test: it judges nothing.
 */
class StreamCostBench {

    private static final int COMMANDS = 50;
    private static final int CLIENTS = 5;
    private static final int ROUNDS = 5;
    private static final Duration WARM_UP = Duration.ofSeconds(30);
    private static final Duration ROUND = Duration.ofSeconds(20);
    private static final long PAUSE_MICROS = 500;

    private static final String SECTION = "## Reading hystrix.stream";
    private static final Path PAGE = Path.of("..", "docs", "benchmarks.md");

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicLong ticks = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong executions = new AtomicLong();

    private record Round(double percentOfCore, double allocatedKilobytesByTick) {}

    /** Of the threads that make and send the stream: the sampler, and the admin port's. */
    private record Used(Map<Long, Long> cpuNanos, Map<Long, Long> allocated) {

        static long between(Map<Long, Long> before, Map<Long, Long> after) {
            return after.entrySet().stream()
                    .mapToLong(thread -> thread.getValue() - before.getOrDefault(thread.getKey(), 0L))
                    .sum();
        }
    }

    @Test
    void measure() throws Exception {
        List<Thread> helpers = new ArrayList<>();
        try (Bed bed = Bed.open()) {
            List<Command> commands = new ArrayList<>();
            for (int i = 0; i < COMMANDS; i++) {
                commands.add(bed.add("COMMAND_" + i, i % 2 == 0 ? Isolation.THREAD : Isolation.SEMAPHORE));
            }
            helpers.add(start("bench-traffic", () -> traffic(commands)));
            for (int client = 0; client < CLIENTS; client++) {
                Events stream = bed.stream("/hystrix.stream");
                boolean counts = client == 0;
                helpers.add(start("bench-client", () -> read(stream, counts)));
            }
            TimeUnit.NANOSECONDS.sleep(WARM_UP.toNanos());
            long executionsBefore = executions.get();
            List<Round> rounds = new ArrayList<>();
            for (int i = 0; i < ROUNDS; i++) {
                rounds.add(round());
            }
            publish(rounds, executions.get() - executionsBefore);
            over.set(true);
        }
        for (Thread helper : helpers) {
            helper.join();
        }
    }

    private static Thread start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.start();
        return thread;
    }

    private void traffic(List<Command> commands) {
        for (int i = 0; !over.get(); i = (i + 1) % commands.size()) {
            Bed.execute(commands.get(i));
            executions.incrementAndGet();
            java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(PAUSE_MICROS));
        }
    }

    private void read(Events stream, boolean counts) {
        try (stream) {
            for (String line = stream.line(); line != null; line = stream.line()) {
                if (counts) {
                    bytes.addAndGet(line.length() + 1);
                    if (line.equals("ping: ")) {
                        ticks.incrementAndGet();
                    }
                }
            }
        } catch (IOException e) {
            over.set(true);
        }
    }

    private Round round() throws InterruptedException {
        Used before = used();
        long ticksBefore = ticks.get();
        long begun = System.nanoTime();
        TimeUnit.NANOSECONDS.sleep(ROUND.toNanos());
        Used after = used();
        long nanos = System.nanoTime() - begun;
        return new Round(
                100.0 * Used.between(before.cpuNanos(), after.cpuNanos()) / nanos,
                Used.between(before.allocated(), after.allocated()) / 1000.0 / (ticks.get() - ticksBefore));
    }

    private Used used() {
        Map<Long, Long> cpu = new HashMap<>();
        Map<Long, Long> allocated = new HashMap<>();
        for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (thread != null
                    && (thread.getThreadName().startsWith("hystrix-stream")
                            || thread.getThreadName().startsWith("dw-admin"))) {
                cpu.put(thread.getThreadId(), threads.getThreadCpuTime(thread.getThreadId()));
                allocated.put(thread.getThreadId(), threads.getThreadAllocatedBytes(thread.getThreadId()));
            }
        }
        if (cpu.size() < 2) {
            throw new IllegalStateException("the threads of the stream have other names now");
        }
        return new Used(cpu, allocated);
    }

    private void publish(List<Round> rounds, long executed) throws IOException {
        List<Double> percents =
                rounds.stream().map(Round::percentOfCore).sorted().toList();
        List<Double> kilobytes =
                rounds.stream().map(Round::allocatedKilobytesByTick).sorted().toList();
        String section = SECTION
                + """


                `mvn -Pbench -pl app -am test -Dtest=StreamCostBench`: %d clients, %d commands (half of them with a pool), %d executions a
                second, a tick of %d kB every 500 ms. Counted is the CPU time and the allocation of the threads that make and send the
                stream (the sampler and the admin port's), %d rounds of %d s after %d s of warm-up.

                **Median %s %% of a core** (lowest %s, highest %s; goal below 1). Allocated for each tick, all clients together:
                **median %.0f kB** (lowest %.0f, highest %.0f).

                Rounds, %% of a core: %s.

                %s, %s: %d processors, JDK %s. Traffic and clients share them.
                """.formatted(
                        CLIENTS,
                        COMMANDS,
                        executed / (ROUNDS * ROUND.toSeconds()),
                        bytes.get() / ticks.get() / 1000,
                        ROUNDS,
                        ROUND.toSeconds(),
                        WARM_UP.toSeconds(),
                        two(percents.get(ROUNDS / 2)),
                        two(percents.get(0)),
                        two(percents.get(ROUNDS - 1)),
                        kilobytes.get(ROUNDS / 2),
                        kilobytes.get(0),
                        kilobytes.get(ROUNDS - 1),
                        rounds.stream().map(round -> two(round.percentOfCore())).collect(Collectors.joining(", ")),
                        LocalDate.now(ZoneOffset.UTC),
                        System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                        Runtime.getRuntime().availableProcessors(),
                        Runtime.version().feature());
        System.out.println(section);
        write(section);
    }

    private static String two(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    /** In place of what the section says now; other sections stay. */
    private static void write(String section) throws IOException {
        String page = Files.exists(PAGE) ? Files.readString(PAGE) : "# Benchmarks\n";
        int begin = page.indexOf(SECTION);
        if (begin < 0) {
            Files.writeString(PAGE, page.stripTrailing() + "\n\n" + section);
            return;
        }
        int end = page.indexOf("\n## ", begin + 1);
        Files.writeString(PAGE, page.substring(0, begin) + section + (end < 0 ? "" : page.substring(end)));
    }
}
