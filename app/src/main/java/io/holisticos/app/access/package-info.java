/**
 * The callers of the existing paths: open, observed or checked, by group of routes, and what was observed of them.
 *
 * <p>May use: {@code app.edge}, {@code health}, {@code trace}, {@code web}.
 *
 * <p>Start reading at {@link io.holisticos.app.access.ExistingCallers}.
 */
@NullMarked
package io.holisticos.app.access;

import org.jspecify.annotations.NullMarked;
