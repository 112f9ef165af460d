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

/** When our store first held which version of a record, and when it first held that it is gone. Thread-safe. */
final class Commits {

    private final Map<Record, NavigableMap<Instant, Instant>> versions = new HashMap<>();
    private final Map<Record, Instant> deletions = new HashMap<>();
    private final Set<Long> members = new HashSet<>();

    /** Members whose events are asked for. */
    synchronized void add(long whoopUserId, List<HeldStore.Version> held, List<HeldStore.Version> tombstones) {
        members.add(whoopUserId);
        for (HeldStore.Version version : held) {
            versions.computeIfAbsent(new Record(version.kind(), version.id()), any -> new TreeMap<>())
                    .merge(version.changedAt(), version.heldSince(), Commits::earlier);
        }
        for (HeldStore.Version tombstone : tombstones) {
            deletions.merge(new Record(tombstone.kind(), tombstone.id()), tombstone.heldSince(), Commits::earlier);
        }
    }

    synchronized boolean knows(long whoopUserId) {
        return members.contains(whoopUserId);
    }

    /** When what the event tells of, or something newer, was held; null when it never was. */
    @Nullable
    synchronized Instant of(Notice notice) {
        String kind = notice.type().substring(0, notice.type().indexOf('.'));
        Instant gone = deletions.get(new Record(kind, notice.recordId()));
        if (kind.equals("recovery") && gone == null) {
            gone = deletions.get(new Record("sleep", notice.recordId())); // which takes it along
        }
        if (notice.type().endsWith(".deleted")) {
            return gone;
        }
        Instant held = versions
                .getOrDefault(new Record(kind, notice.recordId()), new TreeMap<>())
                .tailMap(notice.happenedAt(), true)
                .values()
                .stream()
                .min(Instant::compareTo)
                .orElse(null);
        return held == null ? gone : held;
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private record Record(String kind, UUID id) {}
}
