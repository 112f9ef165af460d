/**
 * Reads every source in order, merges the answers day by day, and answers the unified routes.
 *
 * <p>May use: {@code cache}, {@code database}, {@code health}, {@code notice}, {@code trace}, {@code web}.
 *
 * <p>Start reading at {@link io.holisticos.unified.UnifiedFlow}.
 */
@NullMarked
package io.holisticos.unified;

import org.jspecify.annotations.NullMarked;
