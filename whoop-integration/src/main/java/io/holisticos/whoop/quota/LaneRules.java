package io.holisticos.whoop.quota;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How lanes share a window. A lane may always use its guaranteed part; beyond that it borrows, but nothing that a lane
 * in which somebody waits, or a lane above it, has still to come of its own guarantee. Pure.
 */
final class LaneRules {

    /** A part of the day for what foreground needs more than yesterday, until yesterday's calls come back. */
    private static final double RECONCILE_LEAVES = 0.01;

    /** History can wait for longer. */
    private static final double BACKFILL_LEAVES = 0.015;

    /** A caller further back in the line than this is told a time all the same, only an early one. */
    private static final int LONGEST_LINE = 1_000;

    private final Limit minute;
    private final int[] guaranteed;

    LaneRules(Limit minute, LaneShares shares) {
        this.minute = minute;
        this.guaranteed = new int[Lane.COUNT];
        for (Lane lane : Lane.values()) {
            guaranteed[lane.number] = Math.max(1, minute.most() * shares.percentOf(lane) / 100);
        }
    }

    /** Permits in a minute that nobody else can take from this lane. */
    int guaranteed(Lane lane) {
        return guaranteed[lane.number];
    }

    /** Whether the lane may have one more of the minute. */
    boolean allows(Lane lane, int[] used, boolean[] waiting) {
        int free = minute.most() - sum(used);
        if (free <= 0) {
            return false;
        }
        return used[lane.number] < guaranteed[lane.number] || free > reservedFrom(lane, used, waiting);
    }

    /**
     * When the lane may have one more of the minute, should nobody else ask.
     *
     * @param ahead how many of the lane come first
     */
    Instant minuteRoomAt(Lane lane, Grants grants, boolean[] waiting, int ahead, Instant now) {
        int[] used = grants.countByLaneAfter(now.minus(minute.length()));
        long oldest = grants.firstAfter(now.minus(minute.length()));
        Deque<Instant> imagined = new ArrayDeque<>(); // when permits given to those ahead come back: after all grants
        Instant at = now;
        for (int before = Math.min(ahead, LONGEST_LINE); before >= 0; before--) {
            while (!allows(lane, used, waiting)) { // ends, because a lane without permits in use is allowed one
                if (oldest <= grants.last()) {
                    at = grants.at(oldest).plus(minute.length());
                    used[grants.laneOf(oldest)]--;
                    oldest++;
                } else {
                    at = imagined.remove();
                    used[lane.number]--;
                }
            }
            used[lane.number]++;
            imagined.add(at.plus(minute.length()));
        }
        return at;
    }

    /**
     * When the lane may have one more of the day: at once in the foreground, whose only limit is the day itself. In a
     * window that slides, what foreground used in the last day is what it will need in the next: as each hour's use comes
     * back, the same hour needs it again.
     *
     * @param ahead how many of the lane come first
     * @param day what other users of the client id leave us of the day
     */
    Instant dayRoomAt(Lane lane, Grants grants, int ahead, Instant now, Limit day) {
        if (isForeground(lane)) {
            return now;
        }
        int[] used = grants.countByLaneAfter(now.minus(day.length()));
        used[lane.number] += Math.min(ahead, LONGEST_LINE);
        Instant at = now;
        for (long oldest = grants.firstAfter(now.minus(day.length())); !leavesRoom(lane, used, day); oldest++) {
            if (oldest > grants.last()) {
                return at.plus(Duration.ofMinutes(1)); // the limit itself is below what is always left
            }
            at = grants.at(oldest).plus(day.length());
            used[grants.laneOf(oldest)]--;
        }
        return at;
    }

    /**
     * Whether one more of this lane leaves something of the day. What was used in the last day is what will be needed in the
     * next, so that a full day has no room for more background.
     */
    private static boolean leavesRoom(Lane lane, int[] usedInDay, Limit day) {
        return sum(usedInDay) < day.most() - Math.ceil(day.most() * leaves(lane));
    }

    private static double leaves(Lane lane) {
        return switch (lane) {
            case INTERACTIVE, WEBHOOK -> 0;
            case RECONCILE -> RECONCILE_LEAVES;
            case BACKFILL -> BACKFILL_LEAVES;
        };
    }

    static boolean isForeground(Lane lane) {
        return switch (lane) {
            case INTERACTIVE, WEBHOOK -> true;
            case RECONCILE, BACKFILL -> false;
        };
    }

    private int reservedFrom(Lane lane, int[] used, boolean[] waiting) {
        int reserved = 0;
        for (int other = 0; other < used.length; other++) {
            if (other != lane.number && (other < lane.number || waiting[other])) {
                reserved += Math.max(0, guaranteed[other] - used[other]);
            }
        }
        return reserved;
    }

    static int sum(int[] numbers) {
        int sum = 0;
        for (int number : numbers) {
            sum += number;
        }
        return sum;
    }
}
