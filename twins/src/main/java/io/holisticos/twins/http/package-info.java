/**
 * A small HTTP server whose replies can be made faulty, down to the socket. It has statistics and control routes.
 *
 * <p>May use: {@code twins}, {@code twins.world}.
 *
 * <p>Start reading at {@link io.holisticos.twins.http.TwinServer}.
 */
@NullMarked
package io.holisticos.twins.http;

import org.jspecify.annotations.NullMarked;
