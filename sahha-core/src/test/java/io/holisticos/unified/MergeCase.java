package io.holisticos.unified;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.holisticos.health.Absence;
import io.holisticos.health.Lineage;
import io.holisticos.health.Measurement;
import io.holisticos.health.Metric;
import io.holisticos.health.Metric.Family;
import io.holisticos.health.Preferences;
import io.holisticos.health.Score;
import io.holisticos.health.ScoreDefinition;
import io.holisticos.health.SleepInterval;
import io.holisticos.health.SourceAnswer;
import io.holisticos.health.SourceAnswer.DataStatus;
import io.holisticos.health.SourceAnswer.Measured;
import io.holisticos.health.SourceDay;
import io.holisticos.health.SourceName;
import io.holisticos.health.Workout;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One case of {@code merge-cases.yml}; what its fields mean is said there. */
record MergeCase(JsonNode fields) {

    private static final LocalDate MONTH = LocalDate.parse("2026-11-01");
    private static final ZoneOffset HOME = ZoneOffset.ofHours(1);
    private static final SourceName RING = new SourceName("ring");
    private static final Set<String> KNOWN = Set.of(
            "name",
            "because",
            "see",
            "through_app",
            "sends",
            "sahha",
            "whoop",
            "ring",
            "wishes",
            "deployment",
            "on",
            "expect",
            "day");

    /** Read once: a run of planted faults asks for them many thousand times. Whoever changes one copies it first. */
    private static final List<MergeCase> ALL = read();

    MergeCase {
        fields.fieldNames().forEachRemaining(field -> {
            if (!KNOWN.contains(field)) {
                throw new IllegalArgumentException(fields.path("name").asText() + ": there is no field " + field);
            }
        });
    }

    static List<MergeCase> all() {
        return ALL;
    }

