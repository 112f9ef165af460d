/**
 * Builds the service from its modules: configuration, databases, sources, routes and commands.
 *
 * <p>May use: {@code app.access}, {@code app.admin}, {@code app.admin.hystrix}, {@code app.admin.prometheus}, {@code app.canary}, {@code app.docs},
 * {@code app.edge}, {@code app.explore}, {@code app.flags}, {@code app.limits}, {@code app.probes}, {@code audit}, {@code cache}, {@code cache.redis}, {@code command}, {@code database},
 * {@code health}, {@code jobs}, {@code notice}, {@code outbound}, {@code pages}, {@code sahha}, {@code trace}, {@code unified}, {@code vault}, {@code vitals},
 * {@code web}, {@code web.jwt}, {@code whoop}.
 *
 * <p>Start reading at {@link io.holisticos.app.HealthApplication}.
 */
@NullMarked
package io.holisticos.app;

import org.jspecify.annotations.NullMarked;
