package io.holisticos.whoop.sync;

import java.time.Instant;
import java.util.Locale;
import java.util.UUID;

/**
 * What WHOOP told of one record: never what it says now, only that it is worth reading.
 *
 * @param recordId of a recovery, the id of its sleep
 * @param toldAt when we heard it
 */
public record Change(Collection collection, UUID recordId, Happened happened, Instant toldAt) {

    /** What happened to the record. */
    public enum Happened {
        /** It is new or another. */
        UPDATED,
        /** It is gone for good. */
        DELETED;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Happened of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }
}
