package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.LayoutBase;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;

class EventFieldsTest {

    private final LoggerContext context = new LoggerContext();
    private final Logger logger = context.getLogger("io.holisticos.some.Place");

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
        assertThat(json.path("message").asText()).isEqualTo("event=x level=none records=12");
        assertThat(json.path("request_id").asText()).isEqualTo("r-1");
        assertThat(json.path("trace_id").asText()).isEqualTo("t-1");
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
