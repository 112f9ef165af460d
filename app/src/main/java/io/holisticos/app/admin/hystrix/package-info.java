/**
 * What a Hystrix dashboard, Turbine and Tenacity's users know: event streams, breakers by hand, a health check.
 *
 * <p>May use {@code outbound} and the admin port. Start reading at {@link io.holisticos.app.admin.hystrix.HystrixSurfaces}.
 */
@NullMarked
package io.holisticos.app.admin.hystrix;

import org.jspecify.annotations.NullMarked;
