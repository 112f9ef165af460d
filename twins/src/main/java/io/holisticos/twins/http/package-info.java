/**
 * A small HTTP server that can also misbehave, down to the socket: routes, faults, statistics and control routes.
 *
 * <p>May use {@code world} for repeatable chance, Jetty and Jackson. Start reading at {@link
 * io.holisticos.twins.http.TwinServer}.
 */
@NullMarked
package io.holisticos.twins.http;

import org.jspecify.annotations.NullMarked;
