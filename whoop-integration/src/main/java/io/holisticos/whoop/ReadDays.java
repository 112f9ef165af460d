package io.holisticos.whoop;

import io.holisticos.health.Observation;
import io.holisticos.health.SourceAnswer.DataStatus;
import io.holisticos.whoop.MemberStatuses.MemberStatus;
import io.holisticos.whoop.api.Cycle;
import io.holisticos.whoop.data.WhoopDays;
import io.holisticos.whoop.sync.SyncFreshness;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * Which of a member's days were read, and of which more may still come. Beside the member's date it knows only what was read
 * and when: an answer must not become another one without a reading that {@code whoop_days_read} tells.
 */
final class ReadDays {

    private final @Nullable SyncFreshness freshness;
    private final LocalDate today;
    private final LocalDate firstWhole;
    private final LocalDate lastWhole;
    private final boolean isTodayAwaited;
    private final boolean goesOn;

    /** @param offset where the member is */
    ReadDays(MemberStatus member, ZoneOffset offset, Instant now) {
        this.freshness = member.freshness();
        this.goesOn = freshness != null && member.dataStatus() != DataStatus.REAUTHORIZATION_REQUIRED;
        this.today = LocalDate.ofInstant(now, offset);
        if (freshness == null) {
            this.firstWhole = LocalDate.MAX;
            this.lastWhole = LocalDate.MIN;
            this.isTodayAwaited = false;
            return;
        }
        LocalDate lastRead = LocalDate.ofInstant(freshness.lastSyncedAt(), offset);
        boolean isTodayRead = !lastRead.isBefore(today);
        this.firstWhole = LocalDate.ofInstant(freshness.coveredFrom(), offset).plusDays(1);
        this.lastWhole =
                isTodayRead && goesOn ? today : earlier(lastRead, today).minusDays(1);
        this.isTodayAwaited = goesOn && (isTodayRead || member.dataStatus() == DataStatus.CURRENT);
    }

    /** Where the member is, as far as it is known. */
    static ZoneOffset offsetOf(@Nullable Observation newest) {
        return newest == null ? ZoneOffset.UTC : newest.offset();
    }

    private static LocalDate earlier(LocalDate one, LocalDate other) {
        return one.isBefore(other) ? one : other;
    }

    LocalDate today() {
        return today;
    }

    /**
     * Whether some of the day was not read. The day of the last reading went on after it, and is whole only while it is today:
     * then it is read again. A day to come is not whole.
     */
    boolean isPartly(LocalDate day) {
        return day.isBefore(firstWhole) || day.isAfter(lastWhole);
    }

    /** Whether what the day lacks may be on its way: it is today, and the member is being read. */
    boolean isAwaited(LocalDate day) {
        return isTodayAwaited && day.equals(today);
    }

    /** Whether the recovery of a night is still to come: that can take hours after waking, but not longer than the cycle. */
    boolean isRecoveryAwaited(LocalDate day, @Nullable Cycle cycle) {
        if (cycle == null) {
            return isAwaited(day);
        }
        return cycle.end() == null && !isOfSeveralDays(cycle) && (isAwaited(day) || goesOn && !isPartly(day));
    }

    /**
     * Whether the night of a cycle without a sleep can still be on its way. It cannot after the middle of the cycle's day, nor
     * after the cycle.
     */
    boolean isNightAwaited(LocalDate day, @Nullable Cycle cycle) {
        return isAwaited(day)
                && (cycle == null || cycle.end() == null && lengthOf(cycle).compareTo(WhoopDays.TO_THE_DAY) < 0);
    }

    /** Whether a cycle is longer than a day awake and the night before it, so that what it counted is not that of one day. */
    boolean isOfSeveralDays(Cycle cycle) {
        return lengthOf(cycle).compareTo(WhoopDays.REACH) > 0;
    }

    /** Of an open cycle, until it was read. */
    private Duration lengthOf(Cycle cycle) {
        Instant end = cycle.end();
        if (end == null) {
            end = freshness == null ? cycle.start() : freshness.lastSyncedAt();
        }
        return Duration.between(cycle.start(), end);
    }
}
