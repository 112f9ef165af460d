package io.holisticos.unified;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holisticos.health.DayRange;
import io.holisticos.unified.MergedDay.Candidate;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * The same answers of sources give the same day for as long as {@link DayMerge#VERSION} is the same: it is part of the revision,
 * by which callers keep days. What the cases of {@code merge-cases.yml} give is recorded by a fingerprint for each.
 */
class MergeVersionTest {

    private static final String RECORD = "merge-answers-" + DayMerge.VERSION + ".txt";

    /** A case that was changed since says nothing; with too few left, nothing would be shown. */
    private static final int FEWEST = 60;

    @Test
    void withoutAnotherVersionTheSameAnswersGiveTheSameDay() throws IOException {
        Map<String, String> given = new TreeMap<>();
        MergeCase.all().forEach(one -> given.put(questionOf(one), answerOf(one)));
        Path now = Files.writeString(Path.of("target", RECORD), text(given));
        String toDo =
                "%ncopy %s to sahha-core/src/test/resources/io/holisticos/unified".formatted(now.toAbsolutePath());

        Map<String, String> recorded = recorded(toDo);
        List<String> others = new ArrayList<>();
        int known = 0;
        for (MergeCase one : MergeCase.all()) {
            String before = recorded.get(questionOf(one));
            known += before == null ? 0 : 1;
            if (before != null && !before.equals(answerOf(one))) {
                others.add(one.name());
            }
        }

        assertThat(others)
                .as(
                        "the same answers give another day: raise DayMerge.VERSION if a version was released with %s;%s",
                        DayMerge.VERSION, toDo)
                .isEmpty();
        assertThat(known).as("cases as they were recorded;" + toDo).isGreaterThanOrEqualTo(FEWEST);
    }

    private static Map<String, String> recorded(String toDo) throws IOException {
        try (InputStream file = MergeVersionTest.class.getResourceAsStream(RECORD)) {
            assertThat(file)
                    .as("the record of version " + DayMerge.VERSION + ";" + toDo)
                    .isNotNull();
            Map<String, String> recorded = new TreeMap<>();
            new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.split(" "))
                    .forEach(pair -> recorded.put(pair[0], pair[1]));
            return recorded;
        }
    }

    /** All of the case but its words and what it expects. */
    private static String questionOf(MergeCase one) {
        ObjectNode question = one.fields().deepCopy();
        question.remove(List.of("name", "because", "see", "through_app", "expect"));
        return Fingerprint.of(question.toString());
    }

    private static String answerOf(MergeCase one) {
        MergedDay day = one.merge()
                .apply(DayRange.of(one.on()), one.answers(), one.wishes())
                .get(0);
        StringBuilder answer = new StringBuilder(day.date() + " " + day.offset() + " " + day.sources());
        day.scores().forEach(score -> answer.append('\n').append(score));
        day.metrics().forEach(metric -> {
            answer.append('\n').append(metric.metric().key()).append(' ').append(metric.verdict());
            append(answer, metric.shown());
            metric.others().forEach(other -> append(answer, other));
        });
        day.workouts()
                .forEach(workout -> workout.members()
                        .forEach(member ->
                                answer.append('\n').append(member.source()).append(member.id())));
        return Fingerprint.of(answer.append('\n').append(day.completeness()).toString());
    }

    private static void append(StringBuilder answer, Candidate candidate) {
        answer.append(' ')
                .append(candidate.source())
                .append(' ')
                .append(candidate.measurement().metric().key())
                .append(' ')
                .append(candidate.value().toPlainString())
                .append(' ')
                .append(candidate.echoOf());
    }

    private static String text(Map<String, String> given) {
        StringBuilder text = new StringBuilder();
        given.forEach((question, answer) ->
                text.append(question).append(' ').append(answer).append('\n'));
        return text.toString();
    }
}
