/**
 * Members' connections to WHOOP, and the custody of their tokens, which change with every refresh.
 *
 * <p>May use: {@code health}, {@code trace}, {@code database}, {@code outbound}, {@code vault}, {@code jobs}, {@code whoop.api}, {@code command}.
 *
 * <p>Start reading at {@link io.holisticos.whoop.custody.Connections}, then {@code RefreshCustody}.
 */
@NullMarked
package io.holisticos.whoop.custody;

import org.jspecify.annotations.NullMarked;
