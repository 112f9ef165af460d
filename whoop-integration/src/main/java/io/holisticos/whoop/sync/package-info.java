/**
 * Keeps a member's records current: runs that read WHOOP page by page, as jobs that survive a kill.
 *
 * <p>May use {@code whoop.data}, {@code whoop.api}, {@code jobs} and {@code health}. Start reading at {@link
 * io.holisticos.whoop.sync.Synchronizer}.
 */
@NullMarked
package io.holisticos.whoop.sync;

import org.jspecify.annotations.NullMarked;
