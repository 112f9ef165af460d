package io.holisticos.whoop.quota;

import io.holisticos.health.HealthError.InvalidRequest;
import io.holisticos.health.HealthError.SourceThrottled;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.SourceName;
import io.holisticos.health.UserId;
import io.holisticos.health.WhatFailed;
import io.holisticos.notice.ChangeNotices;
import io.holisticos.notice.NoticeListener;
import io.holisticos.outbound.Budget;
import io.holisticos.outbound.Call;
import io.holisticos.outbound.Reply;
import io.holisticos.whoop.quota.WaitingCallers.Payer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * WHOOP's quota, shared by all members and all processes. In any span of a minute and of a day it never grants more calls than
 * WHOOP allows, and it grants a call as soon as there is room for its lane. The database holds all that is known; see {@code
 * docs/decisions/0005-quota-as-a-ring-of-grants.md} and {@code 0012-quota-lanes.md}. Thread-safe.
 */
public final class QuotaGovernor implements Budget {

    private static final Logger log = LoggerFactory.getLogger(QuotaGovernor.class);

    /** WHOOP's name in answers and errors. It stands here, because every other package of WHOOP may use this one. */
    public static final SourceName WHOOP = SharedQuota.WHOOP;

    /** A 429 that does not say for how long. */
    private static final Duration DEFAULT_BLOCK = Duration.ofMinutes(1);

    /** After so long a source that is out is asked again, whatever it says. */
    private static final Duration LONGEST_OUTAGE = Duration.ofHours(1);

    static final long APPLICATION = 0;

    /** Members who have just agreed and wait for a page: they come first, and do not wait in line. */
    static final long CONSENTS = -1;

    /** Longer than the day counts. */
    private static final Duration OTHERS_ARE_KEPT = Duration.ofDays(2);

    private final Clock clock;
    private final QuotaConfiguration configuration;
    private final Duration margin;
    private final Limit minute;
    private final Limit day;
    private final LaneRules rules;
    private final QuotaStore store = new QuotaStore();
    private final QuotaState state;
    private final SharedQuota quota;
    private final AtomicLong headersIgnored;

    /** The governor over WHOOP's database. */
    public QuotaGovernor(Jdbi jdbi, Clock clock, QuotaConfiguration configuration) {
        this(jdbi, clock, configuration, new AtomicLong());
    }

    private QuotaGovernor(Jdbi jdbi, Clock clock, QuotaConfiguration configuration, AtomicLong headersIgnored) {
        this.headersIgnored = headersIgnored;
        this.clock = clock;
        this.configuration = configuration;
        this.margin = configuration.margin.toJavaDuration();
        this.minute = Limit.of(QuotaWindow.MINUTE, configuration);
        this.day = Limit.of(QuotaWindow.DAY, configuration);
        this.rules = new LaneRules(minute, configuration.lanes);
        this.state = new QuotaState(store, minute, day, rules);
        this.quota = new SharedQuota(jdbi, clock, day, store, state);
    }

    /**
     * The same quota through another pool, dated by the same clock, so that what one grants does not look old to the other. A
     * governor that takes permits has to {@link #listenTo} notices as well.
     */
    public QuotaGovernor through(Jdbi pool) {
        return new QuotaGovernor(pool, clock, configuration, headersIgnored);
    }

    /**
     * How the quota stands.
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
        return budget(call -> new Payer(lane, numberOf(call.who())));
    }

    /** The budget for consents: they come first in the lane {@link Lane#INTERACTIVE}. */
    public Budget consents() {
        return budget(call -> new Payer(Lane.INTERACTIVE, CONSENTS));
    }

    /** How long no call can be granted. */
    public Duration untilNextPermit() {
        Instant now = clock.instant();
        Instant next = status().nextPermitAt();
        return next.isAfter(now) ? Duration.between(now, next) : Duration.ZERO;
    }

