package io.holisticos.whoop.quota;

import io.holisticos.whoop.quota.QuotaStore.Count;
import io.holisticos.whoop.quota.QuotaStore.Grant;
import io.holisticos.whoop.quota.QuotaStore.WindowState;
import io.holisticos.whoop.quota.Waiting.Who;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one process knows of the quota: a copy of all that lies in the database, good for as long as count and version
 * there are the same. So a permit is decided without reading, and costs one statement. Not thread-safe.
 */
final class QuotaState {

    private static final Logger log = LoggerFactory.getLogger(QuotaState.class);

    /** Even in the longest line a member may make a job's worth of calls at once: they belong together. */
    private static final int AT_LEAST = 4;

    /** Hosts whose clocks differ by more than this do not keep one order; by less, the order of grants is kept. */
    private static final Duration CLOCKS_DIFFER = Duration.ofSeconds(10);

    /** WHOOP says in whole seconds when its window ends. */
    private static final Duration RESET_IS_ROUNDED = Duration.ofSeconds(1);

    final Grants grants;
    final Waiting waiting = new Waiting();
    final Foreign foreign = new Foreign();

    private final QuotaStore store;
    private final Limit minute;
    private final Limit day;
    private final LaneRules rules;
    private final int keep;
    private final Map<Window, WindowState> windows = new EnumMap<>(Window.class);
    private Instant lastGrantedAt = Instant.EPOCH;
    private long version;
    private boolean current;

    QuotaState(QuotaStore store, Limit minute, Limit day, LaneRules rules) {
        this.store = store;
        this.minute = minute;
        this.day = day;
        this.rules = rules;
        this.keep = Math.max(minute.most(), day.most());
        this.grants = new Grants(keep);
    }

    /** Whether there is anything to decide by; the grant itself tells whether it is still true. */
    boolean isLoaded() {
        return current;
    }

    /** Something happened of which we do not know how it ended. */
    void doubt() {
        current = false;
    }

    /**
     * Whether the last grant is later than what hosts may differ by: a clock was ahead, and what it dated would stand
     * against everybody until then.
     */
    boolean isAheadOf(Instant clockNow) {
        return lastGrantedAt.isAfter(clockNow.plus(CLOCKS_DIFFER));
    }

    /** Catches up with the database, under its lock; what reaches further ahead than it can is brought back first. */
    void catchUp(Handle handle, Count count, Instant clockNow) {
        if (count.lastGrantedAt().isAfter(clockNow.plus(CLOCKS_DIFFER))) {
            log.warn("event=quota_brought_back granted_at={} now={}", count.lastGrantedAt(), clockNow);
            store.bringBack(handle, clockNow);
            catchUp(handle, store.lock(handle));
        } else {
            catchUp(handle, count);
        }
        for (WindowState held : windows.values()) {
            Instant furthest = clockNow.plus(limit(held.window()).length());
            if (isBeyond(held, furthest.plus(CLOCKS_DIFFER))) {
                log.warn("event=quota_block_shortened window={} until={}", held.window(), furthest);
                store.shorten(handle, held.window(), furthest);
                catchUp(handle, store.lock(handle));
                return;
            }
        }
    }

    /**
     * Catches up without the lock, and leaves the database as it is. What reaches further ahead than it can is brought back
     * here only, as the next {@link #catchUp(Handle, Count, Instant)} would; that one reads all anew.
     */
    void look(Handle handle, Count seen, Instant clockNow) {
        catchUp(handle, seen);
        if (isAheadOf(clockNow)) {
            grants.bringBack(clockNow);
            waiting.bringBack(clockNow);
            lastGrantedAt = clockNow;
            doubt();
        }
        for (WindowState held : List.copyOf(windows.values())) {
            Instant furthest = clockNow.plus(limit(held.window()).length());
            if (isBeyond(held, furthest.plus(CLOCKS_DIFFER))) {
                windows.put(held.window(), held.shortenedTo(furthest));
                doubt();
            }
        }
    }

    private static boolean isBeyond(WindowState held, Instant furthest) {
        Instant blocked = held.blockedUntil();
        Instant capped = held.cappedUntil();
        return (blocked != null && blocked.isAfter(furthest)) || (capped != null && capped.isAfter(furthest));
    }

    private Limit limit(Window window) {
        return switch (window) {
            case MINUTE -> minute;
            case DAY -> day;
        };
    }

    private void catchUp(Handle handle, Count count) {
        if (!current || count.version() != version) {
            windows.clear();
            store.windows(handle).forEach(state -> windows.put(state.window(), state));
            waiting.clear();
            store.readWaiting(handle, waiting::add);
            foreign.clear();
            store.foreign(handle).forEach(foreign::add);
        }
        boolean sameGrants = current && count.version() == version;
        if (!sameGrants || count.granted() != grants.last()) {
            List<Grant> newer = current ? store.grants(handle, grants.last()) : List.of();
            boolean goesOn = !newer.isEmpty() && isOurLast(newer.get(0));
            if (!goesOn) { // somebody forgot everything, or we begin
                newer = store.grants(handle, count.granted() - keep + 1);
                grants.clear(newer.isEmpty() ? count.granted() : newer.get(0).sequence() - 1);
            }
            for (Grant grant : newer) {
                if (grant.sequence() > grants.last()) {
                    grants.add(grant.at(), grant.to().lane(), grant.to().member());
                }
            }
        }
        lastGrantedAt = count.lastGrantedAt();
        version = count.version();
        current = true;
    }

    /** The next grant, should it be made now. */
    Grant next(Who who, Instant now) {
        return new Grant(grants.last() + 1, now, who);
    }

