package io.holisticos.whoop.sync;

import java.time.Instant;
import java.util.OptionalLong;

/**
 * An event as WHOOP sent it, and as the inbox keeps it.
 *
 * @param traceId names the event, the same at every repetition
 * @param type such as {@code sleep.updated}, of an open vocabulary
 * @param recordId empty when there is none
 * @param whoopUserId whose it is, by WHOOP's own id
 * @param bodySealed the body, sealed for the member, or for nobody while the member is not known
 */
public record ReceivedEvent(
        String traceId, String type, String recordId, OptionalLong whoopUserId, byte[] bodySealed, Instant receivedAt) {

    /** Whose it is stays out of logs. */
    @Override
    public String toString() {
        return "ReceivedEvent[" + type + "]";
    }
}