    private static List<MergeCase> read() {
        YAMLMapper mapper = YAMLMapper.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .build();
        try (InputStream file = MergeCase.class.getResourceAsStream("merge-cases.yml")) {
            List<MergeCase> all = new ArrayList<>();
            mapper.readTree(file).forEach(one -> all.add(new MergeCase(one)));
            return List.copyOf(all);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String name() {
        return fields.path("name").asText();
    }

    LocalDate on() {
        return day(fields.path("on").asText("22"));
    }

    JsonNode expect() {
        return fields.path("expect");
    }

    /** What is expected of the day beside its metrics. */
    JsonNode expectedDay() {
        return fields.path("day");
    }

    Preferences wishes() {
        return preferences(fields.path("wishes"));
    }

    DayMerge merge() {
        Precedence precedence = new Precedence(
                Preferences.NONE, preferences(fields.path("deployment")), UnifiedFixture.PRECEDENCE.byDefault());
        return new DayMerge(
                precedence,
                new OfferedMetrics(Map.of(
                        UnifiedFixture.SAHHA,
                        Metric.providedBy(UnifiedFixture.SAHHA),
                        UnifiedFixture.WHOOP,
                        Metric.providedBy(UnifiedFixture.WHOOP),
                        RING,
                        Set.of())),
                UnifiedFixture.ECHOES);
    }

    List<SourceAnswer> answers() {
        return Stream.of(UnifiedFixture.SAHHA, UnifiedFixture.WHOOP, RING)
                .filter(source -> fields.has(source.value()))
                .map(source -> answer(source, fields.path(source.value())))
                .toList();
    }

    private static SourceAnswer answer(SourceName source, JsonNode told) {
        if (told.isTextual()) {
            return switch (told.asText()) {
                case "not_connected" -> new SourceAnswer.NotConnected(source);
                case "disabled" -> new SourceAnswer.Disabled(source);
                case "excluded" -> new SourceAnswer.Excluded(source);
                case "unavailable" -> new SourceAnswer.Unavailable(source, Duration.ofSeconds(30));
                default -> throw new IllegalArgumentException("no answer is called " + told.asText());
            };
        }
        DataStatus status =
                DataStatus.valueOf(told.path("status").asText("current").toUpperCase(Locale.ROOT));
        List<SourceDay> days = new ArrayList<>();
        Set<LocalDate> inPart = new HashSet<>();
        told.fieldNames().forEachRemaining(name -> {
            if (!name.equals("status")) {
                JsonNode day = told.path(name);
                days.add(sourceDay(source, day(name), day));
                if (day.path("in_part").asBoolean()) {
                    inPart.add(day(name));
                }
            }
        });
        return new Measured(
                source, status, null, null, inPart.isEmpty() ? "complete" : "partial", null, days, inPart, 0);
    }

    private static SourceDay sourceDay(SourceName source, LocalDate date, JsonNode told) {
        ZoneOffset offset =
                told.has("offset") ? ZoneOffset.of(told.path("offset").asText()) : null;
        SleepInterval sleep = told.has("sleep") ? sleep(date, told.path("sleep").asText()) : null;
        Lineage lineage = new Lineage(
                null,
                sleep == null ? null : sleep.start(),
                sleep == null ? null : sleep.end(),
                offset == null ? HOME : offset,
                null);
        List<Measurement> measurements = new ArrayList<>();
        Map<Metric, SourceName> relayed = new HashMap<>();
        Map<Metric, Absence> absent = new HashMap<>();
        told.fieldNames().forEachRemaining(name -> {
            JsonNode value = told.path(name);
            switch (name) {
                case "sleep", "offset", "in_part", "scores", "workouts" -> {}
                case "relayed" ->
                    value.forEach(metric -> relayed.put(Metric.of(metric.asText()), UnifiedFixture.WHOOP));
                case "pending" -> value.forEach(metric -> absent.put(Metric.of(metric.asText()), Absence.PENDING));
                case "unscorable" ->
                    value.forEach(metric -> absent.put(Metric.of(metric.asText()), Absence.UNSCORABLE));
                default -> measurements.add(new Measurement(Metric.of(name), value.decimalValue(), lineage));
            }
        });
        return new SourceDay(
                date,
                scores(told.path("scores")),
                measurements,
                workouts(source, date, told.path("workouts")),
                null,
                offset,
                sleep,
                relayed,
                absent);
    }

    private static List<Score> scores(JsonNode told) {
        return ScoreDefinition.all().stream()
                .filter(score -> told.has(score.name()))
                .map(score -> new Score(score.name(), told.path(score.name()).decimalValue(), score.scale(), null))
                .toList();
    }

    /** WHOOP's are scored; Sahha only tells when there was exercise. */
    private static List<Workout> workouts(SourceName source, LocalDate date, JsonNode told) {
        List<Workout> workouts = new ArrayList<>();
        told.forEach(one -> {
            String[] words = one.asText().split(" ", 2);
            LocalTime start = LocalTime.parse(words[0].substring(0, 5));
            LocalTime end = LocalTime.parse(words[0].substring(6));
            boolean scored = source.equals(UnifiedFixture.WHOOP);
            workouts.add(new Workout(
                    source + " " + one.asText(),
                    source,
                    words[1],
                    date.atTime(start).atOffset(HOME),
                    date.atTime(end).atOffset(HOME),
                    scored ? "SCORED" : null,
                    scored ? BigDecimal.TEN : null,
                    null,
                    null,
                    null,
                    null));
        });
        return workouts;
    }

    /** Two times at home, or two moments with their offsets. */
    private static SleepInterval sleep(LocalDate date, String text) {
        if (text.contains("/")) {
            String[] ends = text.split("/");
            return new SleepInterval(
                    OffsetDateTime.parse(ends[0]).toInstant(),
                    OffsetDateTime.parse(ends[1]).toInstant());
        }
        LocalTime start = LocalTime.parse(text.substring(0, 5));
        LocalTime end = LocalTime.parse(text.substring(6));
        LocalDate evening = start.isAfter(end) ? date.minusDays(1) : date;
        return new SleepInterval(moment(evening, start), moment(date, end));
    }

    private static Instant moment(LocalDate date, LocalTime time) {
        return date.atTime(time).toInstant(HOME);
    }

    /** A date, or a day of November 2026. */
    private static LocalDate day(String text) {
        return text.length() > 2 ? LocalDate.parse(text) : MONTH.withDayOfMonth(Integer.parseInt(text));
    }

    private static Preferences preferences(JsonNode told) {
        Map<Family, List<SourceName>> byFamily = new EnumMap<>(Family.class);
        told.path("by_family")
                .fields()
                .forEachRemaining(entry ->
                        byFamily.put(Family.valueOf(entry.getKey().toUpperCase(Locale.ROOT)), names(entry.getValue())));
        Map<Metric, List<SourceName>> byMetric = new TreeMap<>();
        told.path("by_metric")
                .fields()
                .forEachRemaining(entry -> byMetric.put(Metric.of(entry.getKey()), names(entry.getValue())));
        return new Preferences(names(told.path("order")), byFamily, byMetric);
    }

    private static List<SourceName> names(@Nullable JsonNode list) {
        List<SourceName> names = new ArrayList<>();
        if (list != null) {
            list.forEach(name -> names.add(new SourceName(name.asText())));
        }
        return names;
    }

    @Override
    public String toString() {
        return name();
    }
}
