package io.holisticos.app.probes;

import io.holisticos.vitals.HotPath;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs hot paths in rounds until a round takes no less time than those before it: then the compiler has little left to do. Used
 * by one thread.
 */
final class WarmUpRounds {

    /** As many as deliveries of one sender that are stored at a time, and one more. */
    static final int CALLERS = 4;

    /** All paths together are run so often in a round. */
    static final int RUNS = 100;

    /** The compilers look at a method after some thousand calls; before that, a steady pace means nothing. */
    static final int LEAST_ROUNDS = 40;

    /** So many rounds are compared with as many before them, since one round may be slow for any reason. */
    static final int COMPARED = 8;

    /** A path that fails in so many rounds, one after the other, is left to its callers. */
    static final int MOST_FAILURES = 3;

    /** What rounds differ by without being compiled any further. */
    private static final double STEADY = 0.95;

    private final List<HotPath> paths;
    private final ExecutorService callers;
    private final LongSupplier nanoTime;
    private final Map<HotPath, Integer> failures = new HashMap<>();
    private final Map<String, Throwable> leftOut = new LinkedHashMap<>();
    private final Deque<Long> took = new ArrayDeque<>();
    private int rounds;

    /** @param callers {@value #CALLERS} threads, which run the paths of a round */
    WarmUpRounds(List<HotPath> paths, ExecutorService callers, LongSupplier nanoTime) {
        this.paths = new ArrayList<>(paths);
        this.callers = callers;
        this.nanoTime = nanoTime;
    }

    /**
     * What came of it.
     *
     * @param warm false when the time was over before
     * @param leftOut the paths that failed again and again, with their last failure
     */
    record Result(int rounds, boolean warm, Map<String, Throwable> leftOut) {}

    /** @throws InterruptedException when the service ends */
    Result run(Duration atMost) throws InterruptedException {
        long begun = nanoTime.getAsLong();
        long now = begun;
        while (!paths.isEmpty() && !isWarm() && now - begun < atMost.toNanos()) {
            round(atMost.toNanos() - (now - begun));
            long after = nanoTime.getAsLong();
            keep(after - now);
            now = after;
        }
        return new Result(rounds, isWarm(), leftOut);
    }

    private boolean isWarm() {
        return rounds >= LEAST_ROUNDS && median(COMPARED) >= STEADY * median(0);
    }

    /** Of some of the last rounds. */
    private long median(int from) {
        return took.stream()
                .skip(from)
                .limit(COMPARED)
                .sorted()
                .skip(COMPARED / 2)
                .findFirst()
                .orElse(0L);
    }

    private void keep(long nanos) {
        rounds++;
        took.addLast(nanos);
        if (took.size() > 2 * COMPARED) {
            took.removeFirst();
        }
    }

    /** Runs each path as often as any other. Nothing is begun once the time is over. */
    private void round(long nanosLeft) throws InterruptedException {
        long begun = nanoTime.getAsLong();
        AtomicInteger next = new AtomicInteger();
        Map<HotPath, Throwable> failed = new ConcurrentHashMap<>();
        Callable<Boolean> caller = () -> {
            for (int run = next.getAndIncrement();
                    run < RUNS
                            && nanoTime.getAsLong() - begun < nanosLeft
                            && !Thread.currentThread().isInterrupted();
                    run = next.getAndIncrement()) {
                runOnce(paths.get(run % paths.size()), failed);
            }
            return true;
        };
        for (Future<Boolean> done : callers.invokeAll(Collections.nCopies(CALLERS, caller))) {
            try {
                boolean unused = done.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            }
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        List.copyOf(paths).forEach(path -> judge(path, failed.get(path)));
    }

    private static void runOnce(HotPath path, Map<HotPath, Throwable> failed) {
        try {
            path.work().run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) { // a path may fail in any way; it is told at the end
            failed.put(path, e);
        }
    }

    private void judge(HotPath path, @Nullable Throwable failure) {
        int inARow = failure == null ? 0 : failures.getOrDefault(path, 0) + 1;
        failures.put(path, inARow);
        if (failure != null && inARow == MOST_FAILURES) {
            paths.remove(path);
            leftOut.put(path.name(), failure);
        }
    }
}
