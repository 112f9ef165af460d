/**
 * Starts the service: reads the configuration, builds the modules, registers the routes and runs the commands. Decides
 * nothing else.
 *
 * <p>May use: {@code app.admin}, {@code app.admin.hystrix}, {@code app.admin.prometheus}, {@code app.edge},
 * {@code app.flags}, {@code app.probes}, {@code audit}, {@code database}, {@code health}, {@code jobs}, {@code notice},
 * {@code outbound}, {@code sahha}, {@code trace}, {@code unified}, {@code vault}, {@code web}, {@code whoop}.
 *
 * <p>Start reading at {@link io.holisticos.app.HealthApplication}.
 */
@NullMarked
package io.holisticos.app;

import org.jspecify.annotations.NullMarked;
