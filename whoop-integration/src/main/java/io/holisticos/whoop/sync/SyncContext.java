package io.holisticos.whoop.sync;

import com.codahale.metrics.MetricRegistry;
import io.holisticos.health.UserId;
import java.time.Clock;
import java.time.Instant;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What syncing depends on besides WHOOP and the database.
 *
 * @param enabled whether the integration is switched on for a member; while it is off, runs wait and lose nothing
 * @param consentLost is called when WHOOP refuses a member's token for good, with the moment the refused call was begun
 * @param inLogs how log lines name a member
 */
public record SyncContext(
        Predicate<UserId> enabled,
        BiConsumer<UserId, Instant> consentLost,
        Function<UserId, String> inLogs,
        Clock clock,
        MetricRegistry metrics) {}
