/**
 * A local Sahha: its wire format, authentication, quirks and webhooks over the shared synthetic world.
 *
 * <p>May use {@code twins}, {@code twins.world} and {@code twins.http}; knows nothing of WHOOP's twin.
 *
 * <p>Start reading at {@link io.holisticos.twins.sahha.SahhaTwin}.
 */
@NullMarked
package io.holisticos.twins.sahha;

import org.jspecify.annotations.NullMarked;
