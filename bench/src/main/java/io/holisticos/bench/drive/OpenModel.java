package io.holisticos.bench.drive;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends at a constant rate, whether answers come or not. A request counts from the moment at which it was due: where all
 * connections wait for answers, the waiting is part of what is measured.
 */
public final class OpenModel {

    private static final int CONNECTIONS = 64;

    private OpenModel() {}

    /** So many requests a second, for so many seconds. */
    public static Latencies run(Load load, double rate, int seconds) {
        return runAll(load, Math.max(1, (int) Math.round(rate * seconds)), rate);
    }

    /** So many requests at a rate. */
    public static Latencies runAll(Load load, int count, double rate) {
        List<byte[]> requests = load.requests().stream()
                .map(request -> request.bytes(load.port()))
                .toList();
        long[] nanos = new long[count];
        AtomicLong errors = new AtomicLong();
        AtomicInteger next = new AtomicInteger();
        double pause = 1e9 / rate;
        long begun = System.nanoTime() + 50_000_000;
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < Math.min(CONNECTIONS, count); i++) {
            Thread thread = new Thread(
                    () -> {
                        try (PlainConnection connection = new PlainConnection(load.port())) {
                            for (int one = next.getAndIncrement(); one < count; one = next.getAndIncrement()) {
                                long due = begun + (long) (one * pause);
                                waitUntil(due);
                                byte[] request = requests.get(load.order()[one % load.order().length]);
                                if (!isAnswered(connection, request)) {
                                    errors.incrementAndGet();
                                }
                                nanos[one] = System.nanoTime() - due;
                            }
                        } catch (IOException e) {
                            errors.incrementAndGet();
                        }
                    },
                    "open-model-" + i);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        threads.forEach(OpenModel::join);
        return new Latencies(nanos, errors.get());
    }

    private static boolean isAnswered(PlainConnection connection, byte[] request) throws IOException {
        try {
            return connection.exchange(request).status() < 400;
        } catch (IOException e) {
            connection.reopen();
            return false;
        }
    }

    private static void waitUntil(long due) {
        for (long ahead = due - System.nanoTime(); ahead > 0; ahead = due - System.nanoTime()) {
            LockSupport.parkNanos(ahead);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
