/**
 * What WHOOP has told us: the store with its histories and archive, and the days its records belong to.
 *
 * <p>May use {@code whoop.api}, {@code vault} and {@code health}. Start reading at {@link
 * io.holisticos.whoop.data.WhoopStore}.
 */
@NullMarked
package io.holisticos.whoop.data;

import org.jspecify.annotations.NullMarked;
