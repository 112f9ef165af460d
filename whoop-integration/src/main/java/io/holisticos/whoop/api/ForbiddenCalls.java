package io.holisticos.whoop.api;

import com.codahale.metrics.Meter;
import com.codahale.metrics.MetricRegistry;
import io.holisticos.command.CommandKey;
import io.holisticos.outbound.Reply;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls that were answered with 403. Such an answer means "not now" and says nothing of the consent. The network's edge sends it as
 * plain text (seen 2026: {@code error code: 1010}) or HTML, and WHOOP itself for a membership that lapsed. Thread-safe.
 */
public final class ForbiddenCalls {

    private static final Logger log = LoggerFactory.getLogger(ForbiddenCalls.class);

    /** For so long after the last one an operator is told. */
    private static final Duration RECENT = Duration.ofMinutes(15);

    private final Meter meter;
    private final Clock clock;
    private final AtomicReference<@Nullable Last> last = new AtomicReference<>();

    /** Counts in the meter {@code whoop.forbidden}. */
    public ForbiddenCalls(MetricRegistry metrics, Clock clock) {
        this.meter = metrics.meter("whoop.forbidden");
        this.clock = clock;
    }

    /**
     * The latest 403.
     *
     * @param body what kind it was: {@code plain_text}, {@code html}, {@code json}, {@code empty}, {@code other}
     */
    public record Last(Instant at, String command, String body) {}

    /** Counts and logs a 403, without its body. */
    public void note(CommandKey command, Reply reply) {
        String body = kindOf(reply);
        last.set(new Last(clock.instant(), command.name(), body));
        meter.mark();
        log.warn("event=whoop_forbidden command={} status={} body={}", command, reply.status(), body);
    }

    /** Since this process started. */
    public long count() {
        return meter.getCount();
    }

    public Optional<Last> last() {
        return Optional.ofNullable(last.get());
    }

    /** Whether the last 403 was a short while ago. */
    public boolean isRecent() {
        return last().filter(one -> one.at().plus(RECENT).isAfter(clock.instant()))
                .isPresent();
    }

    static String kindOf(Reply reply) {
        if (reply.isEmpty()) {
            return "empty";
        }
        String type = reply.header("Content-Type").orElse("").toLowerCase(Locale.ROOT);
        if (type.startsWith("text/plain")) {
            return "plain_text";
        }
        if (type.startsWith("text/html")) {
            return "html";
        }
        return type.contains("json") ? "json" : "other";
    }
}
