/**
 * Unified health: every source read in order, then merged day by day; the routes that answer it.
 *
 * <p>May use {@code health} and {@code web}; never a source. Start reading at {@link io.holisticos.unified.UnifiedFlow}.
 */
@NullMarked
package io.holisticos.unified;

import org.jspecify.annotations.NullMarked;
