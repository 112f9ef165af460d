/**
 * A month in the life of many members at full speed: the app as in production, WHOOP's twin, one clock that only moves
 * when all work is done. At the end, what is held is compared with what happened.
 *
 * <p>May use everything. Start reading at {@link io.holisticos.sandbox.simulate.Simulation}.
 */
@NullMarked
package io.holisticos.sandbox.simulate;

import org.jspecify.annotations.NullMarked;
