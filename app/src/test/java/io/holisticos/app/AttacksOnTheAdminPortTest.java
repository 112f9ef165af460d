package io.holisticos.app;

import static io.holisticos.app.AttacksAtTheEdgesTest.MARK;
import static io.holisticos.app.AttacksAtTheEdgesTest.TEXTS;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import io.holisticos.testing.LogLines;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/**
 * What {@link AttacksAtTheEdgesTest} does to the API's port, with an operator's key on the admin port: nothing that is sent there is a
 * fault of ours, stores anything, or is written into a log as it came.
 */
class AttacksOnTheAdminPortTest {

    /** Every parameter of every page and task; {@code %s} is what is sent. */
    private static final List<String> PARAMETERS = List.of(
            "GET /flags/%s",
            "GET /metrics?pretty=%s",
            "GET /metrics?callback=%s",
            "GET /healthcheck?name=%s",
            "GET /healthcheck?httpStatusIndicator=%s",
            "GET /prometheus?name[]=%s",
            "GET /quota?x=%s",
            "GET /tenacity/%s",
            "GET /tenacity/configuration/%s",
            "GET /tenacity/circuitbreakers/%s",
            "PUT /tenacity/circuitbreakers/%s",
            "PUT /flags/%s",
            "GET /%s",
            "POST /session?x=%s",
            "POST /tasks/%s",
            "POST /tasks/flags?flag=%s",
            "POST /tasks/flags?flag=PARALLEL_READ&enabled=%s",
            "POST /tasks/flags?flag=PARALLEL_READ&percentage=%s",
            "POST /tasks/flags?%s=1",
            "POST /tasks/quota?action=%s",
            "POST /tasks/quota?action=block&window=%s&for=1s",
            "POST /tasks/quota?action=block&window=minute&for=%s",
            "POST /tasks/quota?action=unblock&window=%s",
            "POST /tasks/drain?undo=%s",
            "POST /tasks/log-level?logger=%s",
            "POST /tasks/log-level?logger=x.y&level=%s",
            "POST /tasks/log-level?logger=x.y&level=INFO&duration=%s",
            "POST /tasks/gc?runs=%s");

    /** The only text of letters, dots and slashes: of a parameter of ours such a word is written down as it came. */
    private static final String A_WORD = MARK + "../../../../etc/passwd";

    private static House house;
    private static Map<String, Long> rows;

    private final LogLines lines = LogLines.ofAll();

