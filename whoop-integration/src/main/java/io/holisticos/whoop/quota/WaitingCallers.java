package io.holisticos.whoop.quota;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Callers that were refused and told when to come back, as one process knows them. Not thread-safe. */
final class WaitingCallers {

    /** How much later than told a caller may come and still find its permit. */
    static final Duration HELD_FOR = Duration.ofSeconds(5);

    /**
     * So long after it had to wait a lane counts as wanting, and a member as contending: permits that are asked for one by
     * one are not in want at each moment, but over a minute they are.
     */
    static final Duration WANTING_FOR = Duration.ofMinutes(1);

    private final Map<Payer, Instant> told = new HashMap<>();
    private final Map<Payer, Instant> servedAt = new HashMap<>(); // who had waited

    /** A member in a lane. */
    record Payer(Lane lane, long member) {}

    void clear() {
        told.clear();
        servedAt.clear();
    }

    void add(Payer who, Instant toldAt) {
        told.put(who, toldAt);
    }

    /** Forgets who was told to come later than this moment. */
    void bringBack(Instant moment) {
        told.values().removeIf(when -> when.isAfter(moment));
    }

    /** It has its permit. */
    void served(Payer who, Instant now) {
        if (told.remove(who) != null) {
            servedAt.put(who, now);
        }
    }

    /** When this one was told to come; null when it does not wait, or did not come. */
    @Nullable
    Instant toldTo(Payer who, Instant now) {
        Instant when = told.get(who);
        return when == null || isOver(when, now) ? null : when;
    }

    /** Lanes in which anybody waits, or did a moment ago. */
    boolean[] lanes(Instant now) {
        boolean[] waiting = new boolean[Lane.COUNT];
        wanting(now).forEach(who -> waiting[who.lane().number] = true);
        return waiting;
    }

    /** Whether others in the same lane wait, or did a moment ago. */
    boolean isContended(Payer who, Instant now) {
        return wanting(now).anyMatch(other -> isAnother(other, who));
    }

    /** How many others wait in the same lane. */
    int othersOf(Payer who, Instant now) {
        return (int) told.entrySet().stream()
                .filter(entry -> isAnother(entry.getKey(), who) && !isOver(entry.getValue(), now))
                .count();
    }

    /** How many others of the lane have been told to come by now: what is free is theirs first. */
    int dueBeside(Payer who, Instant now) {
        return (int) told.entrySet().stream()
                .filter(entry -> isAnother(entry.getKey(), who)
                        && !entry.getValue().isAfter(now)
                        && !isOver(entry.getValue(), now))
                .count();
    }

    Set<Long> membersOf(Lane lane, Instant now) {
        Set<Long> members = new HashSet<>();
        told.forEach((who, when) -> {
            if (who.lane() == lane && !isOver(when, now)) {
                members.add(who.member());
            }
        });
        return members;
    }

    int[] countByLane(Instant now) {
        int[] counts = new int[Lane.COUNT];
        for (Lane lane : Lane.values()) {
            counts[lane.number] = membersOf(lane, now).size();
        }
        return counts;
    }

    /** A caller that was told to come much later waits for the day: it does not compete for the minute. */
    private Stream<Payer> wanting(Instant now) {
        told.values().removeIf(when -> isOver(when, now));
        servedAt.values().removeIf(when -> !when.plus(WANTING_FOR).isAfter(now));
        Instant soon = now.plus(WANTING_FOR);
        return Stream.concat(
                told.entrySet().stream()
                        .filter(entry -> entry.getValue().isBefore(soon))
                        .map(Map.Entry::getKey),
                servedAt.keySet().stream());
    }

    private static boolean isAnother(Payer one, Payer other) {
        return one.lane() == other.lane() && one.member() != other.member();
    }

    private static boolean isOver(Instant toldAt, Instant now) {
        return now.isAfter(toldAt.plus(HELD_FOR));
    }
}
