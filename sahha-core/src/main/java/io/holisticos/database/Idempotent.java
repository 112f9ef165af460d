package io.holisticos.database;

import java.util.function.Supplier;

/** Work that may be done twice without harm, such as keeping an event once. */
public final class Idempotent {

    private Idempotent() {}

    /** Does the work, and once more when the connection broke and nobody knows whether it was done. */
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
