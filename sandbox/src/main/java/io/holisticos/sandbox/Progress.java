package io.holisticos.sandbox;

import java.io.PrintStream;
import java.util.Locale;

/** Prints progress for the person at the terminal. */
final class Progress {

    private final PrintStream out;
    private final long startNanos;

    Progress(PrintStream out, long startNanos) {
        this.out = out;
        this.startNanos = startNanos;
    }

    /** Prints one line with the seconds since the start. */
    void say(String what) {
        out.printf(Locale.ROOT, "%5.1f s  %s%n", seconds(), what);
        out.flush();
    }

    void print(String text) {
        out.println(text);
        out.flush();
    }

    /** Seconds since the start, with fractions. */
    double seconds() {
        return (System.nanoTime() - startNanos) / 1e9;
    }
}
