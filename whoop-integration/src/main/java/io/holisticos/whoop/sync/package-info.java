/**
 * Keeps the records of members current: keeps WHOOP's events, plans what to read, and reads it from WHOOP in jobs that survive
 * a kill.
 *
 * <p>May use: {@code vitals}, {@code health}, {@code database}, {@code jobs}, {@code whoop.api}, {@code whoop.quota}, {@code whoop.data}.
 *
 * <p>Start reading at {@link io.holisticos.whoop.sync.Planner}. Others ask for work by {@link
 * io.holisticos.whoop.sync.SyncRequests} and have it done by {@link io.holisticos.whoop.sync.SyncJobs}.
 */
@NullMarked
package io.holisticos.whoop.sync;

import org.jspecify.annotations.NullMarked;
