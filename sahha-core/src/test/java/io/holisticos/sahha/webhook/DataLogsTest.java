package io.holisticos.sahha.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.sahha.data.SahhaDataLog;
import io.holisticos.sahha.data.SahhaEvent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which source recorded what, by Sahha's event of raw samples; never what it measured. */
class DataLogsTest {

    private static final String TYPE = "DataLogReceivedIntegrationEvent";

    @Test
    void theDocumentedEventIsUnderstood() throws IOException {
        byte[] body;
        try (InputStream in =
                DataLogsTest.class.getResourceAsStream("/fixtures/sahha/webhook.data-log-received.json")) {
            body = in.readAllBytes();
        }

        assertThat(SahhaEventParser.parse(body, TYPE)).singleElement().satisfies(event -> {
            assertThat(event.kind()).isNull();
            assertThat(event.logs())
                    .containsExactly(new SahhaDataLog(
                            "sleep",
                            "sleep_stage_deep",
                            "com.example.synthetic",
                            LocalDate.parse("2025-09-24"),
                            LocalDate.parse("2025-09-24"),
                            Instant.parse("2025-09-24T05:10:00Z"),
                            Instant.parse("2025-09-24T05:44:00Z")));
        });
        assertThat(SahhaEventParser.parse(body, "BiomarkerCreatedIntegrationEvent"))
                .singleElement()
                .satisfies(event -> assertThat(event.logs()).isEmpty());
    }

    @ParameterizedTest(name = "{0} {1} to {2}")
    @CsvSource({
        "sleep, 2026-11-21T23:10:00+01:00, 2026-11-21T23:50:00+01:00, 2026-11-22, 2026-11-22",
        "sleep, 2026-11-22T01:10:00+01:00, 2026-11-22T07:50:00+01:00, 2026-11-22, 2026-11-22",
        "Sleep, 2026-11-22T14:10:00+01:00, 2026-11-22T18:00:00+01:00, 2026-11-22, 2026-11-22",
        "sleep, 2026-11-22T17:10:00+01:00, 2026-11-22T18:10:00+01:00, 2026-11-23, 2026-11-23",
        "heart, 2026-11-21T23:10:00+01:00, 2026-11-22T00:10:00+01:00, 2026-11-21, 2026-11-22",
        "oxygen, 2026-11-21T23:10:00+01:00, 2026-11-22T07:00:00+01:00, 2026-11-21, 2026-11-22",
        "activity, 2026-11-22T23:30:00-11:00, 2026-11-22T23:45:00-11:00, 2026-11-22, 2026-11-23",
        "activity, 2026-11-22T23:30, 2026-11-22T23:45, 2026-11-22, 2026-11-23",
        "activity, 2026-11-22 00:10:00.250+13:00, 2026-11-22 00:20:00.500+13:00, 2026-11-22, 2026-11-22"
    })
    void theDayIsTheMembersAndThatOfASleepIsItsEnds(
            String type, String start, String end, LocalDate day, LocalDate sleepDay) {
        assertThat(logs(type, "x", "app", start, end)).singleElement().satisfies(log -> {
            assertThat(log.day()).isEqualTo(day);
            assertThat(log.sleepDay()).isEqualTo(sleepDay);
            assertThat(log.logType()).isEqualTo(type.toLowerCase(java.util.Locale.ROOT));
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "7",
                "{}",
                "{\"source\":\"app\"}",
                "{\"source\":\"\",\"startDateTime\":\"2026-11-22T01:00Z\",\"endDateTime\":\"2026-11-22T02:00Z\"}",
                "{\"source\":\"a\\u0000b\",\"startDateTime\":\"2026-11-22T01:00Z\",\"endDateTime\":\"2026-11-22T02:00Z\"}",
                "{\"source\":\"a\\ud800b\",\"startDateTime\":\"2026-11-22T01:00Z\",\"endDateTime\":\"2026-11-22T02:00Z\"}",
                "{\"source\":\"app\",\"startDateTime\":\"2026-11-22T03:00Z\",\"endDateTime\":\"2026-11-22T02:00Z\"}",
                "{\"source\":\"app\",\"startDateTime\":\"0001-01-01T03:00Z\",\"endDateTime\":\"2026-11-22T02:00Z\"}",
                "{\"source\":\"app\",\"startDateTime\":1,\"endDateTime\":2}",
                "{\"source\":\"app\",\"logType\":7,\"startDateTime\":\"2026-11-22T01:00Z\",\"endDateTime\":null}"
            })
    void whatIsNoLogIsLeftOutAndTheOthersAreRead(String log) {
        String good =
                "{\"source\":\"app\",\"startDateTime\":\"2026-11-22T01:00Z\",\"endDateTime\":\"2026-11-22T02:00Z\"}";
        String body = "{\"externalId\":\"anna\",\"logType\":\"heart\",\"dataType\":\"heart_rate\",\"dataLogs\":[" + log
                + "," + good + "]}";

        assertThat(parsed(body).get(0).logs()).extracting(SahhaDataLog::source).containsExactly("app");
    }

    @Test
    void aSourceOfAbsurdLengthIsNoSource() {
        assertThat(logs("heart", "heart_rate", "x".repeat(201), "2026-11-22T01:00Z", "2026-11-22T02:00Z"))
                .isEmpty();
    }

    @Test
    void anEventWithoutLogsIsOne() {
        for (String logs : List.of("null", "[]", "7", "{}")) {
            assertThat(parsed("{\"externalId\":\"anna\",\"logType\":\"heart\",\"dataLogs\":" + logs + "}"))
                    .singleElement()
                    .satisfies(event -> assertThat(event.logs()).isEmpty());
        }
    }

    private static List<SahhaDataLog> logs(String type, String dataType, String source, String start, String end) {
        return parsed("""
                        {"externalId":"anna","logType":"%s","dataType":"%s","dataLogs":[
                          {"value":34.0,"unit":"minute","source":"%s","startDateTime":"%s","endDateTime":"%s"}]}""".formatted(type, dataType, source, start, end)).get(0).logs();
    }

    private static List<SahhaEvent> parsed(String body) {
        return SahhaEventParser.parse(body.getBytes(StandardCharsets.UTF_8), TYPE);
    }
}
