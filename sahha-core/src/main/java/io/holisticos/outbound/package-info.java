/**
 * The one way to call another system: a visible list of steps around one HTTP exchange, and the ports they need.
 *
 * <p>May use {@code health} and {@code trace}. Start reading at {@link io.holisticos.outbound.Outbound}.
 */
@NullMarked
package io.holisticos.outbound;

import org.jspecify.annotations.NullMarked;