    private Budget budget(Function<Call, Payer> payer) {
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
     * @throws SourceUnavailable when the database cannot be reached: a call that cannot be counted is not sent
     */
    @Override
    public void take(Call call) {
        take(new Payer(Lane.INTERACTIVE, numberOf(call.who())));
    }

    private void take(Payer who) {
        Duration wait = quota.take(who);
        if (!wait.isZero()) {
            throw new SourceThrottled(WHOOP, wait);
        }
    }

    /**
     * Notes a 429, and the calls that others make with our client id. A database that fails here is only logged: the reply is
     * good, and the next permit will fail if the database is still away.
     */
    @Override
    public void learn(Call call, Reply reply) {
        RateLimitHeaders headers = RateLimitHeaders.of(reply);
        headersIgnored.addAndGet(headers.ignored());
        try {
            if (reply.status() == 429) {
                block(call, headers.window(), headers.block().orElse(DEFAULT_BLOCK));
            } else if (headers.remaining().isPresent() && headers.reset().isPresent()) {
                count(headers, headers.remaining().get(), headers.reset().get());
            }
        } catch (SourceUnavailable e) {
            log.warn(
                    "event=quota_not_learned provider=whoop command={} cause=\"{}\"",
                    call.key(),
                    WhatFailed.inWords(e));
        }
    }

    /**
     * At most as long as the window that the reply is about, or as {@link #LONGEST_OUTAGE} when it is not about the quota: a
     * longer wait is a misread header.
     */
    @Override
    public Optional<Duration> retryAfter(Reply reply) {
        RateLimitHeaders headers = RateLimitHeaders.of(reply);
        return reply.status() == 429
                ? headers.block()
                : headers.retryAfter().map(asked -> asked.compareTo(LONGEST_OUTAGE) > 0 ? LONGEST_OUTAGE : asked);
    }

    /** For operators and tests; takes no permit. */
    public Status status() {
        return quota.read(now -> new Status(
                state.grants.countAfter(now.minus(minute.length())),
                minute.most(),
                state.grants.countAfter(now.minus(day.length())),
                day.most(),
                state.roomAt(state.notBeforeTheLast(now)),
                state.blockedUntil(now)));
    }

    /** How the quota stands, lane by lane, and how long it lasts. */
    public QuotaReport report() {
        return quota.read(now -> QuotaReport.of(state, rules, minute, day, headersIgnored.get(), now));
    }

    /** Hears from other replicas that a block was set or lifted. */
    public void listenTo(ChangeNotices notices) {
        notices.listen(SharedQuota.TOPIC, new NoticeListener() {
            @Override
            public void changed(String key) {
                quota.outdate();
            }

            @Override
            public void missed() {
                quota.outdate();
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
        QuotaWindow blocked = windowOf(window);
        if (length.isNegative() || length.isZero() || length.compareTo(blocked.length) > 0) {
            throw new InvalidRequest("a block of window " + window + " lasts 1 to " + blocked.length.toSeconds()
                    + " seconds, was " + length.toSeconds());
        }
        Instant until = quota.now().plus(length);
        log.warn("event=quota_blocked by=operator window={} until={}", window, until);
        quota.change(handle -> {
            store.block(handle, blocked, until);
            quota.tellReplicas(handle);
        });
        return until;
    }

    /**
     * An operator lets calls continue on every replica. It forgets WHOOP's blocks and WHOOP's own count, which the next answer
     * tells again. Calls that we granted still count.
     *
     * @return until when each window was blocked
     */
    public Map<String, Instant> unblock(List<String> windows) {
        Map<String, Instant> lifted = new TreeMap<>();
        Map<QuotaWindow, Instant> before = quota.read(state::blocks);
        for (String word : windows) {
            QuotaWindow window = windowOf(word);
            Instant until = before.get(window);
            if (until != null) {
                lifted.put(word, until);
            }
            quota.change(handle -> {
                store.unblock(handle, window);
                quota.tellReplicas(handle);
            });
        }
        log.warn("event=quota_unblocked by=operator windows={} lifted={}", windows, lifted.keySet());
        return lifted;
    }

    /** The windows that WHOOP counts in. */
    public static List<String> windows() {
        return Stream.of(QuotaWindow.values()).map(window -> window.columnValue).toList();
    }

    private static QuotaWindow windowOf(String word) {
        return Stream.of(QuotaWindow.values())
                .filter(window -> window.columnValue.equals(word))
                .findFirst()
                .orElseThrow(() -> new InvalidRequest("window must be one of " + windows() + ", was " + word));
    }

    /** Forgets all grants, blocks and caps, for a WHOOP that has just forgotten them too, as the sandbox's has. */
    public void reset() {
        quota.change(store::forget);
    }

    private void block(Call call, QuotaWindow window, Duration asked) {
        Instant until = clock.instant().plus(asked).plus(margin);
        log.warn("event=quota_exceeded provider=whoop command={} window={} until={}", call.key(), window, until);
        quota.change(handle -> {
            store.block(handle, window, until);
            quota.tellReplicas(handle);
        });
    }

    /** WHOOP's own count: where it is more than ours, somebody else calls with our client id. */
    private void count(RateLimitHeaders headers, int remaining, Duration reset) {
        QuotaWindow window = headers.window();
        Limit limit = limit(window);
        int ours = Math.max(0, remaining - limit.reserve());
        if (isKnown(limit, ours, reset, quota.now())) {
            return;
        }
        Instant now = quota.now();
        quota.change(handle -> store.cap(handle, window, ours, now.plus(reset), now));
        noteOtherCallers(headers, limit, now.plus(reset).minus(window.length));
    }

    /** Judges by the grants of all processes, which are known once the cap is saved. */
    private void noteOtherCallers(RateLimitHeaders headers, Limit limit, Instant begun) {
        int calls = quota.locked(() -> state.notOurs(limit, headers, begun));
        OtherCallers.Calls known = quota.locked(() -> state.foreign.find(limit.window(), begun))
                .orElse(new OtherCallers.Calls(limit.window(), begun.truncatedTo(ChronoUnit.MICROS), 0));
        if (calls > known.calls()) {
            OtherCallers.Calls seen = new OtherCallers.Calls(limit.window(), known.begunAt(), calls);
            Instant gone = quota.now().minus(OTHERS_ARE_KEPT);
            quota.change(handle -> store.saveForeign(handle, seen, gone));
            log.info("event=quota_used_by_others window={} calls={}", limit.window(), calls);
        }
    }

    private Limit limit(QuotaWindow window) {
        return switch (window) {
            case MINUTE -> minute;
            case DAY -> day;
        };
    }

    private boolean isKnown(Limit limit, int remaining, Duration reset, Instant now) {
        return quota.locked(() -> state.isKnown(limit, remaining, reset, now));
    }

    /** Tells members apart without naming them. Two members with one number would share a part. */
    private static long numberOf(@Nullable UserId who) {
        if (who == null) {
            return APPLICATION;
        }
        UUID hash = UUID.nameUUIDFromBytes(who.value().getBytes(StandardCharsets.UTF_8));
        return Math.max(1, hash.getMostSignificantBits() & Long.MAX_VALUE);
    }
}
