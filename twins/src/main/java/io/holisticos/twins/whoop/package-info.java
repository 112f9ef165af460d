/**
 * The twin of WHOOP: consent and tokens, the member data API, quota, webhooks, and orders to edit what was recorded.
 *
 * <p>May use {@code world} and {@code http}. Start reading at {@link io.holisticos.twins.whoop.WhoopTwin}.
 */
@NullMarked
package io.holisticos.twins.whoop;

import org.jspecify.annotations.NullMarked;
