/**
 * Runtime flags: kept in the entry point's database by Togglz, effective on every replica within two seconds.
 *
 * <p>May use {@code health, notice}. Start reading at {@link io.holisticos.app.flags.Flags}.
 */
@NullMarked
package io.holisticos.app.flags;

import org.jspecify.annotations.NullMarked;
