/**
 * The surfaces that Hystrix dashboards, Turbine and users of Tenacity know: event streams, breakers forced by hand, and a
 * health check.
 *
 * <p>May use: {@code app.admin}, {@code command}, {@code health}.
 *
 * <p>Start reading at {@link io.holisticos.app.admin.hystrix.HystrixSurfaces}.
 */
@NullMarked
package io.holisticos.app.admin.hystrix;

import org.jspecify.annotations.NullMarked;
