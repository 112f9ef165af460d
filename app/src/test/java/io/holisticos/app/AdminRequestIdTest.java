package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.testing.LogLines;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A request on the admin port has one id: in its answer, in the line of its change, and in no other. */
class AdminRequestIdTest {

    private static final Pattern ID = Pattern.compile("request_id=(\\S+)");

    private static House house;

    @BeforeAll
    static void open() throws Exception {
        house = House.open();
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @ParameterizedTest
    @CsvSource({
        "PUT,  /flags/WHOOP_SYNC, 200", // answered by a page of ours
        "PUT,  /flags/NONE,       404",
        "PUT,  /no-such-page,     404", // answered by the page of an error
        "POST, /tasks/none,       404",
        "POST, /ping,             405"
    })
    void aChangeIsKnownByOneIdHoweverItIsAnswered(String method, String path, int status) {
        try (LogLines said = LogLines.ofAll()) {
            HttpResponse<String> answer = house.admin(method, path, "{\"enabled\":true}", "X-API-Key", House.KEY);

            assertThat(answer.statusCode()).isEqualTo(status);
            List<String> ids = answer.headers().allValues("X-Request-Id");
            assertThat(ids).hasSize(1);
            House.await(() -> !idsIn(said).isEmpty());
            assertThat(idsIn(said)).containsExactly(ids.get(0));
        }
    }

    private static List<String> idsIn(LogLines said) {
        return said.messages().stream()
                .filter(line -> line.startsWith("event=admin_change") || line.startsWith("event=request "))
                .map(ID::matcher)
                .filter(Matcher::find)
                .map(found -> found.group(1))
                .toList();
    }
}
