/**
 * Counts the calls that WHOOP allows our application, once for all processes.
 *
 * <p>May use: {@code vitals}, {@code health}, {@code notice}, {@code outbound}.
 *
 * <p>Start reading at {@link io.holisticos.whoop.quota.QuotaGovernor}.
 */
@NullMarked
package io.holisticos.whoop.quota;

import org.jspecify.annotations.NullMarked;
