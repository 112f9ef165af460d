package io.holisticos.sahha.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.sahha.api.SahhaTime;
import io.holisticos.sahha.data.SahhaDataLog;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads from an event which source recorded what and when. Values are not read; what is no log is left out. */
final class DataLogs {

    /** Sahha's sleep day ends at 18:00 (observed 2025-07), six hours before its date does. */
    private static final int HOURS_AFTER_SLEEP_DAY = 6;

    private static final int MAX_TYPE = 50;
    private static final int MAX_DATA_TYPE = 100;
    private static final int MAX_SOURCE = 200;

    private DataLogs() {}

    static List<SahhaDataLog> in(JsonNode event) {
        List<SahhaDataLog> logs = new ArrayList<>();
        for (JsonNode log : event.path("dataLogs")) {
            read(event, log).ifPresent(logs::add);
        }
        return logs;
    }

    private static Optional<SahhaDataLog> read(JsonNode event, JsonNode log) {
        String type =
                word(log.has("logType") ? log : event, "logType", MAX_TYPE).toLowerCase(Locale.ROOT);
        String dataType = word(log.has("dataType") ? log : event, "dataType", MAX_DATA_TYPE)
                .toLowerCase(Locale.ROOT);
        String source = word(log, "source", MAX_SOURCE);
        if (type.isEmpty() || dataType.isEmpty() || source.isEmpty()) {
            return Optional.empty();
        }
        return SahhaTime.find(log.path("startDateTime").textValue())
                .flatMap(start -> SahhaTime.find(log.path("endDateTime").textValue())
                        .flatMap(end -> log(type, dataType, source, start, end)));
    }

    /** The day is that of the clock that the member saw; an interval without offset is read as UTC, as rows are. */
    private static Optional<SahhaDataLog> log(
            String type, String dataType, String source, SahhaTime start, SahhaTime end) {
        Instant from = start.instant(ZoneOffset.UTC);
        Instant to = end.instant(ZoneOffset.UTC);
        LocalDate sleepDay =
                end.local().minusSeconds(1).plusHours(HOURS_AFTER_SLEEP_DAY).toLocalDate();
        LocalDate day = type.equals("sleep") ? sleepDay : start.local().toLocalDate();
        return to.isBefore(from)
                ? Optional.empty()
                : Optional.of(new SahhaDataLog(type, dataType, source, day, sleepDay, from, to));
    }

    /** Empty for what is no word, or none that can be stored. */
    private static String word(JsonNode node, String field, int most) {
        String text = node.path(field).asText("").strip();
        boolean storable = text.length() <= most
                && text.chars().noneMatch(Character::isISOControl)
                && StandardCharsets.UTF_8.newEncoder().canEncode(text);
        return storable ? text : "";
    }
}
