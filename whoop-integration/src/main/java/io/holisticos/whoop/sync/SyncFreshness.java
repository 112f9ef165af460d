package io.holisticos.whoop.sync;

import io.holisticos.whoop.data.HeldMember;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The span of time that was read of a member without a gap.
 *
 * @param coveredFrom its beginning
 * @param lastSyncedAt its end
 */
public record SyncFreshness(Instant coveredFrom, Instant lastSyncedAt) {

    /** Two nights and their jitter: events keep current what was listed since. */
    private static final Duration KEPT_BY_EVENTS = Duration.ofHours(50);

    /** Empty before every collection was listed. */
    public static Optional<SyncFreshness> of(HeldMember.Listing listing) {
        Map<RecordCollection, Instant> listedAt = new EnumMap<>(RecordCollection.class);
        put(listedAt, RecordCollection.CYCLE, listing.cycles());
        put(listedAt, RecordCollection.SLEEP, listing.sleeps());
        put(listedAt, RecordCollection.RECOVERY, listing.recoveries());
        put(listedAt, RecordCollection.WORKOUT, listing.workouts());
        return of(listing.coveredFrom(), listedAt);
    }

    private static void put(
            Map<RecordCollection, Instant> listedAt, RecordCollection collection, @Nullable Instant moment) {
        if (moment != null) {
            listedAt.put(collection, moment);
        }
    }

    /**
     * WHOOP sends no events of cycles, so the listing of cycles decides how fresh a member is, as long as events and nightly
     * reconciliation keep the rest current.
     */
    static Optional<SyncFreshness> of(@Nullable Instant coveredFrom, Map<RecordCollection, Instant> listedAt) {
        Instant cycles = listedAt.get(RecordCollection.CYCLE);
        if (coveredFrom == null || cycles == null || listedAt.size() < RecordCollection.values().length) {
            return Optional.empty();
        }
        Instant oldest =
                listedAt.values().stream().min(Comparator.naturalOrder()).orElse(cycles);
        return Optional.of(
                new SyncFreshness(coveredFrom, oldest.isBefore(cycles.minus(KEPT_BY_EVENTS)) ? oldest : cycles));
    }
}
