package io.holisticos.unified;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.holisticos.health.Absence;
import io.holisticos.health.Measurement;
import io.holisticos.health.Metric;
import io.holisticos.health.Metric.Family;
import io.holisticos.health.Preferences;
import io.holisticos.health.SleepInterval;
import io.holisticos.health.SourceAnswer;
import io.holisticos.health.SourceAnswer.DataStatus;
import io.holisticos.health.SourceAnswer.Measured;
import io.holisticos.health.SourceDay;
import io.holisticos.health.SourceName;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
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
            "name", "because", "see", "through_app", "sahha", "whoop", "ring", "wishes", "deployment", "on", "expect");

    MergeCase {
        fields.fieldNames().forEachRemaining(field -> {
            if (!KNOWN.contains(field)) {
                throw new IllegalArgumentException(fields.path("name").asText() + ": there is no field " + field);
            }
        });
    }

    static List<MergeCase> all() {
        YAMLMapper mapper = YAMLMapper.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .build();
        try (InputStream file = MergeCase.class.getResourceAsStream("merge-cases.yml")) {
            List<MergeCase> all = new ArrayList<>();
            mapper.readTree(file).forEach(one -> all.add(new MergeCase(one)));
            return all;
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
                days.add(sourceDay(day(name), day));
                if (day.path("in_part").asBoolean()) {
                    inPart.add(day(name));
                }
            }
        });
        return new Measured(
                source, status, null, null, inPart.isEmpty() ? "complete" : "partial", null, days, inPart, 0);
    }

    private static SourceDay sourceDay(LocalDate date, JsonNode told) {
        List<Measurement> measurements = new ArrayList<>();
        Map<Metric, SourceName> relayed = new HashMap<>();
        Map<Metric, Absence> absent = new HashMap<>();
        told.fieldNames().forEachRemaining(name -> {
            JsonNode value = told.path(name);
            switch (name) {
                case "sleep", "offset", "in_part" -> {}
                case "relayed" ->
                    value.forEach(metric -> relayed.put(Metric.of(metric.asText()), UnifiedFixture.WHOOP));
                case "pending" -> value.forEach(metric -> absent.put(Metric.of(metric.asText()), Absence.PENDING));
                case "unscorable" ->
                    value.forEach(metric -> absent.put(Metric.of(metric.asText()), Absence.UNSCORABLE));
                default -> measurements.add(new Measurement(Metric.of(name), value.decimalValue()));
            }
        });
        return new SourceDay(
                date,
                List.of(),
                measurements,
                List.of(),
                null,
                told.has("offset") ? ZoneOffset.of(told.path("offset").asText()) : null,
                told.has("sleep") ? sleep(date, told.path("sleep").asText()) : null,
                relayed,
                absent);
    }

    private static SleepInterval sleep(LocalDate date, String text) {
        LocalTime start = LocalTime.parse(text.substring(0, 5));
        LocalTime end = LocalTime.parse(text.substring(6));
        LocalDate evening = start.isAfter(end) ? date.minusDays(1) : date;
        return new SleepInterval(moment(evening, start), moment(date, end));
    }

    private static Instant moment(LocalDate date, LocalTime time) {
        return date.atTime(time).toInstant(HOME);
    }

    private static LocalDate day(String ofMonth) {
        return MONTH.withDayOfMonth(Integer.parseInt(ofMonth));
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
