/**
 * Keeps members' records current: hears what changed, plans what to read, reads it from WHOOP as jobs that survive a kill.
 *
 * <p>May use {@code whoop.data}, {@code whoop.api}, {@code whoop.quota}, {@code jobs} and {@code health}. Start reading at
 * {@link io.holisticos.whoop.sync.Planner}; {@link io.holisticos.whoop.sync.Synchronizer} is the door.
 */
@NullMarked
package io.holisticos.whoop.sync;

import org.jspecify.annotations.NullMarked;
