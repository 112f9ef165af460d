package io.holisticos.whoop.quota;

import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/**
 * The last grants in the order they were made, as one process knows them. Times are in microseconds since 1970, as finely
 * as the database keeps them. Not thread-safe.
 */
final class Grants {

    private static final int LANES = Lane.COUNT;

    private final int keep;
    private final long[] at;
    private final byte[] lanes;
    private final long[] members;
    private long first = 1; // the sequence of the oldest one kept
    private long last; // the sequence of the newest one

    /** @param keep how many may count at once */
    Grants(int keep) {
        this.keep = keep;
        this.at = new long[keep];
        this.lanes = new byte[keep];
        this.members = new long[keep];
    }

    /** Forgets everything; the next grant has the sequence after {@code last}. */
    void clear(long lastSequence) {
        first = lastSequence + 1;
        last = lastSequence;
    }

    void add(Instant grantedAt, Lane lane, long member) {
        last++;
        int slot = slot(last);
        at[slot] = micros(grantedAt);
        lanes[slot] = (byte) lane.number;
        members[slot] = member;
        if (last - first >= keep) {
            first = last - keep + 1;
        }
    }

    /** What was made after this moment counts as made then. */
    void bringBack(Instant moment) {
        for (long sequence = firstAfter(moment); sequence <= last; sequence++) {
            at[slot(sequence)] = micros(moment);
        }
    }

    long last() {
        return last;
    }

    /** The sequence of the oldest grant made after this moment; one beyond the newest when there is none. */
    long firstAfter(Instant moment) {
        long bound = micros(moment);
        long low = first;
        long high = last + 1;
        while (low < high) { // they are in order of time
            long middle = (low + high) >>> 1;
            if (at[slot(middle)] > bound) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    int countAfter(Instant moment) {
        return (int) (last + 1 - firstAfter(moment));
    }

    int[] countByLaneAfter(Instant moment) {
        int[] counts = new int[LANES];
        for (long sequence = firstAfter(moment); sequence <= last; sequence++) {
            counts[lanes[slot(sequence)]]++;
        }
        return counts;
    }

    int countOf(Lane lane, long member, Instant after) {
        int count = 0;
        for (long sequence = firstAfter(after); sequence <= last; sequence++) {
            int slot = slot(sequence);
            if (lanes[slot] == lane.number && members[slot] == member) {
                count++;
            }
        }
        return count;
    }

    /** When the member's oldest but {@code skip} grant after this moment was made. */
    Instant backAt(WaitingCallers.Payer who, Instant after, int skip) {
        int left = skip;
        for (long sequence = firstAfter(after); sequence <= last; sequence++) {
            int slot = slot(sequence);
            if (lanes[slot] == who.lane().number && members[slot] == who.member() && left-- == 0) {
                return at(sequence);
            }
        }
        return after;
    }

    /** Everybody with a grant after this moment. */
    int membersAfter(Instant moment) {
        Set<Long> seen = new HashSet<>();
        for (long sequence = firstAfter(moment); sequence <= last; sequence++) {
            seen.add(members[slot(sequence)]);
        }
        seen.remove(0L);
        seen.remove(QuotaGovernor.CONSENTS);
        return seen.size();
    }

    Set<Long> membersOf(Lane lane, Instant after) {
        Set<Long> seen = new HashSet<>();
        for (long sequence = firstAfter(after); sequence <= last; sequence++) {
            if (lanes[slot(sequence)] == lane.number) {
                seen.add(members[slot(sequence)]);
            }
        }
        return seen;
    }

    Instant at(long sequence) {
        return instant(at[slot(sequence)]);
    }

    int laneOf(long sequence) {
        return lanes[slot(sequence)];
    }

    /** When the next grant may be made, were this limit alone; long ago when there is room. */
    Instant roomAt(Limit limit) {
        long pushedOut = last + 1 - limit.most();
        return pushedOut < first ? Instant.EPOCH : at(pushedOut).plus(limit.length());
    }

    private int slot(long sequence) {
        return (int) (sequence % keep);
    }

    static long micros(Instant instant) {
        return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), 1_000_000L), instant.getNano() / 1_000);
    }

    private static Instant instant(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1_000);
    }
}
