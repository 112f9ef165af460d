package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.holisticos.app.admin.AdminChange;
import io.holisticos.audit.SecurityEvents;
import io.holisticos.web.RequestLog;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Behind a trusted proxy, called by listed names: who called, by which name, and what is written down of it. */
class KnownClientsTest {

    private static final String CLIENT = "203.0.113.9";
    private static final List<Class<?>> SPEAKERS = List.of(RequestLog.class, SecurityEvents.class, AdminChange.class);

    private static ScriptedHouse house;

    private final Kept kept = new Kept();

    private static final class Kept extends AppenderBase<ILoggingEvent> {
        private final List<ILoggingEvent> lines = new CopyOnWriteArrayList<>();

        @Override
        protected void append(ILoggingEvent line) {
            line.prepareForDeferredProcessing();
            lines.add(line);
        }
    }

    @BeforeAll
    static void open() throws Exception {
        house = ScriptedHouse.openConfigured(
                Map.of("HOSTS", "health.internal, LB.example.com", "TRUSTED_PROXIES", "127.0.0.0/8, ::1"),
                yaml -> yaml.replace("within: 5s", "within: 1s"));
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @BeforeEach
    void listen() {
        kept.start();
        for (Class<?> speaker : SPEAKERS) {
            Logger logger = (Logger) LoggerFactory.getLogger(speaker);
            logger.setLevel(Level.INFO);
            logger.addAppender(kept);
        }
    }

    @AfterEach
    void stop() {
        SPEAKERS.forEach(speaker -> ((Logger) LoggerFactory.getLogger(speaker)).detachAppender(kept));
    }

    @ParameterizedTest
    @CsvSource({
        "localhost,200",
        "localhost:8080,200",
        "LOCALHOST.,200",
        "127.0.0.1,200",
        "192.0.2.7:8081,200",
        "[::1]:8081,200",
        "health.internal,200",
        "lb.example.com:443,200",
        "evil.example.com,421",
        "localhost.evil.example.com,421",
        "xlocalhost,421",
        "127.0.0.1.evil.example.com,421",
        "2130706433,421",
        "127.1,421"
    })
    void onlyKnownHostsAreAnsweredOnBothPorts(String host, int status) throws Exception {
        for (URI server : servers()) {
            String path = server.equals(house.app().uri("")) ? "/health" : "/ping";
            try (Wire wire = Wire.to(server)) {
                wire.head("GET", path, "Host: " + host, "Connection: close");

                assertThat(wire.untilItIsClosed()).startsWith("HTTP/1.1 " + status);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: localhost\r\nHost: evil.example.com",
                "Host:",
                "Host: local host",
                "Host: evil/localhost",
                "Host: @localhost",
                "Host: [::1",
                "X-Nothing: 1"
            })
    void aHostThatIsNoneIsRefusedOnBothPorts(String header) throws Exception {
        for (URI server : servers()) {
            for (String version : List.of("1.1", "1.0")) {
                try (Wire wire = Wire.to(server)) {
                    wire.send("GET /ping HTTP/" + version + "\r\n" + header + "\r\nConnection: close\r\n\r\n");

                    assertThat(wire.untilItIsClosed()).containsPattern("^HTTP/1.1 4(00|21)");
                }
            }
        }
    }

    @Test
    void whereNoNamesAreListedTheApiTakesEveryNameAndTheAdminPortDoesNot() throws Exception {
        try (ScriptedHouse plain = ScriptedHouse.open();
                Wire api = Wire.to(plain.app().uri(""));
                Wire admin = Wire.to(plain.app().adminUri(""))) {
            api.head("GET", "/health", "Host: whatever.example.com", "Connection: close");
            admin.head("GET", "/flags", "Host: whatever.example.com", "Connection: close");

            assertThat(api.untilItIsClosed()).startsWith("HTTP/1.1 200");
            assertThat(admin.untilItIsClosed()).startsWith("HTTP/1.1 421").contains("misdirected_request");
        }
    }

    @Test
    void everyRequestLineNamesTheKeyAndTheClient() {
        house.app()
                .exchange(house.app()
                        .request("/api/v1/unified-health/sources/somebody")
                        .header("X-API-Key", RunningApp.KEY)
                        .header("X-Forwarded-For", "198.51.100.1, " + CLIENT));

        assertThat(fields("request")).containsEntry("client", CLIENT).containsEntry("caller", "configured service key");
    }

    @Test
    void soDoesTheLineOfARequestThatTheServerRefused() throws Exception {
        try (Wire wire = Wire.to(house.app().uri(""))) {
            wire.head(
                    "POST",
                    "/internal/oauth/initiate",
                    "Host: localhost",
                    "X-Forwarded-For: " + CLIENT,
                    "Content-Encoding: gzip",
                    "Content-Length: 5");
            assertThat(wire.nextHead()).startsWith("HTTP/1.1 415").contains("X-Request-Id: ");
        }

        assertThat(fields("request")).containsEntry("client", CLIENT).containsEntry("status", 415);
    }

    @Test
    void securityEventsNameTheClient() {
        house.app()
                .exchange(house.app()
                        .request("/api/v1/unified-health/sources/somebody")
                        .header("Forwarded", "for=" + CLIENT));

        assertThat(fields("security")).containsEntry("client", CLIENT).containsEntry("reason", "no_key");
    }

    @Test
    void everyChangeOnTheAdminPortIsALineWithWhoDidWhat() {
        record Change(String method, String path, String body, String shownPath, String what) {}
        for (Change change : List.of(
                new Change(
                        "PUT",
                        "/flags/PARALLEL_READ",
                        "{\"enabled\":true,\"percentage\":5,\"users\":[\"some-member\"]}",
                        "/flags/PARALLEL_READ",
                        "enabled=true percentage=5 users=1"),
                new Change(
                        "POST",
                        "/tasks/flags?flag=PARALLEL_READ&enabled=false&users=some-member,other-member",
                        "",
                        "/tasks/flags",
                        "enabled=false flag=PARALLEL_READ users=2"),
                new Change(
                        "PUT",
                        "/tenacity/circuitbreakers/SAHHA_SCORES",
                        "FORCED_RESET",
                        "/tenacity/circuitbreakers/SAHHA_SCORES",
                        "state=FORCED_RESET"),
                new Change("POST", "/tasks/drain", "", "/tasks/drain", ""),
                new Change("POST", "/tasks/drain?undo=true", "", "/tasks/drain", "undo=true"),
                new Change(
                        "POST",
                        "/tasks/quota?action=unblock&window=day&who=some-member",
                        "",
                        "/tasks/quota",
                        "action=unblock other window=day"),
                new Change("POST", "/tasks/some-member", "", "/tasks", ""),
                new Change("POST", "/quota", "", "/quota", ""),
                new Change("PUT", "/flags", "{}", "/flags", ""))) {
            kept.lines.clear();

            HttpResponse<String> answer = house.app()
                    .admin(
                            change.method(),
                            change.path(),
                            change.body(),
                            "X-API-Key",
                            RunningApp.KEY,
                            "X-Forwarded-For",
                            CLIENT);

            assertThat(fields("admin_change"))
                    .as(change.toString())
                    .containsEntry("caller", "configured service key")
                    .containsEntry("client", CLIENT)
                    .containsEntry("method", change.method())
                    .containsEntry("path", change.shownPath())
                    .containsEntry("change", change.what())
                    .containsEntry("status", answer.statusCode());
            assertThat(kept.lines.get(0).getFormattedMessage()).doesNotContain("some-member");
        }
    }

    @Test
    void flagsNameNoMembersToWhoeverIsNoOperator() {
        String state = "{\"enabled\":true,\"percentage\":0,\"users\":[\"some-member\"]}";
        house.app().admin("PUT", "/flags/WHOOP_CONNECT", state, "X-API-Key", RunningApp.KEY);

        for (String path : List.of("/flags", "/flags/WHOOP_CONNECT")) {
            assertThat(house.app().admin("GET", path, "").body())
                    .contains("\"user_count\":1")
                    .doesNotContain("some-member");
            assertThat(house.app()
                            .admin("GET", path, "", "X-API-Key", "a-guess")
                            .body())
                    .doesNotContain("some-member");
            assertThat(house.app()
                            .admin("GET", path, "", "X-API-Key", RunningApp.KEY)
                            .body())
                    .contains("\"users\":[\"some-member\"]");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/threads", "/pprof", "/pprof?duration=1"})
    void whatShowsOrCostsMuchIsOff(String path) {
        assertThat(house.app().admin("GET", path, "").statusCode()).isEqualTo(404);
    }

    @Test
    void theMenuOfTheAdminPortHasNoLinkToThem() {
        assertThat(house.app().admin("GET", "/", "").body())
                .contains("/metrics")
                .doesNotContain("threads", "pprof");
    }

    @Test
    void aConnectionIsClosedWhenTheHeadOfARequestComesTooSlowly() throws Exception {
        for (URI server : servers()) {
            try (Wire slow = Wire.to(server);
                    Wire between = Wire.to(server)) {
                between.head("GET", "/ping", "Host: localhost");
                assertThat(between.nextHead()).startsWith("HTTP/1.1 ");
                String head = "GET /ping HTTP/1.1\r\nHost: localhost\r\nX-Slow: " + "x".repeat(20);
                for (char letter : head.toCharArray()) {
                    LockSupport.parkNanos(Duration.ofMillis(80).toNanos()); // as a slow sender does
                    slow.send(String.valueOf(letter));
                }

                assertThat(slow.isClosed()).isTrue();
                assertThat(between.isClosed())
                        .as("one that waits for its next request")
                        .isFalse();
            }
        }
    }

    private static List<URI> servers() {
        return List.of(house.app().uri(""), house.app().adminUri(""));
    }

    /** Of the only line of that event; it is written after the answer went out. */
    private Map<String, Object> fields(String event) {
        RunningApp.await(() -> linesOf(event).count() == 1);
        return linesOf(event).findFirst().orElseThrow();
    }

    private Stream<Map<String, Object>> linesOf(String event) {
        return kept.lines.stream().map(EventFields::of).filter(fields -> event.equals(fields.get("event")));
    }
}
