package io.holisticos.twins.whoop;

import io.holisticos.twins.http.Call;
import io.holisticos.twins.http.FaultKind;
import io.holisticos.twins.http.Reply;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/** The application's quota in two fixed windows. Each begins with the first call after the previous one ended. */
final class Quota {
    private static final Duration MINUTE = Duration.ofSeconds(60);
    private static final Duration DAY = Duration.ofDays(1);

    private final Clock clock;
    private final Supplier<Knobs.Limits> limits;
    private final QuotaWindow minute = new QuotaWindow(MINUTE);
    private final QuotaWindow day = new QuotaWindow(DAY);

    Quota(Clock clock, Supplier<Knobs.Limits> limits) {
        this.clock = clock;
        this.limits = limits;
    }

    /** Counts the call, adds the three headers, and refuses the call when a window is used up. */
    synchronized Optional<Reply> admit(Call call) {
        boolean token = limits.get().tokenCallsCount() && call.path().startsWith("/oauth/oauth2/token");
        if (!token && !call.path().startsWith("/developer/")) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        minute.count(now);
        day.count(now);
        int minuteLeft = limits.get().perMinute() - minute.used;
        int dayLeft = limits.get().perDay() - day.used;
        if (dayLeft < 0 || call.takesFault(FaultKind.QUOTA_DAY)) {
            return Optional.of(refuse(call, limits.get().perDay(), day, now));
        }
        if (minuteLeft < 0 || call.takesFault(FaultKind.QUOTA_MINUTE)) {
            return Optional.of(refuse(call, limits.get().perMinute(), minute, now));
        }
        if (dayLeft < minuteLeft) {
            headers(call, limits.get().perDay(), dayLeft, day.secondsLeft(now));
        } else {
            headers(call, limits.get().perMinute(), minuteLeft, minute.secondsLeft(now));
        }
        return Optional.empty();
    }

    /** Ends both windows; new ones begin with the next call. */
    synchronized void reset() {
        minute.end = Instant.MIN;
        day.end = Instant.MIN;
    }

    private Reply refuse(Call call, int limit, QuotaWindow window, Instant now) {
        long seconds = window.secondsLeft(now);
        headers(call, limit, 0, seconds);
        Reply reply = Reply.empty(429);
        return limits.get().retryAfter() ? reply.with("Retry-After", Long.toString(seconds)) : reply;
    }

    private void headers(Call call, int nearest, int left, long seconds) {
        Knobs.Limits both = limits.get();
        call.replyHeader(
                "X-RateLimit-Limit",
                nearest + ", " + both.perMinute() + ";window=60, " + both.perDay() + ";window=86400");
        call.replyHeader("X-RateLimit-Remaining", Integer.toString(left));
        call.replyHeader("X-RateLimit-Reset", Long.toString(seconds));
    }

    private static final class QuotaWindow {
        private final Duration length;
        private Instant end = Instant.MIN;
        private int used;

        private QuotaWindow(Duration length) {
            this.length = length;
        }

        private void count(Instant now) {
            if (!now.isBefore(end)) {
                end = now.plus(length);
                used = 0;
            }
            used++;
        }

        /** Whole seconds until the window ends, rounded up. */
        private long secondsLeft(Instant now) {
            return Math.max(1, Duration.between(now, end).plusMillis(999).toSeconds());
        }
    }
}
