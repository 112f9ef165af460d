package io.holisticos.whoop.quota;

import io.holisticos.health.HealthError.InvalidRequest;
import io.holisticos.health.HealthError.SourceThrottled;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.SourceName;
import io.holisticos.health.UserId;
import io.holisticos.health.WhatFailed;
import io.holisticos.notice.ChangeNoticeStore;
import io.holisticos.notice.ChangeNotices;
import io.holisticos.notice.Notice;
import io.holisticos.notice.NoticeListener;
import io.holisticos.outbound.Budget;
import io.holisticos.outbound.Call;
import io.holisticos.outbound.Reply;
import io.holisticos.whoop.quota.QuotaReport.LaneUse;
import io.holisticos.whoop.quota.QuotaReport.Used;
import io.holisticos.whoop.quota.QuotaReport.UsedByOthers;
import io.holisticos.whoop.quota.QuotaStore.Grant;
import io.holisticos.whoop.quota.Waiting.Who;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * WHOOP's quota, shared by all members and all processes: never more grants than allowed in any span of a minute and of
 * a day, and a grant as soon as there is room for its lane. All that is known lies in the database; see
 * {@code docs/decisions/0005-quota-as-a-ring-of-grants.md} and {@code 0012-quota-lanes.md}. Thread-safe.
 */
public final class QuotaGovernor implements Budget {

    private static final Logger log = LoggerFactory.getLogger(QuotaGovernor.class);

    private static final SourceName WHOOP = new SourceName("whoop");

    /** A 429 that does not say for how long. */
    private static final Duration DEFAULT_BLOCK = Duration.ofMinutes(1);

    /** Whoever is out is asked again after so long, whatever it says. */
    private static final Duration LONGEST_OUTAGE = Duration.ofHours(1);

    private static final Duration RETRY_AFTER_LOST_DATABASE = Duration.ofSeconds(5);

    private static final long APPLICATION = 0;

    /** Those who have just agreed, and see a page: they stand in no line, and first. */
    static final long CONSENTS = -1;

    /** What replicas tell each other of the quota: that something stands against grants, or does no more. */
    private static final String TOPIC = "quota";

    /** Longer than the day counts. */
    private static final Duration FOREIGN_IS_KEPT = Duration.ofDays(2);

    private final Jdbi jdbi;
    private final Clock clock;
    private final QuotaConfiguration configuration;
    private final Duration margin;
    private final Limit minute;
    private final Limit day;
    private final LaneRules rules;
    private final QuotaStore store = new QuotaStore();
    private final ReentrantLock oneAtATime = new ReentrantLock();
    private final QuotaState state;
    private final AtomicLong headersIgnored;
    private volatile boolean isTold;

    /** The governor over WHOOP's database. */
    public QuotaGovernor(Jdbi jdbi, Clock clock, QuotaConfiguration configuration) {
        this(jdbi, clock, configuration, new AtomicLong());
    }

    private QuotaGovernor(Jdbi jdbi, Clock clock, QuotaConfiguration configuration, AtomicLong headersIgnored) {
        this.headersIgnored = headersIgnored;
        this.jdbi = jdbi;
        this.clock = clock;
        this.configuration = configuration;
        this.margin = configuration.margin.toJavaDuration();
        this.minute = Limit.of(Window.MINUTE, configuration);
        this.day = Limit.of(Window.DAY, configuration);
        this.rules = new LaneRules(minute, day, configuration.lanes);
        this.state = new QuotaState(store, minute, day, rules);
    }

    /**
     * The same quota through another pool, dated by the same clock: what one grants must not look old to the other. Who
     * takes permits there has to {@link #listenTo} as well.
     */
    public QuotaGovernor through(Jdbi pool) {
        return new QuotaGovernor(pool, clock, configuration, headersIgnored);
    }

    /**
     * How things stand.
     *
     * @param usedInMinute grants in the last minute, margin included
     * @param usedInDay grants in the last day, margin included
     * @param nextPermitAt now when there is room
     * @param blockedUntil null unless WHOOP answered 429 and the time it asked for has not passed
     */
    public record Status(
            int usedInMinute,
            int mostInMinute,
            int usedInDay,
            int mostInDay,
            Instant nextPermitAt,
            @Nullable Instant blockedUntil) {}

    /** The budget of one lane; all lanes draw on the same windows. */
    public Budget lane(Lane lane) {
        return budget(call -> new Who(lane, numberOf(call.who())));
    }

