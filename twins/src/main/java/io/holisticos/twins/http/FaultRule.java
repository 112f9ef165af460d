package io.holisticos.twins.http;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One rule about a fault.
 *
 * @param path prefix of the paths it applies to
 * @param status for the kinds that answer with a status; null for the kind's default
 * @param probability 0 to 1
 * @param count how many calls it applies to before it is used up; null for all
 * @param delay before acting, and between the bytes of a drip; null for the kind's default
 */
public record FaultRule(
        String path,
        FaultKind kind,
        @Nullable Integer status,
        double probability,
        @Nullable Integer count,
        @Nullable Duration delay) {
    private static final Duration LONGEST = Duration.ofMinutes(10);

    /** Refuses a rule that could never apply. */
    public FaultRule {
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("path must start with '/', was '" + path + "'");
        }
        if (status != null && (status < 200 || status > 599)) {
            throw new IllegalArgumentException("status must be 200 to 599, was " + status);
        }
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException("probability must be 0 to 1, was " + probability);
        }
        if (count != null && count < 1) {
            throw new IllegalArgumentException("count must be at least 1, was " + count);
        }
        if (delay != null && (delay.isNegative() || delay.compareTo(LONGEST) > 0)) {
            throw new IllegalArgumentException("delay_ms must be 0 to 600000, was " + delay.toMillis());
        }
    }

    /** A rule for every call below the path. */
    public static FaultRule always(String path, FaultKind kind) {
        return new FaultRule(path, kind, null, 1, null, null);
    }

    /** A rule for the next {@code count} calls below the path. */
    public static FaultRule times(String path, FaultKind kind, int count) {
        return new FaultRule(path, kind, null, 1, count, null);
    }

    /** The same with another status. */
    public FaultRule withStatus(int other) {
        return new FaultRule(path, kind, other, probability, count, delay);
    }

    /** The same with another delay. */
    public FaultRule withDelay(Duration other) {
        return new FaultRule(path, kind, status, probability, count, other);
    }

    int statusOr(int other) {
        return status == null ? other : status;
    }

    Duration delayOr(Duration other) {
        return delay == null ? other : delay;
    }
}
