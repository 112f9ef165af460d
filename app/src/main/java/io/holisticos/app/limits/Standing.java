package io.holisticos.app.limits;

import java.util.concurrent.TimeUnit;

/**
 * How a caller stands after a request was counted.
 *
 * @param limit what it was counted by
 * @param isWithin whether the request is within the limit
 * @param remaining how many more requests are within it at this moment
 * @param nanos until the caller may send as many as the limit allows again; when the request is not within the limit, until it
 *     may send one
 * @param isFirst whether this is the first request in a while that is not within it
 */
record Standing(Limit limit, boolean isWithin, long remaining, long nanos, boolean isFirst) {

    /** In whole seconds, because {@code Retry-After} and {@code RateLimit} have no smaller unit. */
    long seconds() {
        return Math.max(1, TimeUnit.NANOSECONDS.toSeconds(nanos + TimeUnit.SECONDS.toNanos(1) - 1));
    }

    /** The value of field {@code RateLimit}, as draft-ietf-httpapi-ratelimit-headers-10 has it. */
    String field() {
        return "\"" + limit.name() + "\";r=" + remaining + ";t=" + seconds();
    }
}