    /** Of the lane {@link Lane#INTERACTIVE}, for consents: they come before everybody else of it. */
    public Budget consents() {
        return budget(call -> new Who(Lane.INTERACTIVE, CONSENTS));
    }

    /** How long nobody can be granted anything. */
    public Duration untilNextPermit() {
        Instant now = clock.instant();
        Instant next = status().nextPermitAt();
        return next.isAfter(now) ? Duration.between(now, next) : Duration.ZERO;
    }

    private Budget budget(Function<Call, Who> payer) {
        return new Budget() {
            @Override
            public void take(Call call) {
                QuotaGovernor.this.take(payer.apply(call));
            }

            @Override
            public void learn(Call call, Reply reply) {
                QuotaGovernor.this.learn(call, reply);
            }

            @Override
            public Optional<Duration> retryAfter(Reply reply) {
                return QuotaGovernor.this.retryAfter(reply);
            }
        };
    }

    /**
     * Takes the permit for one call in the lane {@link Lane#INTERACTIVE}.
     *
     * @throws SourceThrottled with the exact time until there is room
     * @throws SourceUnavailable when the database cannot be reached: what cannot be counted is not sent
     */
    @Override
    public void take(Call call) {
        take(new Who(Lane.INTERACTIVE, numberOf(call.who())));
    }

    private void take(Who who) {
        oneAtATime.lock();
        try {
            Duration wait = taken(who) ? Duration.ZERO : inTransaction(handle -> takeOrWait(handle, who));
            if (!wait.isZero()) {
                throw new SourceThrottled(WHOOP, wait);
            }
        } finally {
            oneAtATime.unlock();
        }
    }

    /**
     * Notes a 429, and what others with our client id have used up. A database that fails here is logged only: the
     * reply in hand is good, and the next permit will tell.
     */
    @Override
    public void learn(Call call, Reply reply) {
        RateLimitHeaders told = RateLimitHeaders.of(reply);
        headersIgnored.addAndGet(told.ignored());
        try {
            if (reply.status() == 429) {
                block(call, told.window(), told.block().orElse(DEFAULT_BLOCK));
            } else if (told.remaining().isPresent() && told.reset().isPresent()) {
                count(told, told.remaining().get(), told.reset().get());
            }
        } catch (SourceUnavailable e) {
            log.warn(
                    "event=quota_not_learned provider=whoop command={} cause=\"{}\"",
                    call.key(),
                    WhatFailed.inWords(e));
        }
    }

    /**
     * No longer than the window it is about, and what is not about the quota no longer than an outage: what asks for more
     * is misread.
     */
    @Override
    public Optional<Duration> retryAfter(Reply reply) {
        RateLimitHeaders told = RateLimitHeaders.of(reply);
        return reply.status() == 429
                ? told.block()
                : told.retryAfter().map(asked -> asked.compareTo(LONGEST_OUTAGE) > 0 ? LONGEST_OUTAGE : asked);
    }

    /** How many headers of WHOOP's made no sense since the start of this process. */
    public long headersIgnored() {
        return headersIgnored.get();
    }

    /** For operators and tests; takes no permit. */
    public Status status() {
        return look(now -> new Status(
                state.grants.countAfter(now.minus(minute.length())),
                minute.most(),
                state.grants.countAfter(now.minus(day.length())),
                day.most(),
                state.roomAt(state.notBeforeTheLast(now)),
                state.blockedUntil(now)));
    }

    /** How the quota stands, lane by lane, and where it is going. */
    public QuotaReport report() {
        return look(this::report);
    }

    /**
     * Whether the first reads of one more member would leave the members there are what they need. Asked before work for
     * somebody new is begun; what is under way goes on.
     */
    public boolean admitsNewMember() {
        return look(now -> Forecast.of(state.grants, state.day(now), now).admitsOneMore());
    }

    /** What another replica was told of blocks is told to this one. */
    public void listenTo(ChangeNotices notices) {
        notices.listen(TOPIC, new NoticeListener() {
            @Override
            public void changed(String key) {
                isTold = true;
            }

            @Override
            public void missed() {
                isTold = true;
            }
        });
    }

