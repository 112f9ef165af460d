/**
 * How the service does, for orchestrators, operators and callers: probes, integration health, drain.
 *
 * <p>May use every door. Start reading at {@link io.holisticos.app.probes.Probes}.
 */
@NullMarked
package io.holisticos.app.probes;

import org.jspecify.annotations.NullMarked;
