/**
 * What happens to a request before anybody works on it: whose it is, whether it is meant for us, and its body.
 *
 * <p>May use nothing of ours. Start reading at {@link io.holisticos.app.edge.Edge}.
 */
@NullMarked
package io.holisticos.app.edge;

import org.jspecify.annotations.NullMarked;
