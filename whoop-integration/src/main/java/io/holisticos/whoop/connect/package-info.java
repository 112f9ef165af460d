/**
 * A member's connection to WHOOP: consent by OAuth 2.0, custody of the rotating tokens, and their way into calls.
 *
 * <p>May use {@code whoop.api} and sahha-core's shared packages. Start reading at {@link
 * io.holisticos.whoop.connect.ConnectFlow}, then {@link io.holisticos.whoop.connect.Connections}.
 */
@NullMarked
package io.holisticos.whoop.connect;

import org.jspecify.annotations.NullMarked;
