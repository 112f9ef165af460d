/**
 * How replicas tell each other that something changed: one table of notices for each database, listened to and, where
 * listening does not work, polled.
 *
 * <p>May use {@code health}. Start reading at {@link io.holisticos.notice.ChangeNotices}.
 */
@NullMarked
package io.holisticos.notice;

import org.jspecify.annotations.NullMarked;