    @BeforeAll
    static void open() throws Exception {
        house = House.open();
        house.awaitReady();
        house.admin("POST", "/tasks/flags?flag=PARALLEL_READ&enabled=false", "", "X-API-Key", House.KEY);
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @BeforeEach
    void count() {
        rows = rows();
    }

    @AfterEach
    void nothingIsStoredAndNothingOfItIsLogged() throws IOException {
        lines.close();
        assertThat(rows()).isEqualTo(rows);
        for (String line : lines.written(new EventLayout())) {
            assertThat(line.replace(A_WORD, "")).doesNotContain(MARK, House.KEY, "\tat ");
            assertThat(line.strip().lines()).hasSize(1);
        }
    }

    private static Map<String, Long> rows() {
        Map<String, Long> all = new TreeMap<>();
        Stream.of(house.sahhaDatabase(), house.whoopDatabase()).forEach(database -> all.putAll(Rows.of(database)));
        all.keySet().removeAll(Set.of("change_notice", "browser_session"));
        return all;
    }

    @Test
    void noTextInAnyParameterIsMoreThanAText() {
        for (String target : PARAMETERS) {
            for (String text : TEXTS) {
                String[] words = target.split(" ");
                String path = words[1].replace("%s", encoded(text));

                assertHarmless(target, house.admin(words[0], path, "", "X-API-Key", House.KEY));
            }
        }
        assertThat(house.get("/health/ready").statusCode()).isEqualTo(200);
    }

    /** Read by Dropwizard and Jetty, before or after a task of ours. */
    @Test
    void noBodyOfATaskIsAFaultOfOurs() {
        for (String task : List.of("flags", "quota", "drain?undo=true", "log-level", "gc")) {
            for (String type : List.of(
                    "application/x-www-form-urlencoded",
                    "application/x-www-form-urlencoded; charset=nonsense",
                    "application/x-www-form-urlencoded; charset=UTF-16",
                    "multipart/form-data",
                    "multipart/form-data; boundary=a",
                    "application/json; charset=nonsense",
                    "nonsense",
                    "*/*")) {
                for (String body :
                        List.of("", "a=%zz", "%", "a=" + encoded(MARK + "\r\n"), "=&=&&", "--a\r\n\r\nx\r\n--a--")) {
                    HttpResponse<String> answer =
                            house.admin("POST", "/tasks/" + task, body, "X-API-Key", House.KEY, "Content-Type", type);

                    assertHarmless(task + " " + type + " " + body, answer);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /flags?%zz",
                "GET /flags/%zz",
                "GET /flags/%ff",
                "GET /flags/%00",
                "GET /flags/PARALLEL_READ/x",
                "GET /flags//",
                "PUT /flags/PARALLEL_READ?%",
                "PUT /flags/",
                "POST /tasks/flags?%zz=%",
                "POST /tasks/flags?a=%ff",
                "POST /tasks/",
                "POST /tasks",
                "POST /tasks/flags/x",
                "POST /tasks/flags?flag=PARALLEL_READ&flag=PARALLEL_READ&enabled=true",
                "POST /tasks/flags?flag=PARALLEL_READ&percentage=99999999999",
                "POST /tasks/flags?flag=PARALLEL_READ&percentage=-1",
                "POST /tasks/quota?action=block&window=day&for=99999999999999999d",
                "POST /tasks/quota?action=block&window=day&for=-1s",
                "POST /tasks/quota?action=block&window=day&for=9223372036854775807ns",
                "POST /tasks/log-level?logger=a&level=LOUD",
                "POST /tasks/log-level?logger=a&level=INFO&duration=soon",
                "POST /tasks/log-level?logger=a&level=INFO&duration=PT-1S",
                "POST /tasks/log-level?logger=a&level=INFO&duration=PT99999999999999H",
                "POST /tasks/log-level?logger=..&level=INFO",
                "POST /tasks/gc?runs=-1",
                "POST /tasks/gc?runs=many",
                "GET /tenacity/circuitbreakers/%2e%2e",
                "PUT /tenacity/circuitbreakers/WHOOP_SLEEP",
                "GET /metrics?pretty=%zz",
                "GET /prometheus?x=%zz",
                "GET /healthcheck?name=%zz",
                "DELETE /session",
                "OPTIONS /flags",
                "OPTIONS /tasks/flags",
                "HEAD /hystrix.stream",
                "HEAD /metrics",
                "HEAD /flags"
            })
    void noWayOfAskingIsAFaultOfOurs(String target) throws Exception {
        String[] words = target.split(" ");
        RawRequest.Answer answer =
                RawRequest.send(house.adminUri(""), words[0], words[1], "X-API-Key: " + House.KEY, "Content-Length: 0");

        assertThat(answer.status()).as(target + answer.body()).isLessThan(500);
        assertThat(answer.body()).doesNotContain("Exception:", "\tat ", House.KEY);
    }

    @Test
    void parametersThatCannotBeReadAreRefusedInTheFormOfTasksAndTheTryIsWrittenDown() throws Exception {
        for (String task : List.of("flags", "quota", "drain", "log-level", "gc")) {
            RawRequest.Answer answer = RawRequest.send(
                    house.adminUri(""),
                    "POST",
                    "/tasks/" + task + "?a=%zz",
                    "X-API-Key: " + House.KEY,
                    "Content-Length: 0");

            assertThat(answer.status()).as(task).isEqualTo(400);
            assertThat(answer.headers().get("content-type")).startsWith("application/json");
            assertThat(answer.body()).contains("\"error\":", "cannot be read");
        }
        RunningApp.await(() -> lines.messages().stream()
                        .filter(line -> line.startsWith("event=admin_change")
                                && line.contains("change=\"unreadable\" status=400"))
                        .count()
                == 5);
    }

    /** Dropwizard takes a level that there is not for DEBUG. */
    @Test
    void whatATaskOfDropwizardsCannotDoIsRefusedBeforeAnythingChanges() {
        for (String wrong : List.of(
                "log-level?logger=some.logger&level=LOUD",
                "log-level?logger=some.logger&level=WARN&duration=soon",
                "log-level?logger=some.logger&level=WARN&duration=PT-1S",
                "log-level?logger=some.logger&level=WARN&duration=PT99999999999999H",
                "log-level?logger=some.logger&level=WARN&level=INFO",
                "log-level?level=WARN",
                "drain?undo=yes",
                "drain?undo=true&undo=false",
                "drain?redo=true",
                "gc?runs=2147483647",
                "gc?runs=many")) {
            HttpResponse<String> answer = house.admin("POST", "/tasks/" + wrong, "", "X-API-Key", House.KEY);

            assertThat(answer.statusCode()).as(wrong + answer.body()).isEqualTo(400);
            assertThat(answer.body()).as(wrong).containsAnyOf("must be", "was given", "unknown parameters");
        }
        assertThat(house.get("/health/ready").statusCode()).isEqualTo(200);
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        assertThat(context.getLogger("some.logger").getLevel()).isNull();
        for (String right : List.of(
                "log-level?logger=some.logger&level=warn&duration=PT1M", "log-level?logger=some.logger", "gc?runs=1")) {
            assertThat(house.admin("POST", "/tasks/" + right, "", "X-API-Key", House.KEY)
                            .statusCode())
                    .as(right)
                    .isEqualTo(200);
        }
    }

    /** The form of existing paths is theirs on the API's port only. */
    @Test
    void everyErrorHasTheFormOfThisPort() throws Exception {
        for (String path : List.of("/", "/health", "/nope")) {
            RawRequest.Answer answer = RawRequest.sendFor("evil.example", house.adminUri(""), "GET", path);

            assertThat(answer.status()).isEqualTo(421);
            assertThat(answer.headers().get("content-type")).as(path).isEqualTo("application/problem+json");
        }
    }

    @Test
    void noLineOfOursIsWrittenByACaller() throws Exception {
        for (String crlf : List.of("%0d%0a", "%0a", "%0d", "%e5%98%8d%e5%98%8a", "%E2%80%A8")) {
            String injected = MARK + crlf + "Set-Cookie:%20" + MARK + "=1" + crlf + crlf + "<html>";
            for (String target : List.of(
                    "/flags/" + injected,
                    "/tenacity/configuration/" + injected,
                    "/healthcheck?name=" + injected,
                    "/" + injected)) {
                RawRequest.Answer answer =
                        RawRequest.send(house.adminUri(""), "GET", target, "X-API-Key: " + House.KEY);

                assertThat(answer.status()).as(answer.body()).isLessThan(500);
                assertThat(answer.headers()).doesNotContainKeys("set-cookie", "inj3cted");
                assertThat(answer.headers().getOrDefault("content-type", "")).doesNotContain("html");
            }
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static void assertHarmless(String what, HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(what + answer.body()).isLessThan(500);
        assertThat(answer.body()).as(what).doesNotContain(House.KEY, "SQLSTATE", "syntax error", "Exception:", "\tat ");
        boolean isShown = answer.headers().firstValue("Content-Type").orElse("").contains("html");
        assertThat(isShown && answer.body().contains(MARK)).as(what).isFalse();
    }
}
