/**
 * Stores what WHOOP sent, with histories, payloads, deletions and coverage, and says which day each record belongs to.
 *
 * <p>May use: {@code health}, {@code database}, {@code jobs}, {@code vault}, {@code whoop.api}.
 *
 * <p>Start reading at {@link io.holisticos.whoop.data.WhoopStore} for writing and at {@link
 * io.holisticos.whoop.data.WhoopDayStore} for reading. Each table has one owner: {@link
 * io.holisticos.whoop.data.RecordStore}, {@link io.holisticos.whoop.data.ArchiveStore}, {@link
 * io.holisticos.whoop.data.CoverageStore}, {@link io.holisticos.whoop.data.DeletionStore} or {@link
 * io.holisticos.whoop.data.ChangeStore}.
 */
@NullMarked
package io.holisticos.whoop.data;

import org.jspecify.annotations.NullMarked;
