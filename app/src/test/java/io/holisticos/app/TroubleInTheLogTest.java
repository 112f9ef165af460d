package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.holisticos.testing.LogLines;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What an operator reads while databases and sources are away: what failed, once, however many requests meet it. */
class TroubleInTheLogTest {

    private static final int REQUESTS = 15;

    @Test
    void eachCauseIsOneLineWithItsSqlStateAndTheHealthCheckSaysTheSame() throws Exception {
        RunningApp app = new RunningApp(environment -> {}, RunningApp.SHIPPED)
                .withSources("http://localhost:1", "http://localhost:1");
        app.with(Map.of("WHOOP_DATABASE_URL", "jdbc:postgresql://localhost:1/whoop"))
                .start();
        List<ILoggingEvent> troubles;
        try (LogLines lines = LogLines.ofAll()) {
            for (int i = 0; i < REQUESTS; i++) {
                app.get("/api/v1/unified-health/overview/demo-anna");
                app.get("/api/v1/health-metrics/overview?profile_id=demo-anna&period=today");
                app.get("/internal/oauth/status/demo-anna");
            }

            assertThat(app.jsonOf(app.admin("GET", "/healthcheck", ""))
                            .path("whoop-db")
                            .path("message")
                            .asText())
                    .contains("connection refused (08001)");
            troubles = lines.lines().stream()
                    .filter(line -> line.getLevel().isGreaterOrEqual(Level.WARN))
                    .toList();
        } finally {
            app.close();
        }

        assertThat(troubles)
                .extracting(
                        line -> EventFields.of(line).getOrDefault("cause", "").toString())
                .contains("connection refused (08001)", "connection refused");
        assertThat(troubles)
                .extracting(line -> EventFields.of(line)
                        .getOrDefault("event", line.getLoggerName())
                        .toString())
                .contains("call_failed", "request_failed");
        assertThat(troubles)
                .allSatisfy(line -> assertThat(line.getThrowableProxy())
                        .as(line.getMessage())
                        .isNull());
        assertThat(troubles).hasSizeLessThan(REQUESTS);
    }
}
