/**
 * The twins of WHOOP and Sahha: what a developer and every test talk to in place of the real services.
 *
 * <p>May use nothing of ours. Start reading at {@link io.holisticos.twins.TwinClock}, then {@code world}.
 */
@NullMarked
package io.holisticos.twins;

import org.jspecify.annotations.NullMarked;
