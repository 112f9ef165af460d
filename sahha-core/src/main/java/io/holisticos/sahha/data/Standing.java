package io.holisticos.sahha.data;

import java.time.Instant;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * How a member stands.
 *
 * @param at the moment that was the present of the reading
 * @param revision counts the changes of the member's days
 * @param marks when Sahha was asked for which days
 * @param read which days were read from Sahha
 * @param lastSeen null when there is no record
 * @param lastSeenUntil the first moment at which time alone makes {@code lastSeen} another: the next record begins. {@link
 *     Instant#MIN} when it is another at every moment, as of a record that says it was created in the future
 * @param phone the offset of the member's phone; null when it is not known
 * @param hasRows whether there is any row of the member
 */
public record Standing(
        Instant at,
        long revision,
        RefreshMarks marks,
        ReadDays read,
        @Nullable LastSeen lastSeen,
        Instant lastSeenUntil,
        @Nullable ZoneOffset phone,
        boolean hasRows) {}
