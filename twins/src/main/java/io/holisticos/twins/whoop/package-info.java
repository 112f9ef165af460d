/**
 * The twin of WHOOP: consent and tokens, the member data API, quota, webhooks, and edits of what was recorded.
 *
 * <p>May use: {@code twins}, {@code twins.http}, {@code twins.world}.
 *
 * <p>Start reading at {@link io.holisticos.twins.whoop.WhoopTwin}.
 */
@NullMarked
package io.holisticos.twins.whoop;

import org.jspecify.annotations.NullMarked;
