/**
 * A source for a share of members, and the way back: switches its flag off by itself when an objective burns.
 *
 * <p>May use: {@code app.flags}, {@code command}, {@code health}, {@code web}.
 *
 * <p>Start reading at {@link io.holisticos.app.canary.Canary}.
 */
@NullMarked
package io.holisticos.app.canary;

import org.jspecify.annotations.NullMarked;
