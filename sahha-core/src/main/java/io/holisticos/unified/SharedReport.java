package io.holisticos.unified;

import io.holisticos.unified.AnswerWriter.Form;
import io.holisticos.unified.UnifiedReader.Reading;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** The report of one reading, and what was written of it, for all who share it. Thread-safe. */
final class SharedReport {

    private final Reading reading;
    private final UnifiedReport report;
    private final Map<Form, WrittenAnswer> written = new ConcurrentHashMap<>(2);

    /** @param reading by which it was read: of the first of those who share it */
    SharedReport(Reading reading, UnifiedReport report) {
        this.reading = reading;
        this.report = report;
    }

    Reading reading() {
        return reading;
    }

    UnifiedReport report() {
        return report;
    }

    /** Writes it at most once in each form. */
    WrittenAnswer written(Form form, Function<UnifiedReport, WrittenAnswer> writer) {
        return written.computeIfAbsent(form, any -> writer.apply(report));
    }
}
