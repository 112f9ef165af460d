package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.app.ApiDocument.Route;
import io.holisticos.health.HealthError;
import io.holisticos.health.HealthError.Kind;
import io.holisticos.health.SourceName;
import io.holisticos.testing.LogLines;
import io.holisticos.web.ErrorMapper;
import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every kind of failure on every route has one status, one code and one form. */
class ErrorKindsTest {

    private static final String RAISE = "X-Test-Raise";
    private static final String UNEXPECTED = "UNEXPECTED";
    private static final String SECRET = "a sentence that callers must not read";
    private static final SourceName WHOOP = new SourceName("whoop");

    private record Expected(int status, String code) {}

    private static final Map<Kind, Expected> DOCUMENTED = Map.ofEntries(
            Map.entry(Kind.INVALID_REQUEST, new Expected(400, "invalid_request")),
            Map.entry(Kind.UNAUTHENTICATED, new Expected(401, "unauthenticated")),
            Map.entry(Kind.FORBIDDEN, new Expected(403, "forbidden")),
            Map.entry(Kind.MEMBER_NOT_FOUND, new Expected(404, "member_not_found")),
            Map.entry(Kind.CONNECTION_NOT_FOUND, new Expected(404, "connection_not_found")),
            Map.entry(Kind.REAUTHORIZATION_REQUIRED, new Expected(409, "reauthorization_required")),
            Map.entry(Kind.INTEGRATION_DISABLED, new Expected(503, "disabled")),
            Map.entry(Kind.BAD_SOURCE_REPLY, new Expected(502, "bad_source_reply")),
            Map.entry(Kind.SOURCE_THROTTLED, new Expected(503, "source_throttled")),
            Map.entry(Kind.SOURCE_UNAVAILABLE, new Expected(503, "source_unavailable")),
            Map.entry(Kind.CONFLICT, new Expected(409, "member_limit_reached")));

    private static House house;
    private static List<Route> routes;

    /** Throws what a header names, where a resource would. */
    @Priority(Priorities.USER)
    private static final class Raising implements ContainerRequestFilter {
        @Override
        public void filter(ContainerRequestContext request) {
            String what = request.getHeaderString(RAISE);
            if (UNEXPECTED.equals(what)) {
                throw new IllegalStateException(SECRET);
            }
            if (what != null) {
                throw error(Kind.valueOf(what));
            }
        }
    }

    private static HealthError error(Kind kind) {
        return switch (kind) {
            case INVALID_REQUEST -> new HealthError.InvalidRequest("days must span 1 to 31, was 40");
            case UNAUTHENTICATED -> new HealthError.Unauthenticated("this needs a credential");
            case FORBIDDEN -> new HealthError.Forbidden("this needs a scope");
            case MEMBER_NOT_FOUND -> new HealthError.MemberNotFound();
            case CONNECTION_NOT_FOUND -> new HealthError.ConnectionNotFound(WHOOP);
            case REAUTHORIZATION_REQUIRED -> new HealthError.ReauthorizationRequired(WHOOP);
            case CONFLICT -> new HealthError.Conflict("member_limit_reached", "10 of 10 members are connected");
            case INTEGRATION_DISABLED -> new HealthError.IntegrationDisabled(WHOOP);
            case BAD_SOURCE_REPLY -> new HealthError.BadSourceReply(WHOOP, "no JSON");
            case SOURCE_THROTTLED -> new HealthError.SourceThrottled(WHOOP, Duration.ofSeconds(17));
            case SOURCE_UNAVAILABLE -> new HealthError.SourceUnavailable(WHOOP, Duration.ofMillis(200));
        };
    }

    @BeforeAll
    static void open() throws Exception {
        house = House.openWith(environment -> environment.jersey().register(new Raising()));
        routes = ApiDocument.routes(house);
        assertThat(routes).hasSizeGreaterThan(25);
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @ParameterizedTest
    @EnumSource
    void everyKindOnEveryRoute(Kind kind) {
        Expected expected = DOCUMENTED.get(kind);
        for (Route route : routes) {
            HttpResponse<String> answer = send(route, kind.name());

            assertThat(answer.statusCode()).as(route + " " + answer.body()).isEqualTo(expected.status());
            assertForm(route, answer, expected);
            assertThat(answer.headers().firstValue("Retry-After").orElse("none"))
                    .isEqualTo(
                            switch (kind) {
                                case SOURCE_THROTTLED -> "17";
                                case SOURCE_UNAVAILABLE -> "1";
                                default -> "none";
                            });
            assertThat(answer.headers().firstValue("WWW-Authenticate").isPresent())
                    .isEqualTo(kind == Kind.UNAUTHENTICATED);
        }
    }

    /** Met again within a minute, it is only counted: the line of each request has the same id. */
    @Test
    void theUnexpectedIsOneLineInTheLogAndItsRequestsIdInTheAnswer() {
        try (LogLines log = LogLines.of(ErrorMapper.class)) {
            for (Route route : routes) {
                HttpResponse<String> answer = send(route, UNEXPECTED);

                assertThat(answer.statusCode()).as(route.toString()).isEqualTo(500);
                assertForm(route, answer, new Expected(500, "internal_error"));
                assertThat(answer.body())
                        .doesNotContain(SECRET)
                        .doesNotContain("IllegalState")
                        .doesNotContain("io.holisticos");
                String id = answer.headers().firstValue("X-Request-Id").orElseThrow();
                assertThat(house.jsonOf(answer).path("detail").asText()).endsWith(id);
                assertThat(log.lines()).hasSize(1);
            }
        }
    }

    private static void assertForm(Route route, HttpResponse<String> answer, Expected expected) {
        String type = answer.headers().firstValue("Content-Type").orElse("");
        JsonNode body = house.jsonOf(answer);
        assertThat(body.path("detail").asText()).isNotBlank();
        if (route.isExisting()) {
            assertThat(type).startsWith("application/json");
            assertThat(body.fieldNames()).toIterable().containsExactly("detail");
            return;
        }
        assertThat(type).as(route.toString()).startsWith("application/problem+json");
        assertThat(body.fieldNames()).toIterable().startsWith("type", "title", "status", "detail", "instance", "code");
        assertThat(body.path("status").asInt()).isEqualTo(expected.status());
        assertThat(body.path("code").asText()).isEqualTo(expected.code());
        assertThat(body.path("instance").asText()).isEqualTo(address(route));
    }

    private static String address(Route route) {
        return route.to("demo-anna").replace("{link}", "some-link");
    }

    private static HttpResponse<String> send(Route route, String what) {
        return house.exchange(house.request(address(route))
                .header("X-API-Key", House.KEY)
                .header(RAISE, what)
                .method(route.method(), BodyPublishers.noBody()));
    }
}
