package io.holisticos.unified;

import io.holisticos.health.DayRange;
import io.holisticos.health.HealthError.MemberNotFound;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.Preferences;
import io.holisticos.health.UserId;
import java.time.LocalDate;
import java.util.List;

/** Shows, replaces and tries out a member's preferences. Thread-safe. */
final class PreferencesFlow {

    /** The days that a trial compares, today included. */
    private static final int DAYS = 30;

    private final MemberPreferences preferences;
    private final UnifiedReader reader;
    private final UnifiedFlow days;
    private final DayMerge merge;

    PreferencesFlow(MemberPreferences preferences, UnifiedReader reader, UnifiedFlow days, DayMerge merge) {
        this.preferences = preferences;
        this.reader = reader;
        this.days = days;
        this.merge = merge;
    }

    /**
     * What the member wants.
     *
     * @throws MemberNotFound when no source knows the person
     * @throws SourceUnavailable when it cannot be read, or whether a source knows the person
     */
    Preferences read(UserId who) {
        Preferences held = preferences.read(who);
        if (held.equals(Preferences.NONE)) {
            reader.requireKnown(who);
        }
        return held;
    }

    /**
     * Replaces all that the member wants, on all replicas.
     *
     * @throws MemberNotFound when no source knows the person
     * @throws SourceUnavailable when it cannot be saved, or whether a source knows the person
     */
    void replace(UserId who, Preferences wanted) {
        reader.requireKnown(who);
        preferences.save(who, wanted);
    }

    /**
     * The last days as they are, and as they would be.
     *
     * @param report as they are, with days around them
     */
    record Trial(
            DayRange range, UnifiedReport report, Preferences wanted, List<MergedDay> before, List<MergedDay> after) {}

    /**
     * Reads the last days once, and merges them twice. Saves nothing.
     *
     * @throws MemberNotFound when no source knows the person
     */
    Trial tryOut(UserId who, Preferences wanted) {
        UnifiedReport report = days.read(who, around());
        LocalDate today = LocalDate.ofInstant(report.generatedAt(), report.offset());
        DayRange range = new DayRange(today.minusDays(DAYS - 1), today);
        return new Trial(
                range,
                report,
                wanted,
                report.days().stream().filter(day -> range.contains(day.date())).toList(),
                merge.apply(range, report.said(), wanted));
    }

    /** The days, and one on each side: which day is today is known after reading. */
    private DayRange around() {
        LocalDate today = reader.todayInUtc();
        return new DayRange(today.minusDays(DAYS), today.plusDays(1));
    }
}
