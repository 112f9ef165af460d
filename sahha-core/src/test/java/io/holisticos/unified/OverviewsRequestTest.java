package io.holisticos.unified;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.health.HealthError.InvalidRequest;
import io.holisticos.health.Period;
import io.holisticos.health.UserId;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OverviewsRequestTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void namesMembersInTheirOrderAndADay() throws Exception {
        OverviewsRequest request = read("{\"user_ids\":[\"b\",\"a\",\"ä \"],\"period\":\"11/22/2026\"}");

        assertThat(request.userIds()).extracting(UserId::value).containsExactly("b", "a", "ä ");
        assertThat(request.period()).isEqualTo(Period.parse("11/22/2026"));
    }

    @Test
    void isAboutTodayUnlessItSaysAnotherDay() throws Exception {
        assertThat(read("{\"user_ids\":[\"a\"]}").period()).isEqualTo(Period.TODAY);
        assertThat(read("{\"user_ids\":[\"a\"],\"period\":null}").period()).isEqualTo(Period.TODAY);
    }

    @Test
    void namesAHundredMembersAtMost() throws Exception {
        assertThat(read(members(100)).userIds()).hasSize(100);
        assertThatThrownBy(() -> read(members(101)))
                .isInstanceOf(InvalidRequest.class)
                .hasMessage("user_ids must be a list of 1 to 100 ids, was 101");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "null | the body must be an object",
                "[\"a\"] | the body must be an object",
                "{} | user_ids must be a list of 1 to 100 ids",
                "{\"user_ids\":null} | user_ids must be a list of 1 to 100 ids",
                "{\"user_ids\":\"a\"} | user_ids must be a list of 1 to 100 ids",
                "{\"user_ids\":{\"0\":\"a\"}} | user_ids must be a list of 1 to 100 ids",
                "{\"user_ids\":[]} | user_ids must be a list of 1 to 100 ids, was 0",
                "{\"user_ids\":[\"a\",7]} | user_ids[1] must be a text",
                "{\"user_ids\":[\"a\",null]} | user_ids[1] must be a text",
                "{\"user_ids\":[\"a\",[\"b\"]]} | user_ids[1] must be a text",
                "{\"user_ids\":[\"a\",\"\"]} | user_ids[1]: user_id must have 1 to 100 characters",
                "{\"user_ids\":[\" \"]} | user_ids[0]: user_id must have 1 to 100 characters",
                "{\"user_ids\":[\"a\\u0000\"]} | user_ids[0]: user_id must not contain control characters",
                "{\"user_ids\":[\"a\",\"b\",\"a\"]} | user_ids[2] is there already: name each member once",
                "{\"user_ids\":[\"a\"],\"period\":\"tomorrow\"} | period must be today, yesterday, YYYY-MM-DD or MM/DD/YYYY",
                "{\"user_ids\":[\"a\"],\"period\":\"\"} | period must be today",
                "{\"user_ids\":[\"a\"],\"period\":\"2026-02-30\"} | period must be today",
                "{\"user_ids\":[\"a\"],\"period\":20261122} | period must be today",
                "{\"user_ids\":[\"a\"],\"period\":{}} | period must be today",
                "{\"user_ids\":[\"a\"],\"include_whoop\":false} | the body may have user_ids and period, nothing else",
                "{\"userIds\":[\"a\"]} | the body may have user_ids and period, nothing else"
            })
    void refusesWhatIsNotARequest(String body, String why) {
        assertThatThrownBy(() -> read(body)).isInstanceOf(InvalidRequest.class).hasMessageContaining(why);
    }

    @Test
    void refusesNoBodyAtAll() {
        assertThatThrownBy(() -> OverviewsRequest.of(null)).isInstanceOf(InvalidRequest.class);
    }

    private static OverviewsRequest read(String body) throws Exception {
        JsonNode read = JSON.readTree(body);
        return OverviewsRequest.of(read);
    }

    private static String members(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "\"member-" + i + "\"")
                .collect(Collectors.joining(",", "{\"user_ids\":[", "]}"));
    }
}
