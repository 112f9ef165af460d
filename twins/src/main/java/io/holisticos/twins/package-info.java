/**
 * The twins of WHOOP and Sahha, which a developer and every test call instead of the real services.
 *
 * <p>May use: nothing of ours.
 *
 * <p>Start reading at {@link io.holisticos.twins.TwinClock}, then {@code world}.
 */
@NullMarked
package io.holisticos.twins;

import org.jspecify.annotations.NullMarked;
