/**
 * Notices by which replicas tell each other that something changed: one table for each database, to which they listen, or
 * which they poll where listening does not work.
 *
 * <p>May use: {@code health}, {@code database}.
 *
 * <p>Start reading at {@link io.holisticos.notice.ChangeNotices}.
 */
@NullMarked
package io.holisticos.notice;

import org.jspecify.annotations.NullMarked;
