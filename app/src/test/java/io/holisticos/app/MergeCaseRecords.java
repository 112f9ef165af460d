package io.holisticos.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holisticos.app.ScriptedServer.Reply;
import io.holisticos.health.Metric;
import io.holisticos.health.Metric.Family;
import io.holisticos.health.MetricDefinition.Provider;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * What WHOOP and Sahha send so that their days are those of a case of {@code merge-cases.yml}: the records that the case tells
 * ({@code sends}), or else such as its days follow from. WHOOP's records always hold more than a case names.
 */
record MergeCaseRecords(int number, JsonNode one) {

    private static final LocalDate MONTH = LocalDate.parse("2026-11-01");
    private static final ZoneOffset HOME = ZoneOffset.ofHours(1);
    private static final BigDecimal KILOJOULE = new BigDecimal("4.184");
    private static final BigDecimal MILLIS = BigDecimal.valueOf(60_000);
    private static final BigDecimal EIGHT_HOURS = BigDecimal.valueOf(480);
    private static final List<String> STAGES = List.of("sleep.light", "sleep.deep", "sleep.rem");

    /** Two moments with their offsets. */
    private record Interval(OffsetDateTime start, OffsetDateTime end) {

        static Interval of(LocalDate date, String text) {
            if (text.contains("/")) {
                String[] ends = text.split("/");
                return new Interval(OffsetDateTime.parse(ends[0]), OffsetDateTime.parse(ends[1]));
            }
            LocalTime start = LocalTime.parse(text.substring(0, 5));
            LocalTime end = LocalTime.parse(text.substring(6));
            LocalDate evening = start.isAfter(end) ? date.minusDays(1) : date;
            return new Interval(
                    evening.atTime(start).atOffset(HOME), date.atTime(end).atOffset(HOME));
        }
    }

    LocalDate on() {
        return day(one.path("on").asText("22"));
    }

    boolean hasWhoop() {
        return one.path("whoop").isObject();
    }

    void sahhaTells(ScriptedSahha sahha, String member) {
        if (one.path("sahha").isTextual()) { // nobody by that name
            sahha.server().on(ScriptedSahha.PROFILE + member, Reply.status(404));
            return;
        }
        List<JsonNode> rows = new ArrayList<>();
        one.at("/sends/sahha").forEach(told -> rows.add(row(member + rows.size(), told)));
        if (rows.isEmpty()) {
            one.path("sahha")
                    .fields()
                    .forEachRemaining(entry -> rows(member, day(entry.getKey()), entry.getValue(), rows));
        }
        sahha.has(ScriptedSahha.BIOMARKERS, member, rows.toArray(JsonNode[]::new));
    }

    private ObjectNode row(String id, JsonNode told) {
        ObjectNode row =
                ScriptedSahha.biomarker(idOf(id), "activity", told.path("type").asText(), "", "count", on());
        row.setAll((ObjectNode) told);
        return row;
    }

    private static void rows(String member, LocalDate date, JsonNode told, List<JsonNode> rows) {
        ZoneOffset offset = ZoneOffset.of(told.path("offset").asText("+01:00"));
        if (told.has("sleep")) {
            Interval night = Interval.of(date, told.path("sleep").asText());
            rows.add(row(member, "sleep", "sleep_start_time", night.start().toString(), "none", date, offset));
            rows.add(row(member, "sleep", "sleep_end_time", night.end().toString(), "none", date, offset));
        }
        told.fieldNames()
                .forEachRemaining(name -> Metric.find(name)
                        .ifPresent(metric -> rows.add(row(
                                member,
                                categoryOf(metric),
                                fromOf("sahha", metric).get(0).substring("biomarker ".length()),
                                told.path(name).decimalValue().toPlainString(),
                                metric.unit(),
                                date,
                                offset))));
    }

    private static ObjectNode row(
            String member, String category, String type, String value, String unit, LocalDate date, ZoneOffset offset) {
        return ScriptedSahha.biomarker(idOf(member + type + date), category, type, value, unit, date)
                .put("startDateTime", date + "T00:00:00" + offset)
                .put("endDateTime", date + "T23:59:59" + offset);
    }

