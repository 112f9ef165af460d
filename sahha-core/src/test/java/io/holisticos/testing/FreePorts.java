package io.holisticos.testing;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports that nothing listens on. They lie below the range from which systems take the local ports of outgoing connections
 * (32768 and up on Linux, 49152 and up elsewhere), so that no connection of the tests takes one before its server starts.
 */
public final class FreePorts {

    private static final int FIRST = 15_000;
    private static final int COUNT = 17_000;

    /** Two JVMs that test at the same time begin at different places. */
    private static final AtomicInteger NEXT =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(COUNT));

    private FreePorts() {}

    /** A port that can be bound now and is handed out to nobody else in this JVM. */
    public static int next() {
        for (int tries = 0; tries < COUNT; tries++) {
            int port = FIRST + Math.floorMod(NEXT.getAndIncrement(), COUNT);
            if (isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no port from " + FIRST + " on is free");
    }

    private static boolean isFree(int port) {
        try (ServerSocket probe = new ServerSocket(port)) {
            return probe.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
