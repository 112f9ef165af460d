package io.holisticos.whoop;

import io.holisticos.health.Observation;
import io.holisticos.health.SourceAnswer;
import io.holisticos.health.SourceAnswer.DataStatus;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * Until when an answer of WHOOP's stays the same by time alone. Triggers tell of everything else. What asks for the time on the
 * way of a read, and when its outcome changes:
 *
 * <ul>
 *   <li>{@link MemberStatuses}: current data become stale at the last reading plus {@code staleAfter}. Stale data stay so until
 *       the member is read, but each read of them has to report the member, so that they are never kept. Neither the need of
 *       consent nor an unconfirmed account ends by time.
 *   <li>{@link ReadDays} asks for the member's date, and what it says of days, coverage and awaited records follows from it and
 *       from what was read when: it changes at midnight, at the offset of the newest observation, or UTC without one. {@link
 *       AbsentMetrics} and {@link DayValues} ask it, and measure open cycles until the last reading rather than until now.
 *   <li>The newest observation is one that has begun, or ended: another one is, and with it another offset may count, when a
 *       record that is dated later begins or ends. A workout that goes on is another observation at every moment.
 *   <li>{@link io.holisticos.whoop.data.WhoopDays} knows no time, and the window that is read is that of the question.
 * </ul>
 */
final class KeptUntil {

    private KeptUntil() {}

    /**
     * The first moment at which the answer may be another one; {@link SourceAnswer#NEVER} for one that must not be kept.
     *
     * @param staleFrom when the data become stale; null where that changes nothing
     * @param changesAt when another observation is the newest; null when none is to come
     */
    static Instant of(
            DataStatus status,
            @Nullable Instant staleFrom,
            @Nullable Observation newest,
            @Nullable Instant changesAt,
            Instant now) {
        if (status == DataStatus.STALE) {
            return SourceAnswer.NEVER;
        }
        ZoneOffset offset = ReadDays.offsetOf(newest);
        Instant until =
                LocalDate.ofInstant(now, offset).plusDays(1).atStartOfDay().toInstant(offset);
        if (changesAt != null && changesAt.isBefore(until)) {
            until = changesAt;
        }
        if (status == DataStatus.CURRENT && staleFrom != null && staleFrom.isBefore(until)) {
            until = staleFrom;
        }
        return until.isAfter(now) ? until : SourceAnswer.NEVER;
    }
}
