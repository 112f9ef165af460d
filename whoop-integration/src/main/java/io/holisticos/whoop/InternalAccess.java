package io.holisticos.whoop;

import io.holisticos.health.UserId;
import io.holisticos.whoop.sync.SyncRequests;
import java.time.Clock;
import java.util.function.Predicate;

/**
 * What the internal routes share.
 *
 * @param enabled whether the integration is switched on for a member
 */
public record InternalAccess(SyncRequests requests, Predicate<UserId> enabled, Clock clock) {}
