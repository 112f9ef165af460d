package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What an operator reads while databases and sources are away: what failed, once, however many requests meet it. */
class TroubleInTheLogTest {

    private static final int REQUESTS = 15;

    /** Lines of trouble, whichever thread wrote them. */
    private static final class Troubles extends AppenderBase<ILoggingEvent> {
        private final List<ILoggingEvent> lines = new CopyOnWriteArrayList<>();

        @Override
        protected void append(ILoggingEvent line) {
            if (line.getLevel().isGreaterOrEqual(Level.WARN)) {
                lines.add(line);
            }
        }
    }

    @Test
    void eachCauseIsOneLineWithItsSqlStateAndTheHealthCheckSaysTheSame() throws Exception {
        RunningApp app = new RunningApp(environment -> {}, RunningApp.SHIPPED)
                .withSources("http://localhost:1", "http://localhost:1");
        app.with(Map.of("WHOOP_DATABASE_URL", "jdbc:postgresql://localhost:1/whoop"))
                .start();
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        Troubles troubles = new Troubles();
        troubles.start();
        root.addAppender(troubles);
        try {
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
        } finally {
            root.detachAppender(troubles);
            app.close();
        }

        assertThat(troubles.lines)
                .extracting(
                        line -> EventFields.of(line).getOrDefault("cause", "").toString())
                .contains("connection refused (08001)", "connection refused");
        assertThat(troubles.lines)
                .extracting(line -> EventFields.of(line)
                        .getOrDefault("event", line.getLoggerName())
                        .toString())
                .contains("call_failed", "request_failed");
        assertThat(troubles.lines)
                .allSatisfy(line -> assertThat(line.getThrowableProxy())
                        .as(line.getMessage())
                        .isNull());
        assertThat(troubles.lines).hasSizeLessThan(REQUESTS);
    }
}
