package io.holisticos.whoop.sync;

import java.time.Instant;
import java.util.Locale;
import java.util.UUID;

/**
 * What an event of WHOOP says of one record. It never says what the record is now, only that it is worth reading.
 *
 * @param recordId the id of the record; of a recovery, the id of its sleep
 * @param receivedAt when the event came
 */
public record RecordEvent(RecordCollection collection, UUID recordId, Happened happened, Instant receivedAt) {

    /** What happened to the record. */
    public enum Happened {
        /** It is new, or has changed. */
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