    /**
     * An operator stops all calls for a while.
     *
     * @param window {@code minute} or {@code day}: a block lasts no longer
     * @throws InvalidRequest when it would
     */
    public Instant block(String window, Duration length) {
        Window blocked = windowOf(window);
        if (length.isNegative() || length.isZero() || length.compareTo(blocked.length) > 0) {
            throw new InvalidRequest("a block of window " + window + " lasts 1 to " + blocked.length.toSeconds()
                    + " seconds, was " + length.toSeconds());
        }
        Instant until = now().plus(length);
        log.warn("event=quota_blocked by=operator window={} until={}", window, until);
        changing(handle -> {
            store.block(handle, blocked, until);
            tell(handle);
        });
        return until;
    }

    /**
     * An operator lets calls go on, on every replica: forgets what WHOOP said against them, its count included; the next
     * answer tells it anew. What we granted counts on.
     *
     * @return until when each window was blocked
     */
    public Map<String, Instant> unblock(List<String> windows) {
        Map<String, Instant> lifted = new TreeMap<>();
        Map<Window, Instant> before = look(state::blocks);
        for (String word : windows) {
            Window window = windowOf(word);
            Instant until = before.get(window);
            if (until != null) {
                lifted.put(word, until);
            }
            changing(handle -> {
                store.unblock(handle, window);
                tell(handle);
            });
        }
        log.warn("event=quota_unblocked by=operator windows={} lifted={}", windows, lifted.keySet());
        return lifted;
    }

    /** What WHOOP counts in. */
    public static List<String> windows() {
        return Stream.of(Window.values()).map(window -> window.columnValue).toList();
    }

    private static Window windowOf(String word) {
        return Stream.of(Window.values())
                .filter(window -> window.columnValue.equals(word))
                .findFirst()
                .orElseThrow(() -> new InvalidRequest("window must be one of " + windows() + ", was " + word));
    }

    /** Forgets all grants, blocks and caps. For a WHOOP that has just forgotten them too, as the sandbox's has. */
    public void reset() {
        changing(store::forget);
    }

    private QuotaReport report(Instant now) {
        int[] inMinute = state.grants.countByLaneAfter(now.minus(minute.length()));
        int[] inDay = state.grants.countByLaneAfter(now.minus(day.length()));
        int[] waiting = state.waiting.countByLane(now);
        Map<String, LaneUse> lanes = new LinkedHashMap<>();
        for (Lane lane : Lane.values()) {
            int used = inMinute[lane.number];
            int guaranteed = rules.guaranteed(lane);
            lanes.put(
                    lane.word(),
                    new LaneUse(
                            used,
                            guaranteed,
                            Math.max(0, used - guaranteed),
                            inDay[lane.number],
                            waiting[lane.number]));
        }
        Forecast forecast = Forecast.of(state.grants, state.day(now), now);
        Map<String, Instant> blocks = new LinkedHashMap<>();
        state.blocks(now).forEach((window, until) -> blocks.put(window.columnValue, until));
        return new QuotaReport(
                new Used(LaneRules.sum(inMinute), minute.most()),
                new Used(LaneRules.sum(inDay), day.most()),
                new UsedByOthers(state.foreign.inMinute(now), state.foreign.inDay(now)),
                lanes,
                state.roomAt(state.notBeforeTheLast(now)),
                state.blockedUntil(now),
                blocks,
                headersIgnored.get(),
                forecast.text(),
                forecast.endsAt(),
                forecast.members(),
                forecast.callsPerMemberAndDay(),
                forecast.membersThatFit(),
                forecast.admitsOneMore());
    }

    /** By what we know; one statement, which does nothing should somebody else have been faster. */
    private boolean taken(Who who) {
        if (isTold) {
            isTold = false;
            state.doubt();
        }
        if (!state.isLoaded()) {
            return false;
        }
        Instant clockNow = now();
        Instant now = state.notBeforeTheLast(clockNow);
        if (state.isAheadOf(clockNow) || state.roomFor(who, now).isAfter(now)) {
            return false; // a refusal is for the database to confirm
        }
        Grant next = state.next(who, now);
        boolean taken = in(() -> jdbi.withHandle(handle -> state.save(handle, next)));
        if (taken) {
            state.granted(next);
        }
        return taken;
    }

