/**
 * Runtime flags. Togglz keeps them in the entry point's database, and a change takes effect on every replica within two
 * seconds.
 *
 * <p>May use: {@code health}, {@code notice}.
 *
 * <p>Start reading at {@link io.holisticos.app.flags.Flags}.
 */
@NullMarked
package io.holisticos.app.flags;

import org.jspecify.annotations.NullMarked;
