/**
 * Sahha's REST API as Java: the calls that we make, the account token, the call rate, and the records in Sahha's own words.
 *
 * <p>May use: {@code health}, {@code outbound}, {@code command}.
 *
 * <p>Start reading at {@link io.holisticos.sahha.api.SahhaApi}.
 */
@NullMarked
package io.holisticos.sahha.api;

import org.jspecify.annotations.NullMarked;
