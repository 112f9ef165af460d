/**
 * Shows the health of the service to orchestrators, operators and callers: probes, integration health, drain.
 *
 * <p>May use: {@code app.admin}, {@code database}, {@code health}, {@code sahha}, {@code vitals}, {@code web}, {@code whoop}.
 *
 * <p>Start reading at {@link io.holisticos.app.probes.Probes}.
 */
@NullMarked
package io.holisticos.app.probes;

import org.jspecify.annotations.NullMarked;
