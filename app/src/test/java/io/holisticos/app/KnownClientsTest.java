package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.spi.ILoggingEvent;
import io.holisticos.app.admin.AdminChange;
import io.holisticos.audit.SecurityEvents;
import io.holisticos.testing.LogLines;
import io.holisticos.trace.RequestContext;
import io.holisticos.web.RequestLog;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Behind a trusted proxy, called by listed names: who called, by which name, and what is written down of it. */
class KnownClientsTest {

    private static final String CLIENT = "203.0.113.9";

    private static ScriptedHouse house;

    private final LogLines logged = LogLines.of(RequestLog.class, SecurityEvents.class, AdminChange.class);

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

    @AfterEach
    void stop() {
        logged.close();
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
                        .header("X-Request-Id", "named-key")
                        .header("X-Forwarded-For", "198.51.100.1, " + CLIENT));

        assertThat(fields("request", "named-key"))
                .containsEntry("client", CLIENT)
                .containsEntry("caller", "configured service key");
    }

    @Test
    void soDoesTheLineOfARequestThatTheServerRefused() throws Exception {
        try (Wire wire = Wire.to(house.app().uri(""))) {
            wire.head(
                    "POST",
                    "/internal/oauth/initiate",
                    "Host: localhost",
                    "X-Request-Id: refused-early",
                    "X-Forwarded-For: " + CLIENT,
                    "Content-Encoding: gzip",
                    "Content-Length: 5");
            assertThat(wire.nextHead()).startsWith("HTTP/1.1 415").contains("X-Request-Id: ");
        }

        assertThat(fields("request", "refused-early"))
                .containsEntry("client", CLIENT)
                .containsEntry("status", 415);
    }

    @Test
    void securityEventsNameTheClient() {
        house.app()
                .exchange(house.app()
                        .request("/api/v1/unified-health/sources/somebody")
                        .header("X-Request-Id", "without-key")
                        .header("X-Forwarded-For", CLIENT));

        assertThat(fields("security", "without-key"))
                .containsEntry("client", CLIENT)
                .containsEntry("reason", "no_key");
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
            String id = UUID.randomUUID().toString();
            HttpResponse<String> answer = house.app()
                    .admin(
                            change.method(),
                            change.path(),
                            change.body(),
                            "X-API-Key",
                            RunningApp.KEY,
                            "X-Request-Id",
                            id,
                            "X-Forwarded-For",
                            CLIENT);

            assertThat(fields("admin_change", id))
                    .as(change.toString())
                    .containsEntry("caller", "configured service key")
                    .containsEntry("client", CLIENT)
                    .containsEntry("method", change.method())
                    .containsEntry("path", change.shownPath())
                    .containsEntry("change", change.what())
                    .containsEntry("status", answer.statusCode());
        }
        assertThat(logged.messages()).noneMatch(line -> line.contains("some-member"));
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

    /** Of the only line of that event that a request left; it is written after the answer went out. */
    private Map<String, Object> fields(String event, String requestId) {
        RunningApp.await(() -> linesOf(event, requestId).count() == 1);
        return linesOf(event, requestId).findFirst().orElseThrow();
    }

    private Stream<Map<String, Object>> linesOf(String event, String requestId) {
        return logged.lines().stream()
                .filter(line -> requestId.equals(requestOf(line)))
                .map(EventFields::of)
                .filter(fields -> event.equals(fields.get("event")));
    }

    /** The line of a request names it itself: it may be written when the request has left its thread. */
    private static Object requestOf(ILoggingEvent line) {
        String ofThread = line.getMDCPropertyMap().getOrDefault(RequestContext.REQUEST_ID, RequestContext.NONE);
        return EventFields.of(line).getOrDefault(RequestContext.REQUEST_ID, ofThread);
    }
}
