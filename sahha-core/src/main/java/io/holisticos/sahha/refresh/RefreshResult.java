package io.holisticos.sahha.refresh;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a reader can expect of the rows in the database.
 *
 * @param known whether there is such a member
 * @param current whether every kind is as fresh as the reader requires
 * @param missing whether a kind was never fetched, or too long ago, and could not be fetched now
 * @param asOf when the newest fetch of the member began; null when there was none
 */
public record RefreshResult(
        boolean known,
        boolean current,
        boolean missing,
        @Nullable Instant asOf) {

    RefreshResult and(RefreshResult other) {
        return new RefreshResult(
                known && other.known, current && other.current, missing || other.missing, later(asOf, other.asOf));
    }

    private static @Nullable Instant later(@Nullable Instant one, @Nullable Instant other) {
        return one == null || (other != null && other.isAfter(one)) ? other : one;
    }
}
