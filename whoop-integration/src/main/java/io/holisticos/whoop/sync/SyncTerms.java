package io.holisticos.whoop.sync;

import com.codahale.metrics.MetricRegistry;
import io.holisticos.health.UserId;
import java.time.Clock;
import java.util.function.Predicate;

/**
 * What runs depend on beside WHOOP and the store.
 *
 * @param enabled whether the integration is switched on for a member; off, runs wait and lose nothing
 */
public record SyncTerms(Predicate<UserId> enabled, Clock clock, MetricRegistry metrics) {}
