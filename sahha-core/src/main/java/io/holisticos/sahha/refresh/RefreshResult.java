package io.holisticos.sahha.refresh;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a reader can expect of the rows in the database.
 *
 * @param known whether there is such a member
 * @param current whether every kind is as fresh as the reader requires
 * @param missing whether a kind was never fetched, or too long ago, and could not be fetched now
 * @param asOf when the newest fetch of the member began; null when there was none
 * @param behind the days asked for of which a kind is not as fresh as the reader requires
 */
public record RefreshResult(
        boolean known,
        boolean current,
        boolean missing,
        @Nullable Instant asOf,
        Set<LocalDate> behind) {

    public RefreshResult {
        behind = Set.copyOf(behind);
    }

    /** Nothing is known against the rows. */
    static RefreshResult current(@Nullable Instant asOf) {
        return new RefreshResult(true, true, false, asOf, Set.of());
    }

    /** Whether nothing of the member could ever be fetched. */
    public boolean neverFetched() {
        return missing && asOf == null;
    }

    RefreshResult and(RefreshResult other) {
        return new RefreshResult(
                known && other.known,
                current && other.current,
                missing || other.missing,
                later(asOf, other.asOf),
                Stream.concat(behind.stream(), other.behind.stream()).collect(Collectors.toUnmodifiableSet()));
    }

    private static @Nullable Instant later(@Nullable Instant one, @Nullable Instant other) {
        return one == null || (other != null && other.isAfter(one)) ? other : one;
    }
}
