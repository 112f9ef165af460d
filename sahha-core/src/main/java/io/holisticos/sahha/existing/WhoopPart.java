package io.holisticos.sahha.existing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holisticos.health.CombinedReader;
import io.holisticos.health.CombinedReader.CombinedDay;
import io.holisticos.health.PlausibleDay;
import io.holisticos.health.Score;
import io.holisticos.health.SourceAnswer;
import io.holisticos.health.SourceAnswer.Measured;
import io.holisticos.health.SourceDay;
import io.holisticos.health.SourceDetails;
import io.holisticos.health.SourceName;
import io.holisticos.health.TimedAnswer;
import io.holisticos.health.UserId;
import io.holisticos.health.Workout;
import io.holisticos.trace.RequestContext;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the existing overview shows of WHOOP: its own words, and the metrics of all sources merged. Whatever fails there, Sahha's
 * part is answered.
 */
final class WhoopPart {

    private static final Logger log = LoggerFactory.getLogger(WhoopPart.class);

    private final SourceName whoop;
    private final CombinedReader combined;
    private final ObjectMapper mapper;

    /** @param combined reads WHOOP among all sources, within its time */
    WhoopPart(SourceName whoop, CombinedReader combined, ObjectMapper mapper) {
        this.whoop = whoop;
        this.combined = combined;
        this.mapper = mapper;
    }

    /**
     * What stands beside Sahha's part.
     *
     * @param combined null when nothing could be merged
     */
    record Beside(JsonNode whoop, @Nullable Map<String, Object> combined) {}

    /** Never throws: a failure has the status {@code unavailable}. */
    Beside read(UserId who, LocalDate date) {
        long begun = System.nanoTime();
        try {
            CombinedDay day = combined.read(who, date);
            day.answers()
                    .forEach(timed -> RequestContext.noteSource(
                            timed.answer().from().value(), timed.answer().status(), timed.took()));
            return new Beside(written(answerOfWhoop(day), date), day.metrics());
        } catch (RuntimeException unexpected) {
            log.error("event=include_whoop_failed", unexpected);
            RequestContext.noteSource(whoop.value(), "unavailable", Duration.ofNanos(System.nanoTime() - begun));
            return new Beside(JsonNodeFactory.instance.objectNode().put("status", "unavailable"), null);
        }
    }

    private SourceAnswer answerOfWhoop(CombinedDay day) {
        return day.answers().stream()
                .map(TimedAnswer::answer)
                .filter(answer -> answer.from().equals(whoop))
                .findFirst()
                .orElseGet(() -> new SourceAnswer.Disabled(whoop));
    }

    private JsonNode written(SourceAnswer answer, LocalDate date) {
        ObjectNode part = JsonNodeFactory.instance.objectNode();
        part.put("status", answer.status());
        if (answer instanceof Measured measured) {
            part.put("as_of", measured.asOf() == null ? null : measured.asOf().toString());
            SourceDay day = measured.days().stream()
                    .filter(candidate -> candidate.date().equals(date))
                    .findFirst()
                    .map(sourceDay -> PlausibleDay.of(sourceDay).day())
                    .orElse(null);
            writeDay(part, day);
        }
        return part;
    }

    private void writeDay(ObjectNode part, @Nullable SourceDay day) {
        ObjectNode scores = part.putObject("scores");
        ObjectNode metrics = part.putObject("metrics");
        var workouts = part.putArray("workouts");
        if (day == null) {
            return;
        }
        for (Score score : day.scores()) {
            ObjectNode written = scores.putObject(score.name());
            written.put("value", score.value());
            written.put("scale", score.scale().text());
            if (score.state() != null) {
                written.put("state", score.state());
            }
        }
        day.measurements()
                .forEach(measurement -> metrics.putObject(measurement.metric().key())
                        .put("value", measurement.value())
                        .put("unit", measurement.metric().unit()));
        for (Workout workout : day.workouts()) {
            workouts.add(written(workout));
        }
        SourceDetails details = day.details();
        if (details != null && mapper.valueToTree(details) instanceof ObjectNode written) {
            written.properties().forEach(field -> part.putIfAbsent(field.getKey(), field.getValue()));
        }
    }

    private static ObjectNode written(Workout workout) {
        ObjectNode written = JsonNodeFactory.instance.objectNode();
        written.put("id", workout.id());
        written.put("sport", workout.sport());
        written.put("start", workout.start().toString());
        written.put("end", workout.end().toString());
        written.put("state", workout.state());
        written.put("strain", workout.strain());
        written.put("energy_kcal", workout.energyKcal());
        written.put("distance_meter", workout.distanceMeter());
        written.put("average_heart_rate", workout.averageHeartRate());
        written.put("max_heart_rate", workout.maxHeartRate());
        written.properties().removeIf(field -> field.getValue().isNull());
        return written;
    }
}