    boolean save(Handle handle, Grant grant) {
        return store.grant(handle, grant, version, keep);
    }

    void granted(Grant grant) {
        grants.add(grant.at(), grant.to().lane(), grant.to().member());
        waiting.served(grant.to(), grant.at());
        lastGrantedAt = grant.at();
    }

    void told(Who who, Instant when) {
        waiting.add(who, when);
        version++;
    }

    /** Hosts differ; grants stay in order. */
    Instant notBeforeTheLast(Instant clockNow) {
        return lastGrantedAt.isAfter(clockNow) ? lastGrantedAt : clockNow;
    }

    /** When this one may have its permit: now, or the time to come back at. */
    Instant roomFor(Who who, Instant now) {
        boolean[] lanesWaiting = waiting.lanes(now);
        Instant told = waiting.toldTo(who, now);
        boolean first = who.member() == QuotaGovernor.CONSENTS || (told != null && !told.isAfter(now));
        int ahead = first ? 0 : waiting.dueBeside(who, now);
        Instant lane = rules.minuteRoomAt(who.lane(), grants, lanesWaiting, ahead, now);
        Instant whoever = later(roomAt(now), fairPartAt(who, now));
        Instant limits = later(whoever, rules.dayRoomAt(who.lane(), grants, ahead, now, day(now)));
        if (!limits.isAfter(now) && !lane.isAfter(now)) {
            return now;
        }
        if (told != null && told.isAfter(now)) {
            return later(told, limits); // the time it was told stands
        }
        int line = who.member() == QuotaGovernor.CONSENTS ? 0 : waiting.othersOf(who, now);
        if (line == ahead) {
            return later(limits, lane);
        }
        return later(
                later(whoever, rules.dayRoomAt(who.lane(), grants, line, now, day(now))),
                rules.minuteRoomAt(who.lane(), grants, lanesWaiting, line, now));
    }

    /** What the day allows us, beside what others use of it. */
    Limit day(Instant now) {
        return day.beside(foreign.inDay(now));
    }

    /** What WHOOP counted in its window that began then, and we did not: calls of others, at least. */
    int notOurs(Limit limit, RateLimitHeaders told, Instant begun) {
        int counted = told.allowed().orElse(limit.most() + limit.reserve())
                - told.remaining().orElseThrow();
        Instant surely = begun.minus(RESET_IS_ROUNDED).minus(limit.length().minus(limit.window().length));
        return counted - grants.countAfter(surely);
    }

    /** What stands against grants, by window. */
    Map<Window, Instant> blocks(Instant now) {
        Map<Window, Instant> blocks = new EnumMap<>(Window.class);
        for (WindowState held : windows.values()) {
            Instant until = later(now, held.blockedUntil());
            Long cappedAt = held.cappedAt();
            if (cappedAt != null && grants.last() >= cappedAt) {
                until = later(until, held.cappedUntil());
            }
            if (until.isAfter(now)) {
                blocks.put(held.window(), until);
            }
        }
        return blocks;
    }

    /** When anybody may be granted anything; {@code now} when nothing stands against it. */
    Instant roomAt(Instant now) {
        Instant roomAt = later(later(now, grants.roomAt(minute)), grants.roomAt(day(now)));
        for (WindowState state : windows.values()) {
            roomAt = later(roomAt, state.blockedUntil());
            Long cappedAt = state.cappedAt();
            if (cappedAt != null && grants.last() >= cappedAt) {
                roomAt = later(roomAt, state.cappedUntil());
            }
        }
        return roomAt;
    }

    @Nullable
    Instant blockedUntil(Instant now) {
        Instant until = now;
        for (WindowState state : windows.values()) {
            until = later(until, state.blockedUntil());
        }
        return until.isAfter(now) ? until : null;
    }

    /** Whether WHOOP's count says nothing that we do not know: the usual case, which costs no statement. */
    boolean isKnown(Limit limit, int remaining, Duration reset, Instant now) {
        WindowState held = windows.get(limit.window());
        if (!current || held == null) {
            return false;
        }
        Instant begun = now.plus(reset).minus(limit.window().length).minus(RESET_IS_ROUNDED);
        if (remaining >= limit.most() - grants.countAfter(begun)) {
            return true; // nobody but us has called in WHOOP's window, and ours count for longer than it lasts
        }
        Instant until = held.cappedUntil();
        Long cappedAt = held.cappedAt();
        return until != null && until.isAfter(now) && cappedAt != null && cappedAt <= grants.last() + remaining;
    }

    /** While others of the lane wait, a member has no more than its part of what the lane has. */
    private Instant fairPartAt(Who who, Instant now) {
        if (who.member() <= 0 || !waiting.isContended(who, now)) {
            return now;
        }
        Instant begin = now.minus(minute.length());
        Set<Long> members = new HashSet<>(grants.membersOf(who.lane(), begin));
        members.addAll(waiting.membersOf(who.lane(), now));
        members.add(who.member());
        int used = grants.countByLaneAfter(begin)[who.lane().number];
        int shared = Math.max(used, rules.guaranteed(who.lane()));
        int part = Math.max(AT_LEAST, (shared + members.size() - 1) / members.size());
        int mine = grants.countOf(who.lane(), who.member(), begin);
        return mine < part ? now : grants.backAt(who, begin, mine - part).plus(minute.length());
    }

    private boolean isOurLast(Grant grant) {
        return grant.sequence() == grants.last()
                && grants.last() > 0
                && Grants.micros(grant.at()) == Grants.micros(grants.at(grants.last()));
    }

    private static Instant later(Instant one, @Nullable Instant other) {
        return other != null && other.isAfter(one) ? other : one;
    }
}
