/**
 * Answers that are kept in memory for as long as they stay true.
 *
 * <p>May use: {@code health}.
 *
 * <p>Start reading at {@link io.holisticos.cache.MemberCache}.
 */
@NullMarked
package io.holisticos.cache;

import org.jspecify.annotations.NullMarked;
