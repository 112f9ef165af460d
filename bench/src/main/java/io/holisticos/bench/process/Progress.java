package io.holisticos.bench.process;

import java.util.Locale;

/** Lines that say how far it is, with the seconds since the start; on standard error, since the result goes to standard output. */
public final class Progress {

    private static final long START = System.nanoTime();

    private Progress() {}

    public static void say(String line) {
        System.err.printf(Locale.ROOT, "%6.1f s  %s%n", (System.nanoTime() - START) / 1e9, line);
    }
}
