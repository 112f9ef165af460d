package io.holisticos.whoop.quota;

import io.holisticos.whoop.quota.QuotaStore.Grant;
import io.holisticos.whoop.quota.QuotaStore.GrantCount;
import io.holisticos.whoop.quota.QuotaStore.WindowState;
import io.holisticos.whoop.quota.WaitingCallers.Payer;
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
 * One process's copy of the quota in the database. It is good while count and version there are the same, so a permit is decided
 * without reading and costs one statement. Not thread-safe.
 */
final class QuotaState {

    private static final Logger log = LoggerFactory.getLogger(QuotaState.class);

    /** However many wait, a member may make as many calls at once as a job needs: they belong together. */
    private static final int AT_LEAST = 4;

    /** While hosts' clocks differ by less than this, grants stay in order. */
    private static final Duration CLOCKS_DIFFER = Duration.ofSeconds(10);

    /** WHOOP says in whole seconds when its window ends. */
    private static final Duration RESET_IS_ROUNDED = Duration.ofSeconds(1);

    final Grants grants;
    final WaitingCallers waiting = new WaitingCallers();
    final OtherCallers foreign = new OtherCallers();

    private final QuotaStore store;
    private final Limit minute;
    private final Limit day;
    private final LaneRules rules;
    private final int keep;
    private final Map<QuotaWindow, WindowState> windows = new EnumMap<>(QuotaWindow.class);
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

    /** Whether there is a copy to decide by; the grant itself tells whether it is still current. */
    boolean isLoaded() {
        return current;
    }

    /** A change ended in a way that is not known: the copy is read again. */
    void doubt() {
        current = false;
    }

    /**
     * Whether the last grant is further in the future than clocks may differ. A clock was ahead then, and its grants would block
     * every call until that time.
     */
    boolean isAheadOf(Instant clockNow) {
        return lastGrantedAt.isAfter(clockNow.plus(CLOCKS_DIFFER));
    }

    /** Reads what changed in the database, under its lock. Times too far in the future are corrected there first. */
    void catchUp(Handle handle, GrantCount count, Instant clockNow) {
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
     * Reads what changed without the lock, and leaves the database as it is. Times too far in the future are corrected in the copy
     * only; the next {@link #catchUp(Handle, GrantCount, Instant)} reads everything again.
     */
    void readOnly(Handle handle, GrantCount seen, Instant clockNow) {
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
                hold(held.shortenedTo(furthest));
                doubt();
            }
        }
    }

    private static boolean isBeyond(WindowState held, Instant furthest) {
        Instant blocked = held.blockedUntil();
        Instant capped = held.cappedUntil();
        return (blocked != null && blocked.isAfter(furthest)) || (capped != null && capped.isAfter(furthest));
    }

    private Limit limit(QuotaWindow window) {
        return switch (window) {
            case MINUTE -> minute;
            case DAY -> day;
        };
    }

    private void catchUp(Handle handle, GrantCount count) {
        if (!current || count.version() != version) {
            windows.clear();
            store.windows(handle).forEach(this::hold);
            waiting.clear();
            store.readWaiting(handle, waiting::add);
            foreign.clear();
            store.foreign(handle).forEach(foreign::add);
        }
        boolean sameGrants = current && count.version() == version;
        if (!sameGrants || count.granted() != grants.last()) {
            List<Grant> newer = current ? store.grants(handle, grants.last()) : List.of();
            boolean goesOn = !newer.isEmpty() && isOurLast(newer.get(0));
            if (!goesOn) { // everything was forgotten, or this process has just started
                newer = store.grants(handle, count.granted() - keep + 1);
                grants.clear(newer.isEmpty() ? count.granted() : newer.get(0).sequence() - 1);
            }
            for (Grant grant : newer) {
                if (grant.sequence() > grants.last()) {
                    grants.add(grant.at(), grant.to().lane(), grant.to().member());
                }
            }
        }
        caughtUp(count);
    }

    /** What prevents grants in a window, beside the grants before. */
    void hold(WindowState held) {
        windows.put(held.window(), held);
    }

    /** The copy is what the database held at this count. */
    void caughtUp(GrantCount count) {
        lastGrantedAt = count.lastGrantedAt();
        version = count.version();
        current = true;
    }

    /** The next grant, should it be made now. */
    Grant next(Payer who, Instant now) {
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

    void awaits(Payer who, Instant when) {
        waiting.add(who, when);
        version++;
    }

    /** Hosts' clocks differ, but grants stay in order. */
    Instant notBeforeTheLast(Instant clockNow) {
        return lastGrantedAt.isAfter(clockNow) ? lastGrantedAt : clockNow;
    }

    /** When a caller may have its permit: now, or the time to come back at. */
    Instant roomFor(Payer who, Instant now) {
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
            return later(told, limits); // it keeps the time it was told
        }
        int line = who.member() == QuotaGovernor.CONSENTS ? 0 : waiting.othersOf(who, now);
        if (line == ahead) {
            return later(limits, lane);
        }
        return later(
                later(whoever, rules.dayRoomAt(who.lane(), grants, line, now, day(now))),
                rules.minuteRoomAt(who.lane(), grants, lanesWaiting, line, now));
    }

    /** What is left of the day for us beside what others use. */
    Limit day(Instant now) {
        return day.beside(foreign.inDay(now));
    }

    /** Calls that WHOOP counted in its window and we did not: at least so many are of others. */
    int notOurs(Limit limit, RateLimitHeaders told, Instant begun) {
        int counted = told.allowed().orElse(limit.most() + limit.reserve())
                - told.remaining().orElseThrow();
        Instant surely = begun.minus(RESET_IS_ROUNDED).minus(limit.length().minus(limit.window().length));
        return counted - grants.countAfter(surely);
    }

    /** Until when nothing is granted, by window. */
    Map<QuotaWindow, Instant> blocks(Instant now) {
        Map<QuotaWindow, Instant> blocks = new EnumMap<>(QuotaWindow.class);
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

    /** When the next call of any lane may be granted; {@code now} when nothing prevents it. */
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

    /** Whether WHOOP's count tells nothing new: the usual case, which costs no statement. */
    boolean isKnown(Limit limit, int remaining, Duration reset, Instant now) {
        WindowState held = windows.get(limit.window());
        if (!current || held == null) {
            return false;
        }
        Instant begun = now.plus(reset).minus(limit.window().length).minus(RESET_IS_ROUNDED);
        if (remaining >= limit.most() - grants.countAfter(begun)) {
            return true; // all calls in WHOOP's window are ours, and ours count for longer than it lasts
        }
        Instant until = held.cappedUntil();
        Long cappedAt = held.cappedAt();
        return until != null && until.isAfter(now) && cappedAt != null && cappedAt <= grants.last() + remaining;
    }

    /** While others of the lane wait, a member gets no more than its part of the lane. */
    private Instant fairPartAt(Payer who, Instant now) {
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
