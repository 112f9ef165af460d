/**
 * Calls another system over HTTP: a visible list of steps around one exchange, and the ports that the steps need.
 *
 * <p>May use: {@code command}, {@code health}, {@code trace}.
 *
 * <p>Start reading at {@link io.holisticos.outbound.Outbound}.
 */
@NullMarked
package io.holisticos.outbound;

import org.jspecify.annotations.NullMarked;
