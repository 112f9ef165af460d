package io.holisticos.database;

import java.util.function.Supplier;

/** Repeats work that may be done twice without harm, such as saving an event by its own id. */
public final class Idempotent {

    private Idempotent() {}

    /** Does the work, and once more when the connection broke so that it is unknown whether the work was done. */
    public static <T> T work(Supplier<T> work) {
        try {
            return work.get();
        } catch (RuntimeException e) {
            if (Breakage.of(e) != Breakage.BROKEN) {
                throw e;
            }
            return work.get();
        }
    }
}
