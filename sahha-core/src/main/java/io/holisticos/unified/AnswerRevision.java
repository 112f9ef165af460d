package io.holisticos.unified;

import io.holisticos.health.SourceAnswer;
import io.holisticos.health.SourceAnswer.Measured;
import io.holisticos.health.TimedAnswer;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;

/**
 * Names the state of an answer: whatever changes the answer changes the revision. It is made of what decides the answer, and not
 * of when that was looked at: each source's revision, status and coverage of the day, the day, and what the merge goes by. Where
 * a source does not count its changes, nobody can know whether anything changed, and no two answers have the same one.
 */
final class AnswerRevision {

    private AnswerRevision() {}

    /** Of one day, for {@code revision} in its answer; opaque to callers. */
    static String of(UnifiedReport report, MergedDay day) {
        StringBuilder state = new StringBuilder()
                .append(report.who().value())
                .append('\n')
                .append(day.date())
                .append('\n')
                .append(report.offset()) // the day may have none of its own
                .append('\n')
                .append(report.basis().rules())
                .append('\n')
                .append(report.basis().wishes())
                .append('\n')
                .append(day.completeness().missing()); // what is pending today is not so tomorrow
        for (TimedAnswer timed : report.answers()) {
            state.append('\n').append(stateOf(timed.answer(), day.date()));
        }
        return Fingerprint.of(state.toString());
    }

    /** Of several days, for their entity tag. */
    static String ofAll(List<String> revisions) {
        return revisions.size() == 1 ? revisions.get(0) : Fingerprint.of(String.join("\n", revisions));
    }

    private static String stateOf(SourceAnswer answer, LocalDate date) {
        if (answer instanceof Measured measured) {
            return measured.from() + " " + measured.statusOn(date) + " " + measured.coverageOn(date) + " "
                    + (measured.isCounted() ? measured.revision() : UUID.randomUUID());
        }
        return answer.from() + " " + answer.status();
    }
}
