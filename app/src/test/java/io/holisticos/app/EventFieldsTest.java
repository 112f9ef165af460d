package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.LayoutBase;
import ch.qos.logback.core.pattern.PatternLayoutBase;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EventFieldsTest {

    private final LoggerContext context = new LoggerContext();
    private final Logger logger = context.getLogger("io.holisticos.some.Place");

    @BeforeEach
    void haveAnEmptyContext() {
        context.setMDCAdapter(new LogbackMDCAdapter());
    }

    @Test
    void keysComeFromTheTextAndValuesFromTheArguments() {
        LoggingEvent line =
                line("event=sync_done kind={} records={} by=\"{} and {}\" fixed=yes", "first", 12, "a b", "c");

        assertThat(EventFields.of(line))
                .containsExactlyEntriesOf(ordered(
                        "event", "sync_done", "kind", "first", "records", 12, "by", "a b and c", "fixed", "yes"));
    }

    @Test
    void aValueThatLooksLikeAFieldIsNone() {
        assertThat(EventFields.of(line("event=x reason=\"{}\"", "\" level=ERROR event=security")))
                .containsOnlyKeys("event", "reason");
        assertThat(EventFields.of(line("event=x reason={} n={}", "a admin=true", 3)))
                .containsExactlyEntriesOf(ordered("event", "x", "reason", "a admin=true", "n", 3));
    }

    @Test
    void placesBetweenFieldsAreCountedToo() {
        assertThat(EventFields.of(line("event=x {} n={}", "skipped", 3))).containsEntry("n", 3);
    }

    @Test
    void aMissingArgumentIsNoTrouble() {
        assertThat(EventFields.of(line("event=x n={}"))).containsEntry("n", "{}");
    }

    @Test
    void linesOfOthersHaveNoFields() {
        assertThat(EventFields.of(line("HHH000204: Processing name=value"))).isEmpty();
    }

    @Test
    void theJsonHasTheFieldsAndTheIdsOfTheRequestAndItsOwnFieldsWin() throws Exception {
        LayoutBase<ILoggingEvent> layout = new EventLayout().build(context, TimeZone.getTimeZone("UTC"));
        layout.start();
        LoggingEvent line = line("event=x level=none records={}", 12);
        line.setMDCPropertyMap(Map.of("request_id", "r-1", "trace_id", "t-1"));

        JsonNode json = new ObjectMapper().readTree(layout.doLayout(line));

        assertThat(json.path("event").asText()).isEqualTo("x");
        assertThat(json.path("records").isInt()).isTrue();
        assertThat(json.path("level").asText()).isEqualTo("INFO");
        assertThat(json.path("request_id").asText()).isEqualTo("r-1");
        assertThat(json.path("trace_id").asText()).isEqualTo("t-1");
    }

    @Test
    void everyLineSaysWhoseItIsOnceTheReplicaHasItsName() throws Exception {
        context.putProperty(Replica.FIELD, "replica-2");

        assertThat(new ObjectMapper()
                        .readTree(written(line("event=x replica=other")))
                        .path("replica")
                        .asText())
                .isEqualTo("replica-2");
        assertThat(written(line("Started in {} ms", 3))).contains("\"replica\":\"replica-2\"");
    }

    @Test
    void aReplicaWithoutANameOfItsOwnHasThatOfItsHost() {
        assertThat(Replica.named("replica-2").name()).isEqualTo("replica-2");
        assertThat(Replica.named("").name()).isNotBlank();
    }

    @Test
    void whatTheFieldsSayIsNotSaidAgainAndNoThreadIsNamed() throws Exception {
        LoggingEvent line = line("event=x records={}", 12);
        line.setThreadName("dw-7 - GET /api/v1/whoop/callback?code=abc");
        LoggingEvent beside = line("event=x records={} of them, and more", 12);

        assertThat(names(line)).containsExactlyInAnyOrder("timestamp", "level", "event", "records");
        assertThat(names(beside)).contains("message", "records");
        assertThat(names(line("Started in {} ms", 3)))
                .contains("message", "logger")
                .doesNotContain("thread");
    }

    @Test
    void aLineThatIsNotOursTellsNoAddress() throws Exception {
        LoggingEvent line = line("failed: {}", "GET /api/v1/whoop/callback?code=abcdefg&state=hijklmn");
        LoggingEvent thrown = new LoggingEvent(
                "caller",
                logger,
                Level.ERROR,
                "event=unexpected_error",
                new IllegalArgumentException("Illegal character at https://host/connect/some-link?state=hijklmn"),
                new Object[0]);

        for (LoggingEvent event : List.of(line, thrown)) {
            PatternLayoutBase<ILoggingEvent> text = new TextLayout().build(context, TimeZone.getTimeZone("UTC"));
            text.start();
            assertThat(text.doLayout(event)).doesNotContain("abcdefg", "hijklmn", "some-link");
            assertThat(written(event)).doesNotContain("abcdefg", "hijklmn", "some-link");
        }
    }

    @Test
    void aUnifiedRequestIsHalfOfWhatItWas() throws Exception {
        LoggingEvent line = line(
                "event=request method={} route={} status={} duration_ms={} request_id={} trace_id={} caller=\"{}\""
                        + " member={} sahha={} sahha_ms={} whoop={} whoop_ms={}",
                "GET",
                "/api/v1/unified-health/overview/{user_id}",
                200,
                7,
                "7d5accfa-90f3-495b-afa0-14125eb281e5",
                "6cd5313388adfb1c09eb676ae41b6717",
                "dashboard",
                "1f0a9c7b2d3e4f50",
                "ok",
                3,
                "ok",
                1);
        line.setMDCPropertyMap(Map.of(
                "request_id", "7d5accfa-90f3-495b-afa0-14125eb281e5", "trace_id", "6cd5313388adfb1c09eb676ae41b6717"));

        assertThat(written(line).length()).isLessThan(400);
    }

    private String written(LoggingEvent line) {
        LayoutBase<ILoggingEvent> layout = new EventLayout().build(context, TimeZone.getTimeZone("UTC"));
        layout.start();
        return layout.doLayout(line);
    }

    private List<String> names(LoggingEvent line) throws Exception {
        List<String> names = new ArrayList<>();
        new ObjectMapper().readTree(written(line)).fieldNames().forEachRemaining(names::add);
        return names;
    }

    private LoggingEvent line(String text, Object... arguments) {
        return new LoggingEvent("caller", logger, Level.INFO, text, null, arguments);
    }

    private static Map<String, Object> ordered(Object... pairs) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put((String) pairs[i], pairs[i + 1]);
        }
        return map;
    }
}
