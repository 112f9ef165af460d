/**
 * WHOOP as a source of health data: the door to everything below.
 *
 * <p>May use what lies below it and {@code health}, {@code outbound}, {@code vault}, {@code jobs}, {@code web}; never
 * another source, never the unified flow. Start reading at {@link io.holisticos.whoop.WhoopSource}.
 */
@NullMarked
package io.holisticos.whoop;

import org.jspecify.annotations.NullMarked;
