package io.holisticos.database;

import java.util.function.IntUnaryOperator;

/**
 * Work on many rows, few at a time, each time in a transaction of its own: whoever wants one of them waits for no more than these
 * few, and a kill loses no more than these.
 */
public final class SmallBatches {

    private static final int ROWS = 2_000;

    private SmallBatches() {}

    /**
     * Repeats a statement until it finds less than it may.
     *
     * @param statement works on so many rows at most, and returns how many it found
     * @return how many it found in all
     */
    public static int work(IntUnaryOperator statement) {
        int all = 0;
        int found;
        do {
            found = statement.applyAsInt(ROWS);
            all += found;
        } while (found == ROWS);
        return all;
    }
}
