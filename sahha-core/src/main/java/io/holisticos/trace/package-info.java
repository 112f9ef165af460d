/**
 * The ids and log facts of the request that a thread works on, and their way to other threads.
 *
 * <p>May use: nothing of ours.
 *
 * <p>Start reading at {@link io.holisticos.trace.RequestContext}.
 */
@NullMarked
package io.holisticos.trace;

import org.jspecify.annotations.NullMarked;
