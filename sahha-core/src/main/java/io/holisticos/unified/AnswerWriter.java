package io.holisticos.unified;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.holisticos.health.SourceName;
import io.holisticos.unified.WrittenAnswer.Said;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Writes reports as the routes answer them, day by day. Thread-safe. */
final class AnswerWriter {

    private final ObjectWriter json;
    private final SourceName whoop;

    /** What a route answers. */
    enum Form {
        /** The single day of a report. */
        OVERVIEW,
        /** All days of a report. */
        DAYS,
        /** The same without the records of the sources themselves. */
        MERGED_DAYS,
        /** How each source stands to the person today. */
        SOURCES
    }

    /** @param whoop the source of {@code enhanced_with_whoop} */
    AnswerWriter(ObjectMapper json, SourceName whoop) {
        this.json = json.writer();
        this.whoop = whoop;
    }

    /** @throws IllegalStateException when something of it cannot be written */
    WrittenAnswer write(Form form, UnifiedRequest request, UnifiedReport report) {
        GappedJson out = new GappedJson();
        try (JsonGenerator generator = json.createGenerator(out)) {
            String revision = write(form, request, report, generator);
            generator.flush();
            return new WrittenAnswer(out, revision, saidBySources(report), report.isWhole());
        } catch (IOException e) { // nothing is sent here: a value that has no JSON
            throw new IllegalStateException("an answer could not be written as JSON", e);
        }
    }

    /** Returns the revision of all that is written. */
    private String write(Form form, UnifiedRequest request, UnifiedReport report, JsonGenerator generator)
            throws IOException {
        switch (form) {
            case OVERVIEW -> {
                DayAnswer day = DayAnswer.overview(report, request.period().text(), whoop);
                json.writeValue(generator, day);
                return day.revision();
            }
            case DAYS -> {
                return writeAll(report, merged -> DayAnswer.oneOfMany(report, merged, whoop), generator);
            }
            case MERGED_DAYS -> {
                return writeAll(report, merged -> DayAnswer.onlyMerged(report, merged, whoop), generator);
            }
            case SOURCES -> {
                json.writeValue(generator, SourcesAnswer.of(report));
                return ""; // has no entity tag
            }
        }
        throw new IllegalArgumentException("no such form: " + form);
    }

    private String writeAll(UnifiedReport report, Function<MergedDay, DayAnswer> answerOf, JsonGenerator generator)
            throws IOException {
        List<String> revisions = new ArrayList<>();
        generator.writeStartArray();
        for (MergedDay merged : report.days()) {
            DayAnswer day = answerOf.apply(merged);
            json.writeValue(generator, day);
            revisions.add(day.revision());
        }
        generator.writeEndArray();
        return AnswerRevision.ofAll(revisions);
    }

    private static List<Said> saidBySources(UnifiedReport report) {
        return report.said().stream()
                .map(answer -> new Said(answer.from().value(), answer.status()))
                .toList();
    }
}