    private static String idOf(String text) {
        return UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8)).toString();
    }

    private static String categoryOf(Metric metric) {
        if (metric.family() == Family.SLEEP) {
            return "sleep";
        }
        return metric.family() == Family.ACTIVITY || metric.family() == Family.ENERGY ? "activity" : "vitals";
    }

    void whoopTells(ScriptedWhoop whoop) {
        List<JsonNode> cycles = new ArrayList<>();
        List<JsonNode> sleeps = new ArrayList<>();
        List<JsonNode> recoveries = new ArrayList<>();
        JsonNode sent = one.at("/sends/whoop");
        sent.forEach(told -> cycle(told, cycles, sleeps, recoveries));
        if (cycles.isEmpty()) {
            today(one.path("whoop").path("22"), cycles, sleeps, recoveries);
        }
        whoop.has(ScriptedWhoop.CYCLES, cycles.toArray(JsonNode[]::new));
        whoop.has(ScriptedWhoop.SLEEPS, sleeps.toArray(JsonNode[]::new));
        whoop.has(ScriptedWhoop.RECOVERIES, recoveries.toArray(JsonNode[]::new));
    }

    /** A cycle as the case tells it. */
    private void cycle(JsonNode told, List<JsonNode> cycles, List<JsonNode> sleeps, List<JsonNode> recoveries) {
        String[] ends = told.path("cycle").asText().split("/");
        OffsetDateTime start = OffsetDateTime.parse(ends[0]);
        long id = 1_700_000L + number * 100L + cycles.size();
        ObjectNode cycle = cycle(id, start.toInstant(), told)
                .put("timezone_offset", start.getOffset().getId());
        if (ends.length == 2) {
            cycle.put("end", OffsetDateTime.parse(ends[1]).toInstant().toString());
        }
        cycles.add(stated(cycle, told.path("state").asText()));
        List<ObjectNode> nights = new ArrayList<>();
        told.path("sleeps").forEach(text -> nights.add(sleep(id, text.asText(), false)));
        nights.forEach(
                night -> sleeps.add(stated(night, told.path("sleep_state").asText())));
        told.path("naps").forEach(text -> sleeps.add(sleep(id, text.asText(), true)));
        JsonNode recovery = told.path("recovery");
        if (recovery.isObject()) {
            JsonNode night = nights.get(recovery.path("of").asInt(1) - 1);
            UUID ofNight = UUID.fromString(night.path("id").asText());
            Instant scored = Instant.parse(night.path("end").asText()).plusSeconds(600);
            if (recovery.has("again")) {
                recoveries.add(recovery(id, ofNight, scored.plusSeconds(3_600), recovery.path("again")));
            }
            recoveries.add(recovery(id, ofNight, scored, recovery));
        }
    }

    private static ObjectNode cycle(long id, Instant start, JsonNode told) {
        ObjectNode cycle = ScriptedWhoop.cycle(id, start);
        cycle.putNull("end");
        cycle.set("step_count", told.path("steps").isMissingNode() ? cycle.nullNode() : told.path("steps"));
        if (told.has("energy.total")) {
            ((ObjectNode) cycle.path("score"))
                    .put("kilojoule", told.path("energy.total").decimalValue().multiply(KILOJOULE));
        }
        return cycle;
    }

    private ObjectNode sleep(long cycleId, String text, boolean nap) {
        Interval asleep = Interval.of(on(), text);
        Instant start = asleep.start().toInstant();
        UUID id = UUID.nameUUIDFromBytes((number + text).getBytes(StandardCharsets.UTF_8));
        ObjectNode sleep = ScriptedWhoop.sleep(id, cycleId, start)
                .put("end", asleep.end().toInstant().toString())
                .put("timezone_offset", asleep.start().getOffset().getId())
                .put("nap", nap);
        BigDecimal minutes = BigDecimal.valueOf(
                Duration.between(start, asleep.end().toInstant()).toMinutes());
        stages(
                sleep,
                JsonNodeFactory.instance
                        .objectNode()
                        .put("sleep.in_bed", minutes)
                        .put("sleep.duration", minutes));
        return sleep;
    }

    private static ObjectNode stated(ObjectNode record, String state) {
        return state.isEmpty() ? record : record.put("score_state", state).putNull("score");
    }

    /** A cycle from the evening before, and where a value or a state comes from them, its night and its recovery. */
    private void today(JsonNode told, List<JsonNode> cycles, List<JsonNode> sleeps, List<JsonNode> recoveries) {
        LocalDate today = on();
        long id = 170_000L + number;
        UUID nightId = new UUID(17, number);
        Interval night = Interval.of(today, told.path("sleep").asText("23:00-07:00"));
        Instant start = night.start().toInstant();
        cycles.add(cycle(id, start, told));
        if (told.has("sleep") || isOf("recovery", told) || isOf("sleep", told)) {
            ObjectNode sleep = ScriptedWhoop.sleep(nightId, id, start)
                    .put("end", night.end().toInstant().toString());
            stages(sleep, told);
            sleeps.add(sleep);
            recoveries.add(recovery(id, nightId, start.plusSeconds(32_400), told));
        }
    }

    /** Where the time asleep is told, the stages that are not told are none, so that the whole fits its parts. */
    private static void stages(ObjectNode sleep, JsonNode told) {
        ObjectNode stages = (ObjectNode) sleep.at("/score/stage_summary");
        if (told.has("sleep.duration")) {
            BigDecimal inBed =
                    told.has("sleep.in_bed") ? told.path("sleep.in_bed").decimalValue() : EIGHT_HOURS;
            stages.put("total_in_bed_time_milli", millis(inBed));
            stages.put(
                    "total_awake_time_milli",
                    millis(inBed.subtract(told.path("sleep.duration").decimalValue())));
            STAGES.forEach(stage -> stages.put(fieldOf("sleep", stage).get(0), 0));
        }
        STAGES.stream()
                .filter(told::has)
                .forEach(stage -> stages.put(
                        fieldOf("sleep", stage).get(0), millis(told.path(stage).decimalValue())));
    }

    private static long millis(BigDecimal minutes) {
        return minutes.multiply(MILLIS).longValueExact();
    }

    private static ObjectNode recovery(long cycleId, UUID night, Instant scored, JsonNode told) {
        ObjectNode recovery = ScriptedWhoop.recovery(cycleId, night, scored);
        for (String state : List.of("pending", "unscorable")) {
            if (told.has(state)) {
                return stated(recovery, state.equals("pending") ? "PENDING_SCORE" : "UNSCORABLE");
            }
        }
        ObjectNode score = (ObjectNode) recovery.path("score");
        score.putNull("spo2_percentage").putNull("skin_temp_celsius");
        told.fieldNames()
                .forEachRemaining(name -> fieldOf("recovery", name)
                        .forEach(field -> score.put(field, told.path(name).decimalValue())));
        return stated(recovery, told.path("state").asText());
    }

    private static boolean isOf(String record, JsonNode told) {
        List<String> names = new ArrayList<>();
        told.fieldNames().forEachRemaining(names::add);
        return names.stream().anyMatch(name -> !fieldOf(record, name).isEmpty());
    }

    /** The field of this kind of WHOOP's records that a metric is taken from, by the registry. */
    private static List<String> fieldOf(String record, String name) {
        return Metric.find(name).stream()
                .flatMap(metric -> fromOf("whoop", metric).stream())
                .filter(from -> from.startsWith(record + " score."))
                .map(from -> from.substring(from.lastIndexOf('.') + 1))
                .toList();
    }

    private static List<String> fromOf(String source, Metric metric) {
        return metric.definition().providedBy().stream()
                .filter(provider -> provider.source().value().equals(source))
                .map(Provider::from)
                .toList();
    }

    /** A date, or a day of November 2026. */
    private static LocalDate day(String text) {
        return text.length() > 2 ? LocalDate.parse(text) : MONTH.withDayOfMonth(Integer.parseInt(text));
    }
}
