package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.LayoutBase;
import io.holisticos.testing.LogLines;
import io.holisticos.testing.LogScan;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * All kinds of requests, with the layouts that production uses and one that prints all there is, under a configuration
 * that an operator wrote who wants to see everything.
 */
class LogLeaksTest {

    private static final String CODE = "Code0code1Code2code3Code4";
    private static final String STATE = "State0state1State2state3S";
    private static final String LINK = "Link0link1Link2link3Link4link5Link6link7Lin";

    @TempDir
    Path module;

    @Test
    void noLayoutAndNoMetricShowsWhatAddressesHeadersAndBodiesHold() throws Exception {
        House house = House.openWith(curious(), Map.of("LOG_LEVEL", "DEBUG"));
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        LogLines logged = LogLines.ofAll();
        String metrics;
        String account =
                Long.toString(house.world().byUserId("demo-anna").orElseThrow().whoopUserId());
        try {
            context.getLogger("org.apache.hc.client5.http.wire").setLevel(Level.TRACE); // as the task log-level may
            ask(house);
            metrics = house.admin("GET", "/metrics", "").body()
                    + house.admin("GET", "/prometheus", "").body();
        } finally {
            logged.close();
            house.close();
        }

        List<String> lines = logged.written(new EventLayout(), new TextLayout(), LogLeaksTest::everything);
        assertThat(lines).anySatisfy(line -> assertThat(line).contains("\"event\":\"request\""));
        for (String secret : List.of("demo-anna", "demo-ben", CODE, STATE, LINK, House.KEY)) {
            assertThat(metrics.contains(secret)).as("metrics show one").isFalse();
        }
        for (String secret : List.of("demo-anna", "demo-ben", account, CODE, STATE, LINK, House.KEY)) {
            assertThat(lines.stream().filter(line -> line.contains(secret)).map(LogLeaksTest::kindOf))
                    .isEmpty();
        }
        Path output = module.resolve("target/surefire-reports/LogLeaks-output.txt");
        Files.createDirectories(output.getParent());
        Files.write(output, lines);
        assertThat(LogScan.scan(List.of(module))).isEmpty();
    }

    private static LayoutBase<ILoggingEvent> everything(LoggerContext context, TimeZone anyZone) {
        PatternLayout everything = new PatternLayout();
        everything.setContext(context);
        everything.setPattern("[%thread] %mdc %kvp %logger %msg%n");
        return everything;
    }

    private static void ask(House house) throws Exception {
        house.connect("demo-anna");
        house.get("/api/v1/unified-health/overview/demo-anna?period=today");
        house.get("/api/v1/health-metrics/overview?profile_id=demo-anna&period=today");
        house.get("/api/v1/sahha/scores/demo-anna?x=demo-anna");
        house.get("/internal/oauth/status/demo-anna");
        house.get("/no/such/route/demo-anna?code=" + CODE);
        house.get("/api/v1/whoop/callback?code=" + CODE + "&state=" + STATE);
        house.get("/connect/" + LINK);
        house.exchange(house.request("/connect/" + LINK)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("token=" + STATE)));
        house.exchange(house.request("/internal/oauth/callback")
                .header("X-API-Key", House.KEY)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"code\":\"" + CODE + "\",\"state\":\"" + STATE + "\"")));
        house.exchange(house.request("/webhooks/whoop?code=" + CODE)
                .header("X-WHOOP-Signature", CODE)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"user_id\":\"demo-ben\"}")));
        house.admin("PUT", "/flags/WHOOP_SYNC?code=" + CODE, "{\"enabled\":true,\"users\":[\"demo-ben\"]}");
        house.admin("GET", "/metrics?code=" + CODE + "&user=demo-ben", "");
        house.admin("POST", "/tasks/quota?state=" + STATE, "");
        house.admin("GET", "/no-such-page/demo-anna?code=" + CODE, "");
        HttpResponse<String> answer = house.get("/api/v1/unified-health/days/demo-anna?from=never");
        assertThat(answer.statusCode()).isEqualTo(400);
    }

    /** The line without what it holds: the output of this test is scanned, too. */
    private static String kindOf(String line) {
        return line.replaceAll("[A-Za-z0-9_-]{20,}|demo-\\w+|\\d{5,}|" + House.KEY, "…");
    }

    /** Everything that prints addresses, switched on. */
    private Path curious() throws Exception {
        String shipped = Files.readString(RunningApp.SHIPPED);
        String curious = shipped.replace(
                        "\nserver:\n",
                        "\nserver:\n  enableThreadNameFilter: true\n  registerDefaultExceptionMappers: true\n"
                                + "  requestLog: {appenders: [{type: console}]}\n")
                .replace(
                        "\nlogging:\n",
                        "\nlogging:\n  loggers: {org.apache.hc: TRACE, org.glassfish.jersey: ALL,"
                                + " org.eclipse.jetty: DEBUG, com.github.kagkarlsson.scheduler: DEBUG,"
                                + " com.codahale.metrics.jmx: INFO}\n");
        assertThat(curious).contains("enableThreadNameFilter", "loggers:");
        return Files.writeString(module.resolve("config.yml"), curious);
    }
}
