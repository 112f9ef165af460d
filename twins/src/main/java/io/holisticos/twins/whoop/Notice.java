package io.holisticos.twins.whoop;

import java.time.Instant;
import java.util.UUID;

/**
 * What became of one event on its way to the application.
 *
 * @param recordId a sleep's or a workout's id; for a recovery its sleep's
 * @param type such as {@code sleep.updated}
 * @param happenedAt when the record changed
 * @param fate how it was treated
 * @param at of a lost event, when it would have gone out; else when it was taken for the first time
 */
public record Notice(long whoopUserId, UUID recordId, String type, Instant happenedAt, Fate fate, Instant at) {

    /** How an event is treated. */
    public enum Fate {
        /** Sent once, at once. */
        TRUE,
        /** Never sent. */
        LOST,
        /** Sent twice, with the same trace id. */
        DOUBLED,
        /** Sent some minutes late, after what happened later. */
        REORDERED
    }
}
