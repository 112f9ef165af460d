package io.holisticos.whoop.custody;

import java.time.Duration;

/**
 * How long custody may take, and how long it leaves a connection alone.
 *
 * @param refreshTimeout the time that a refresh has for itself, however long its callers wait
 * @param keepAliveAfter a connection whose access token expired this long ago is refreshed though nobody uses it
 */
public record CustodyTerms(Duration refreshTimeout, Duration keepAliveAfter) {}
