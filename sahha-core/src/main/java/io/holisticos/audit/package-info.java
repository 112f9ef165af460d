/**
 * Events that must be found again later: security events.
 *
 * <p>May use: {@code trace}.
 *
 * <p>Start reading at {@link io.holisticos.audit.SecurityEvents}.
 */
@NullMarked
package io.holisticos.audit;

import org.jspecify.annotations.NullMarked;
