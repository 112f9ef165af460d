package io.holisticos.whoop.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What WHOOP may put into an event, and what makes it none. */
class WhoopEventTest {

    private static final String EVENT = "{\"user_id\":10129,\"id\":\"ecfc6a15-4661-442f-a9a4-f160dd7afae8\","
            + "\"type\":\"sleep.updated\",\"trace_id\":\"trace\"}";

    @ParameterizedTest
    @ValueSource(strings = {"10129", "10129.0", "1.0129e4"})
    void theMemberMayBeNamedByAWholeDecimal(String spelled) {
        assertThat(parse(EVENT.replace("10129", spelled)))
                .hasValueSatisfying(event -> assertThat(event.whoopUserId()).hasValue(10_129));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"10129.5", "1e400", "1e999999999", "9223372036854775808", "NaN", "true", "null", "\"10129\""})
    void whatNamesNobodyMakesNoEvent(String spelled) {
        assertThat(parse(EVENT.replace("10129", spelled))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\\u0000b", "a\\ud800b", "\\udfff"})
    void whatCannotBeHeldMakesNoEvent(String text) {
        assertThat(parse(EVENT.replace("trace\"}", text + "\"}"))).isEmpty();
        assertThat(parse(EVENT.replace("sleep.updated", text))).isEmpty();
        assertThat(parse(EVENT.replace("ecfc6a15", text))).isEmpty();
    }

    private static Optional<WhoopEvent> parse(String body) {
        return WhoopEvent.parse(body.getBytes(StandardCharsets.UTF_8), "1");
    }
}
