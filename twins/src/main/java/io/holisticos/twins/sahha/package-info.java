/**
 * The twin of Sahha: its wire format, authentication, quirks and webhooks over the shared synthetic world.
 *
 * <p>May use: {@code twins}, {@code twins.http}, {@code twins.world}.
 *
 * <p>Start reading at {@link io.holisticos.twins.sahha.SahhaTwin}.
 */
@NullMarked
package io.holisticos.twins.sahha;

import org.jspecify.annotations.NullMarked;
