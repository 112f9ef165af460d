package io.holisticos.whoop.quota;

import io.holisticos.health.HealthError.SourceThrottled;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.SourceName;
import io.holisticos.outbound.Budget;
import io.holisticos.outbound.Call;
import io.holisticos.outbound.Reply;
import io.holisticos.whoop.quota.QuotaStore.Count;
import io.holisticos.whoop.quota.QuotaStore.WindowState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * WHOOP's quota, shared by all members and all processes: never more grants than allowed in any span of a minute and of
 * a day, and a grant as soon as there is room. All that is known lies in the database; see
 * {@code docs/decisions/quota-as-a-ring-of-grants.md}. Thread-safe.
 */
public final class QuotaGovernor implements Budget {

    private static final Logger log = LoggerFactory.getLogger(QuotaGovernor.class);

    private static final SourceName WHOOP = new SourceName("whoop");

    /** A 429 that does not say for how long. */
    private static final Duration DEFAULT_BLOCK = Duration.ofMinutes(1);

    /** No window is longer: what asks for more is misread. */
    private static final Duration MAX_BLOCK = Window.DAY.length;

    private static final Duration RETRY_AFTER_LOST_DATABASE = Duration.ofSeconds(5);

    private final Jdbi jdbi;
    private final Clock clock;
    private final Duration margin;
    private final Limit minute;
    private final Limit day;
    private final QuotaStore store = new QuotaStore();

    /** The governor over WHOOP's database. */
    public QuotaGovernor(Jdbi jdbi, Clock clock, QuotaConfiguration configuration) {
        this.jdbi = jdbi;
        this.clock = clock;
        this.margin = configuration.margin.toJavaDuration();
        this.minute = Limit.of(Window.MINUTE, configuration);
        this.day = Limit.of(Window.DAY, configuration);
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
        return this; // the lanes' own limits are the next step
    }

    /**
     * Takes the permit for one call in the lane {@link Lane#INTERACTIVE}.
     *
     * @throws SourceThrottled with the exact time until there is room
     * @throws SourceUnavailable when the database cannot be reached: what cannot be counted is not sent
     */
    @Override
    public void take(Call call) {
        Duration wait = inTransaction(this::takeOrWait);
        if (!wait.isZero()) {
            throw new SourceThrottled(WHOOP, wait);
        }
    }

    /**
     * Notes a 429, and what others with our client id have used up. A database that fails here is logged only: the
     * reply in hand is good, and the next permit will tell.
     */
    @Override
    public void learn(Call call, Reply reply) {
        RateLimitHeaders told = RateLimitHeaders.of(reply);
        try {
            if (reply.status() == 429) {
                block(call, told.window(), reply.retryAfter().orElse(DEFAULT_BLOCK));
            } else if (told.remaining().isPresent() && told.reset().isPresent()) {
                cap(told.window(), told.remaining().get(), told.reset().get());
            }
        } catch (SourceUnavailable e) {
            log.warn("event=quota_not_learned provider=whoop command={}", call.key(), e);
        }
    }

    /** For operators and tests; takes no permit. */
    public Status status() {
        return inTransaction(handle -> {
            Instant now = clock.instant();
            Count count = store.read(handle);
            List<WindowState> windows = store.windows(handle, count.granted(), minute.most(), day.most());
            Instant blockedUntil = windows.stream()
                    .map(WindowState::blockedUntil)
                    .filter(until -> until != null && until.isAfter(now))
                    .max(Instant::compareTo)
                    .orElse(null);
            return new Status(
                    store.countSince(handle, now.minus(minute.length())),
                    minute.most(),
                    store.countSince(handle, now.minus(day.length())),
                    day.most(),
                    roomAt(count, windows, later(now, count.lastGrantedAt())),
                    blockedUntil);
        });
    }

    /** Forgets all grants, blocks and caps. For a WHOOP that has just forgotten them too, as the sandbox's has. */
    public void reset() {
        inTransaction(handle -> {
            store.forget(handle);
            return true;
        });
    }

    private Duration takeOrWait(Handle handle) {
        Count count = store.lock(handle);
        Instant clockNow = clock.instant().truncatedTo(ChronoUnit.MICROS); // after the lock, as finely as it is kept
        Instant now = later(clockNow, count.lastGrantedAt()); // hosts differ; grants stay in order
        List<WindowState> windows = store.windows(handle, count.granted(), minute.most(), day.most());
        Instant roomAt = roomAt(count, windows, now);
        if (roomAt.isAfter(now)) {
            return Duration.between(clockNow, roomAt);
        }
        store.grant(handle, count.granted() + 1, now, Math.max(minute.most(), day.most()));
        return Duration.ZERO;
    }

    /** When the next grant may be made; {@code now} when nothing stands against it. */
    private Instant roomAt(Count count, List<WindowState> windows, Instant now) {
        Instant roomAt = now;
        for (WindowState state : windows) {
            Limit limit = switch (state.window()) {
                case MINUTE -> minute;
                case DAY -> day;
            };
            if (state.pushedOut() != null) {
                roomAt = later(roomAt, state.pushedOut().plus(limit.length()));
            }
            roomAt = later(roomAt, state.blockedUntil());
            if (state.cappedAt() != null && count.granted() >= state.cappedAt()) {
                roomAt = later(roomAt, state.cappedUntil());
            }
        }
        return roomAt;
    }

    private void block(Call call, Window window, Duration asked) {
        Duration block = asked.compareTo(MAX_BLOCK) > 0 ? MAX_BLOCK : asked;
        Instant until = clock.instant().plus(block).plus(margin);
        log.warn("event=quota_exceeded provider=whoop command={} window={} until={}", call.key(), window, until);
        inTransaction(handle -> {
            store.block(handle, window, until);
            return true;
        });
    }

    private void cap(Window window, int remaining, Duration reset) {
        Limit limit = switch (window) {
            case MINUTE -> minute;
            case DAY -> day;
        };
        if (reset.compareTo(window.length) > 0) {
            return; // says nothing that fits
        }
        Instant now = clock.instant();
        inTransaction(handle -> {
            store.cap(handle, window, Math.max(0, remaining - limit.reserve()), now.plus(reset), now);
            return true;
        });
    }

    private <T> T inTransaction(Function<Handle, T> work) {
        try {
            return jdbi.inTransaction(TransactionIsolationLevel.READ_COMMITTED, work::apply);
        } catch (JdbiException e) {
            throw new SourceUnavailable(WHOOP, RETRY_AFTER_LOST_DATABASE, e);
        }
    }

    private static Instant later(Instant one, @Nullable Instant other) {
        return other != null && other.isAfter(one) ? other : one;
    }
}
