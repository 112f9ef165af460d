/**
 * What happens to a request before any route sees it: the client's address is determined, the security headers are
 * set, the host is checked, and the body is received.
 *
 * <p>May use: nothing of ours.
 *
 * <p>Start reading at {@link io.holisticos.app.edge.Edge}.
 */
@NullMarked
package io.holisticos.app.edge;

import org.jspecify.annotations.NullMarked;
