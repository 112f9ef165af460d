/**
 * WHOOP's developer API v2 as Java: its records in its own words, and a client for every member endpoint.
 *
 * <p>May use: {@code health}, {@code outbound}, {@code whoop.quota}, {@code command}.
 *
 * <p>Start reading at {@link io.holisticos.whoop.api.WhoopApi}.
 */
@NullMarked
package io.holisticos.whoop.api;

import org.jspecify.annotations.NullMarked;
