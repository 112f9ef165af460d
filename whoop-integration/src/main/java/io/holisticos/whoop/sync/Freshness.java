package io.holisticos.whoop.sync;

import java.time.Instant;

/**
 * What has been read of a member without a gap.
 *
 * @param coveredFrom everything since then
 * @param lastSyncedAt up to then
 */
public record Freshness(Instant coveredFrom, Instant lastSyncedAt) {}
