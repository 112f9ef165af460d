/**
 * The page {@code /prometheus}: every metric of the service in Prometheus's formats, and latencies as histograms.
 *
 * <p>May use: {@code command}, {@code web}.
 *
 * <p>Start reading at {@link io.holisticos.app.admin.prometheus.Prometheus}.
 */
@NullMarked
package io.holisticos.app.admin.prometheus;

import org.jspecify.annotations.NullMarked;
