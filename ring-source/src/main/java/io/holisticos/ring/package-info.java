/**
 * A source that does not exist. It has what a source of this product must have, and nothing else; the tests of the app add it
 * to the list of sources.
 *
 * <p>May use: {@code health}, {@code vitals}.
 *
 * <p>Start reading at {@link io.holisticos.ring.RingSource}.
 */
@NullMarked
package io.holisticos.ring;

import org.jspecify.annotations.NullMarked;
