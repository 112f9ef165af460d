/**
 * The edge towards our callers: errors as JSON, value types as parameters, who may do what.
 *
 * <p>May use {@code health}, {@code notice}, {@code trace} and {@code audit}. Start reading at {@link io.holisticos.web.WebModule}.
 */
@NullMarked
package io.holisticos.web;

import org.jspecify.annotations.NullMarked;
