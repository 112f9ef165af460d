package io.holisticos.unified;

import io.holisticos.health.Preferences;
import io.holisticos.health.SourceAnswer;
import io.holisticos.health.SourceAnswer.Unavailable;
import io.holisticos.health.TimedAnswer;
import io.holisticos.health.UserId;
import io.holisticos.unified.WrittenAnswer.Times;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

/**
 * The result of one reading of all sources.
 *
 * @param offset the offset of the newest observation of any source, which decides what is today
 * @param member the person's own wishes, by which the days are merged
 * @param answers one of each source, in the order they were read
 * @param days all days asked for, oldest first
 * @param basis what the days were merged by, beside the answers
 */
record UnifiedReport(
        UserId who,
        Instant generatedAt,
        ZoneOffset offset,
        Preferences member,
        List<TimedAnswer> answers,
        List<MergedDay> days,
        Duration mergeTime,
        Duration totalTime,
        MergeBasis basis) {

    UnifiedReport {
        answers = List.copyOf(answers);
        days = List.copyOf(days);
    }

    /** Whether each source could be asked. What one that is away would have said is missing from every day. */
    boolean isWhole() {
        return answers.stream().noneMatch(timed -> timed.answer() instanceof Unavailable);
    }

    /** When this was answered, and how long everything took. */
    Times times() {
        return new Times(
                generatedAt, totalTime, answers.stream().map(TimedAnswer::took).toList(), mergeTime);
    }

    /** What the sources said, without how long it took. */
    List<SourceAnswer> said() {
        return answers.stream().map(TimedAnswer::answer).toList();
    }
}
