/**
 * Runs work that may fail or hang behind a breaker and a bulkhead, and counts it in Hystrix's words.
 *
 * <p>May use: {@code health}, {@code trace}.
 *
 * <p>Start reading at {@link io.holisticos.command.Command}.
 */
@NullMarked
package io.holisticos.command;

import org.jspecify.annotations.NullMarked;
