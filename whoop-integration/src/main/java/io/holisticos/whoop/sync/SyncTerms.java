package io.holisticos.whoop.sync;

import com.codahale.metrics.MetricRegistry;
import io.holisticos.health.UserId;
import java.time.Clock;
import java.time.Instant;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What runs depend on beside WHOOP and the store.
 *
 * @param enabled whether the integration is switched on for a member; off, runs wait and lose nothing
 * @param consentLost told when WHOOP refuses a member's token for good, and since when the refused call was under way, so
 *     that the connection says so too
 * @param inLogs how log lines name a member
 */
public record SyncTerms(
        Predicate<UserId> enabled,
        BiConsumer<UserId, Instant> consentLost,
        Function<UserId, String> inLogs,
        Clock clock,
        MetricRegistry metrics) {}
