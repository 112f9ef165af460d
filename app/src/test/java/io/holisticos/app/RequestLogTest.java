package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.spi.ILoggingEvent;
import com.codahale.metrics.MetricRegistry;
import io.holisticos.audit.SecurityEvents;
import io.holisticos.health.UserId;
import io.holisticos.testing.LogLines;
import io.holisticos.vault.MemberHash;
import io.holisticos.vault.OneVaultKey;
import io.holisticos.web.ApiKeyStore;
import io.holisticos.web.RequestLog;
import io.holisticos.web.Scope;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a request leaves behind: ids in the answer, one line in the log, and a security event where it was refused. */
class RequestLogTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String ANNA = MemberHash.of(
                    OneVaultKey.of("k1", Base64.getEncoder().encodeToString(new byte[32])))
            .of(new UserId("demo-anna"));

    private static final AtomicReference<MetricRegistry> metrics = new AtomicReference<>();
    private static House house;

    private final LogLines requests = LogLines.of(RequestLog.class);
    private final LogLines security = LogLines.of(SecurityEvents.class);

    @BeforeAll
    static void open() throws Exception {
        house = House.openWith(environment -> metrics.set(environment.metrics()));
        house.connect("demo-anna");
        ApiKeyStore keys = new ApiKeyStore(house.sahhaDatabase().jdbi());
        keys.save("only-internal-key", "other service", Set.of(Scope.INTERNAL), House.START);
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @AfterEach
    void stop() {
        requests.close();
        security.close();
    }

    @Test
    void aUnifiedRequestLeavesOneLineWithoutTheMembersId() {
        HttpResponse<String> answer =
                house.exchange(house.request("/api/v1/unified-health/overview/demo-anna?period=yesterday")
                        .header("X-API-Key", House.KEY)
                        .header("X-Request-Id", "r-42")
                        .header("traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01"));

        assertThat(answer.headers().firstValue("X-Request-Id")).contains("r-42");
        ILoggingEvent line = lineOf(answer);
        assertThat(EventFields.of(line))
                .containsEntry("event", "request")
                .containsEntry("method", "GET")
                .containsEntry("route", "/api/v1/unified-health/overview/{user_id}")
                .containsEntry("status", 200)
                .containsEntry("request_id", "r-42")
                .containsEntry("trace_id", TRACE)
                .containsEntry("caller", "configured service key")
                .containsEntry("member", ANNA)
                .containsEntry("sahha", "ok")
                .containsEntry("whoop", "ok")
                .containsKeys("duration_ms", "sahha_ms", "whoop_ms");
        assertThat(line.getMDCPropertyMap()).containsAllEntriesOf(Map.of("request_id", "r-42", "trace_id", TRACE));
        assertThat(line.getFormattedMessage()).doesNotContain("demo-anna").doesNotContain("yesterday");
    }

    @Test
    void soDoesAnExistingPathAndItsBodyStaysAsItWas() {
        String path = "/api/v1/health-metrics/overview?profile_id=demo-anna";

        HttpResponse<String> answer = house.getWithoutKey(path);

        assertThat(answer.headers().firstValue("X-Request-Id")).isPresent();
        assertThat(EventFields.of(lineOf(answer)))
                .containsEntry("route", "/api/v1/health-metrics/overview")
                .containsEntry("caller", "none")
                .containsEntry("member", ANNA)
                .containsEntry("sahha", "ok")
                .doesNotContainKey("whoop");

        HttpResponse<String> withWhoop = house.get(path + "&include_whoop=true");
        assertThat(EventFields.of(lineOf(withWhoop)))
                .containsEntry("sahha", "ok")
                .containsEntry("whoop", "ok")
                .containsEntry("caller", "configured service key");
    }

    @Test
    void aRouteThatIsNotThereIsNotQuoted() {
        HttpResponse<String> answer = house.getWithoutKey("/no/such/demo-anna");

        assertThat(EventFields.of(lineOf(answer)))
                .containsEntry("route", "none")
                .containsEntry("status", 404)
                .containsEntry("member", "none");
    }

    @Test
    void whoShowsNoKeyWeKnowIsASecurityEvent() {
        long before = count("authentication_failed");

        house.getWithoutKey("/api/v1/unified-health/overview/demo-anna");
        house.exchange(
                house.request("/api/v1/unified-health/overview/demo-anna").header("X-API-Key", "a-guess"));

        assertThat(count("authentication_failed") - before).isEqualTo(2);
        assertThat(security.lines())
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "event=security kind=authentication_failed reason=no_key client=127.0.0.1 caller=\"none\"",
                        "event=security kind=authentication_failed reason=unknown_key client=127.0.0.1 caller=\"none\"");
        assertThat(security.lines().get(0).getMDCPropertyMap()).containsKeys("request_id", "trace_id");
    }

    @Test
    void soIsAKeyThatMayNotDoThis() {
        long before = count("forbidden");

        HttpResponse<String> answer = house.exchange(
                house.request("/api/v1/unified-health/overview/demo-anna").header("X-API-Key", "only-internal-key"));

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(count("forbidden") - before).isEqualTo(1);
        assertThat(EventFields.of(lineOf(answer))).containsEntry("caller", "other service");
    }

    @Test
    void soIsARefusedChangeOnTheAdminPort() {
        long before = count("admin_change_refused");

        house.admin("PUT", "/flags/WHOOP_SYNC", "{\"enabled\":true}");
        house.admin("PUT", "/flags/WHOOP_SYNC", "{\"enabled\":true}", "X-API-Key", "only-internal-key");

        assertThat(count("admin_change_refused") - before).isEqualTo(2);
    }

    @Test
    void soIsACallbackWithAStateThatWeDidNotGive() {
        long before = count("callback_refused");

        house.exchange(house.request("/api/v1/whoop/callback?code=some-code&state=a-guessed-state"));
        HttpRequest.Builder byService = house.request("/internal/oauth/callback")
                .header("X-API-Key", House.KEY)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"code\":\"some-code\",\"state\":\"a-guessed-state\"}"));
        house.exchange(byService);

        assertThat(count("callback_refused") - before).isEqualTo(2);
        assertThat(security.lines())
                .extracting(line -> EventFields.of(line).get("kind") + " "
                        + EventFields.of(line).get("reason"))
                .containsOnly("callback_refused unknown_state");
    }

    /** Written after the answer went out, and beside lines of requests before it. */
    private ILoggingEvent lineOf(HttpResponse<String> answer) {
        String id = answer.headers().firstValue("X-Request-Id").orElseThrow();
        House.await(() -> !linesOf(id).isEmpty());
        assertThat(linesOf(id)).hasSize(1);
        return linesOf(id).get(0);
    }

    private List<ILoggingEvent> linesOf(String id) {
        return requests.lines().stream()
                .filter(line -> id.equals(EventFields.of(line).get("request_id")))
                .toList();
    }

    private static long count(String kind) {
        return metrics.get().meter("security." + kind).getCount();
    }
}
