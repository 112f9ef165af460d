/**
 * How many requests a second one caller may send: a service, a member, or an address that shows no credential that is known.
 *
 * <p>May use: {@code app.edge}, {@code audit}, {@code trace}, {@code web}.
 *
 * <p>Start reading at {@link io.holisticos.app.limits.Limits}.
 */
@NullMarked
package io.holisticos.app.limits;

import org.jspecify.annotations.NullMarked;
