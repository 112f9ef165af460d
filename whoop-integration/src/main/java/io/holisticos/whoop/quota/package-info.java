/**
 * The calls that WHOOP allows our application, counted once for all processes.
 *
 * <p>May use {@code outbound}, {@code notice} and {@code health}. Start reading at {@link io.holisticos.whoop.quota.QuotaGovernor}.
 */
@NullMarked
package io.holisticos.whoop.quota;

import org.jspecify.annotations.NullMarked;
