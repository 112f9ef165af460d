/**
 * Whose request is being worked on: ids for logs and traces, kept by the thread and carried to other threads.
 *
 * <p>May use nothing of ours. Start reading at {@link io.holisticos.trace.RequestContext}.
 */
@NullMarked
package io.holisticos.trace;

import org.jspecify.annotations.NullMarked;