    private Duration takeOrWait(Handle handle, Who who) {
        QuotaStore.Count count = store.lock(handle);
        Instant clockNow = now(); // after the lock
        state.catchUp(handle, count, clockNow);
        Instant now = state.notBeforeTheLast(clockNow);
        Instant roomAt = state.roomFor(who, now);
        if (!roomAt.isAfter(now)) {
            Grant next = state.next(who, now);
            if (!state.save(handle, next)) {
                throw new IllegalStateException("a grant under the lock was refused");
            }
            state.granted(next);
            return Duration.ZERO;
        }
        if (who.member() > APPLICATION && !roomAt.equals(state.waiting.toldTo(who, now))) {
            store.await(handle, who, roomAt, now.minus(Waiting.HELD_FOR));
            state.told(who, roomAt);
        }
        Duration wait = Duration.between(clockNow, roomAt);
        return wait.compareTo(day.length()) > 0 ? day.length() : wait;
    }

    private void block(Call call, Window window, Duration asked) {
        Instant until = clock.instant().plus(asked).plus(margin);
        log.warn("event=quota_exceeded provider=whoop command={} window={} until={}", call.key(), window, until);
        changing(handle -> {
            store.block(handle, window, until);
            tell(handle);
        });
    }

    private void tell(Handle handle) {
        ChangeNoticeStore.write(handle, new Notice(TOPIC, "blocks"), now());
    }

    /** WHOOP's own count: where it is more than ours, somebody else calls with our client id. */
    private void count(RateLimitHeaders told, int remaining, Duration reset) {
        Window window = told.window();
        Limit limit = limit(window);
        int ours = Math.max(0, remaining - limit.reserve());
        if (isKnown(limit, ours, reset, now())) {
            return;
        }
        Instant now = now();
        changing(handle -> store.cap(handle, window, ours, now.plus(reset), now));
        noteForeign(told, limit, now.plus(reset).minus(window.length));
    }

    /** By what all processes were granted, which is known after the cap was saved. */
    private void noteForeign(RateLimitHeaders told, Limit limit, Instant begun) {
        int calls = locked(() -> state.notOurs(limit, told, begun));
        Foreign.Seen known = locked(() -> state.foreign.find(limit.window(), begun))
                .orElse(new Foreign.Seen(limit.window(), begun.truncatedTo(ChronoUnit.MICROS), 0));
        if (calls > known.calls()) {
            Foreign.Seen seen = new Foreign.Seen(limit.window(), known.begunAt(), calls);
            Instant gone = now().minus(FOREIGN_IS_KEPT);
            changing(handle -> store.saveForeign(handle, seen, gone));
            log.info("event=quota_used_by_others window={} calls={}", limit.window(), calls);
        }
    }

    private Limit limit(Window window) {
        return switch (window) {
            case MINUTE -> minute;
            case DAY -> day;
        };
    }

    private <T> T locked(Supplier<T> reader) {
        oneAtATime.lock();
        try {
            return reader.get();
        } finally {
            oneAtATime.unlock();
        }
    }

    private boolean isKnown(Limit limit, int remaining, Duration reset, Instant now) {
        return locked(() -> state.isKnown(limit, remaining, reset, now));
    }

    private void changing(Consumer<Handle> change) {
        oneAtATime.lock();
        try {
            inTransaction(handle -> {
                change.accept(handle);
                state.catchUp(handle, store.lock(handle), now());
                return true;
            });
        } finally {
            oneAtATime.unlock();
        }
    }

    /** Changes nothing and waits for nobody: a look, by whatever clock, is no reason to correct what grants rest on. */
    private <T> T look(Function<Instant, T> reader) {
        oneAtATime.lock();
        try {
            return inTransaction(handle -> {
                QuotaStore.Count count = store.look(handle);
                Instant now = now();
                state.look(handle, count, now);
                return reader.apply(now);
            });
        } finally {
            oneAtATime.unlock();
        }
    }

    private <T> T inTransaction(Function<Handle, T> work) {
        return in(() -> jdbi.inTransaction(work::apply));
    }

    private <T> T in(Supplier<T> work) {
        boolean done = false;
        try {
            T result = work.get();
            done = true;
            return result;
        } catch (JdbiException e) {
            throw new SourceUnavailable(WHOOP, RETRY_AFTER_LOST_DATABASE, e);
        } finally {
            if (!done) {
                state.doubt(); // it may have been committed, or not
            }
        }
    }

    /** As finely as it is kept. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    /** Tells members apart without naming them; two with one number would share a part. */
    private static long numberOf(@Nullable UserId who) {
        if (who == null) {
            return APPLICATION;
        }
        UUID hash = UUID.nameUUIDFromBytes(who.value().getBytes(StandardCharsets.UTF_8));
        return Math.max(1, hash.getMostSignificantBits() & Long.MAX_VALUE);
    }
}
