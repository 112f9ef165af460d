package io.holisticos.whoop.sync;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What has been read of a member without a gap.
 *
 * @param coveredFrom everything since then
 * @param lastSyncedAt up to then
 */
public record Freshness(Instant coveredFrom, Instant lastSyncedAt) {

    /** Two nights and the jitter between them: what was listed since is kept current by events. */
    private static final Duration KEPT_BY_EVENTS = Duration.ofHours(50);

    /**
     * Nobody tells of cycles, so they decide how current a member is, as long as events and nights look after the rest.
     */
    static Optional<Freshness> of(@Nullable Instant coveredFrom, Map<Collection, Instant> listedAt) {
        Instant cycles = listedAt.get(Collection.CYCLE);
        if (coveredFrom == null || cycles == null || listedAt.size() < Collection.values().length) {
            return Optional.empty();
        }
        Instant oldest = listedAt.values().stream().min(Comparator.naturalOrder()).orElse(cycles);
        return Optional.of(new Freshness(coveredFrom, oldest.isBefore(cycles.minus(KEPT_BY_EVENTS)) ? oldest : cycles));
    }
}
