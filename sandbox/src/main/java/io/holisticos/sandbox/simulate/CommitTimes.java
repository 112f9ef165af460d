package io.holisticos.sandbox.simulate;

import io.holisticos.twins.whoop.Notice;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** When the service first stored each version of a record, and when it first stored a deletion. Thread-safe. */
final class CommitTimes {

    private final Map<RecordId, NavigableMap<Instant, Instant>> versions = new HashMap<>();
    private final Map<RecordId, Instant> deletions = new HashMap<>();
    private final Set<Long> members = new HashSet<>();

    /** Adds a member, whose events can be asked for from then on. */
    synchronized void add(
            long whoopUserId, List<StoredRecords.Version> versionsStored, List<StoredRecords.Version> tombstones) {
        members.add(whoopUserId);
        for (StoredRecords.Version version : versionsStored) {
            versions.computeIfAbsent(new RecordId(version.kind(), version.id()), any -> new TreeMap<>())
                    .merge(version.changedAt(), version.storedAt(), CommitTimes::earlier);
        }
        for (StoredRecords.Version tombstone : tombstones) {
            deletions.merge(new RecordId(tombstone.kind(), tombstone.id()), tombstone.storedAt(), CommitTimes::earlier);
        }
    }

    synchronized boolean knows(long whoopUserId) {
        return members.contains(whoopUserId);
    }

    /** When the service stored the change that the event announces, or a newer one; null if it never did. */
    @Nullable
    synchronized Instant of(Notice notice) {
        String kind = notice.type().substring(0, notice.type().indexOf('.'));
        Instant deleted = deletions.get(new RecordId(kind, notice.recordId()));
        if (kind.equals("recovery") && deleted == null) {
            deleted = deletions.get(new RecordId("sleep", notice.recordId())); // deleted with its sleep
        }
        if (notice.type().endsWith(".deleted")) {
            return deleted;
        }
        Instant stored = versions
                .getOrDefault(new RecordId(kind, notice.recordId()), new TreeMap<>())
                .tailMap(notice.happenedAt(), true)
                .values()
                .stream()
                .min(Instant::compareTo)
                .orElse(null);
        return stored == null ? deleted : stored;
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private record RecordId(String kind, UUID id) {}
}
