/**
 * What all routes share: errors as JSON, value types as parameters, keys and scopes of callers, the request log, and the
 * reception of webhooks.
 *
 * <p>May use: {@code audit}, {@code health}, {@code notice}, {@code trace}.
 *
 * <p>Start reading at {@link io.holisticos.web.WebModule}.
 */
@NullMarked
package io.holisticos.web;

import org.jspecify.annotations.NullMarked;
