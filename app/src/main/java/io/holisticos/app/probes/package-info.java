/**
 * The state of the service, for orchestrators, operators and callers: probes, integration health and drain.
 *
 * <p>May use: {@code database}, {@code health}, {@code sahha}, {@code web}, {@code whoop}.
 *
 * <p>Start reading at {@link io.holisticos.app.probes.Probes}.
 */
@NullMarked
package io.holisticos.app.probes;

import org.jspecify.annotations.NullMarked;
