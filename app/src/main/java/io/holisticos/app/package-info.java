/**
 * Puts the house together: configuration, databases, sources, routes. Nothing clever.
 *
 * <p>May use every door. Start reading at {@link io.holisticos.app.HealthApplication}.
 */
@NullMarked
package io.holisticos.app;

import org.jspecify.annotations.NullMarked;
