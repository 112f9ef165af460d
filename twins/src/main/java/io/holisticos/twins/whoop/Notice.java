package io.holisticos.twins.whoop;

import java.time.Instant;
import java.util.UUID;

/**
 * How one event was delivered to the application, or that it was lost.
 *
 * @param recordId a sleep's or a workout's id; for a recovery its sleep's
 * @param type such as {@code sleep.updated}
 * @param happenedAt when the record changed
 * @param fate how the twin delivered it
 * @param at when a lost event would have been sent; for the others, when the application first accepted it
 */
public record Notice(long whoopUserId, UUID recordId, String type, Instant happenedAt, Fate fate, Instant at) {

    /** How an event is delivered. */
    public enum Fate {
        /** Sent once, at once. */
        ONCE,
        /** Never sent. */
        LOST,
        /** Sent twice, with the same trace id. */
        DOUBLED,
        /** Sent some minutes late, after later events. */
        REORDERED
    }
}
