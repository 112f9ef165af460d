package io.holisticos.unified;

import static io.holisticos.unified.UnifiedFixture.SAHHA;
import static io.holisticos.unified.UnifiedFixture.WHOOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.health.HealthError.InvalidRequest;
import io.holisticos.health.Metric;
import io.holisticos.health.Metric.Family;
import io.holisticos.health.Preferences;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PreferencesReaderTest {

    private static final PreferencesReader READER = PreferencesReader.of(List.of(SAHHA, WHOOP));

    @Test
    void readsAllThreeOrders() {
        Preferences read = READER.read("""
                {"order":["sahha","whoop"],"by_family":{"activity":["whoop"]},
                "by_metric":{"heart_rate.resting":["sahha","whoop"]}}""");

        assertThat(read)
                .isEqualTo(new Preferences(
                        List.of(SAHHA, WHOOP),
                        Map.of(Family.ACTIVITY, List.of(WHOOP)),
                        Map.of(Metric.HEART_RATE_RESTING, List.of(SAHHA, WHOOP))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"order\":[]}",
                "{\"by_family\":{}}",
                "{\"order\":[],\"by_family\":{\"sleep\":[]},\"by_metric\":{\"steps\":[]}}"
            })
    void anOrderWithoutANameIsNoWish(String body) {
        assertThat(READER.read(body)).isEqualTo(Preferences.NONE);
    }

    @Test
    void whatIsWrittenIsReadAgain() throws Exception {
        Preferences preferences = new Preferences(
                List.of(WHOOP), Map.of(Family.SLEEP, List.of(SAHHA)), Map.of(Metric.STEPS, List.of(WHOOP, SAHHA)));

        String written = new ObjectMapper().writeValueAsString(PreferencesAnswer.of(preferences));

        assertThat(written).isEqualTo("""
                {"order":["whoop"],"by_family":{"sleep":["sahha"]},"by_metric":{"steps":["whoop","sahha"]}}""");
        assertThat(READER.read(written)).isEqualTo(preferences);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[]                                          | must be an object with order, by_family, by_metric",
                "null                                        | must be an object with order, by_family, by_metric",
                "\"sahha\"                                   | must be an object with order, by_family, by_metric",
                "{\"sources\":[]}                            | sources: there is no such field, allowed are order, by_family, by_metric",
                "{\"Order\":[]}                              | Order: there is no such field",
                "{\"order\":null}                            | order: must be a list of sources, allowed are sahha, whoop",
                "{\"order\":\"sahha\"}                       | order: must be a list of sources, allowed are sahha, whoop",
                "{\"order\":{\"a\":1}}                       | order: must be a list of sources, allowed are sahha, whoop",
                "{\"order\":[\"oura\"]}                      | order[0]: there is no such source, allowed are sahha, whoop",
                "{\"order\":[\"sahha\",\"WHOOP\"]}           | order[1]: there is no such source, allowed are sahha, whoop",
                "{\"order\":[1]}                             | order[0]: there is no such source, allowed are sahha, whoop",
                "{\"order\":[null]}                          | order[0]: there is no such source, allowed are sahha, whoop",
                "{\"order\":[[\"sahha\"]]}                   | order[0]: there is no such source, allowed are sahha, whoop",
                "{\"order\":[\"\"]}                          | order[0]: there is no such source, allowed are sahha, whoop",
                "{\"order\":[\"sahha\",\"sahha\"]}           | order[1]: sahha is named twice",
                "{\"by_family\":[]}                          | by_family: must be an object of orders by family",
                "{\"by_family\":null}                        | by_family: must be an object of orders by family",
                "{\"by_family\":{\"mood\":[\"sahha\"]}}      | by_family.mood: there is no such family, allowed are sleep, heart",
                "{\"by_family\":{\"SLEEP\":[\"sahha\"]}}     | by_family.SLEEP: there is no such family",
                "{\"by_family\":{\"sleep\":\"sahha\"}}       | by_family.sleep: must be a list of sources",
                "{\"by_family\":{\"sleep\":[\"oura\"]}}      | by_family.sleep[0]: there is no such source, allowed are sahha, whoop",
                "{\"by_metric\":7}                           | by_metric: must be an object of orders by metric",
                "{\"by_metric\":{\"mood\":[\"sahha\"]}}      | by_metric.mood: there is no such metric, allowed are heart_rate.resting",
                "{\"by_metric\":{\"readiness\":[\"sahha\"]}} | by_metric.readiness: there is no such metric",
                "{\"by_metric\":{\"\":[\"sahha\"]}}          | by_metric.: there is no such metric",
                "{\"by_metric\":{\"steps\":{}}}              | by_metric.steps: must be a list of sources",
                "{\"by_metric\":{\"steps\":[\"whoop\",\"oura\"]}} | by_metric.steps[1]: there is no such source",
            })
    void namesWhatIsWrongAndWhatIsAllowed(String body, String error) {
        InvalidRequest refused = catchThrowableOfType(InvalidRequest.class, () -> READER.read(body));

        assertThat(refused.errors()).singleElement().asString().contains(error);
        assertThat(refused).hasMessageContaining(error);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "order",
                "{} {}",
                "{\"order\":[\"sahha\"],\"order\":[\"whoop\"]}",
                "{\"by_metric\":{\"steps\":[\"sahha\"],\"steps\":[\"whoop\"]}}"
            })
    void refusesWhatIsNoJsonOrSaysAThingTwice(String body) {
        assertThat(catchThrowableOfType(InvalidRequest.class, () -> READER.read(body)))
                .hasMessageContaining("JSON");
    }

    @Test
    void refusesNestingOfAnyDepth() {
        assertThat(catchThrowableOfType(InvalidRequest.class, () -> READER.read("[".repeat(30_000))))
                .isNotNull();
        assertThat(catchThrowableOfType(InvalidRequest.class, () -> READER.read("[".repeat(900) + "]".repeat(900))))
                .hasMessageContaining("must be an object");
    }

    @Test
    void namesEverythingThatIsWrongButNotThousandsOfThings() {
        InvalidRequest two = catchThrowableOfType(
                InvalidRequest.class,
                () -> READER.read(
                        "{\"order\":[\"oura\"],\"by_metric\":{\"mood\":[]},\"by_family\":{\"sleep\":[\"sahha\"]}}"));
        String names = IntStream.range(0, 3_000)
                .mapToObj(i -> "\"" + "x".repeat(200) + i + "\":[]")
                .collect(Collectors.joining(",", "{", "}"));
        InvalidRequest many =
                catchThrowableOfType(InvalidRequest.class, () -> READER.read("{\"by_metric\":" + names + "}"));

        assertThat(two.errors()).hasSize(2);
        assertThat(many.errors())
                .hasSize(20)
                .allSatisfy(line -> assertThat(line).hasSizeLessThan(1_000));
    }

    @Test
    void whatWasKeptIsReadWithoutWhatIsThereNoMore() {
        Preferences read = PreferencesReader.ofAnySource().readKept("""
                {"order":["ring","sahha"],"by_family":{"mood":["sahha"],"sleep":["whoop"]},
                "by_metric":{"gone.metric":["whoop"]}}""");

        assertThat(read.order()).extracting(Object::toString).containsExactly("ring", "sahha");
        assertThat(read.byFamily()).isEqualTo(Map.of(Family.SLEEP, List.of(WHOOP)));
        assertThat(read.byMetric()).isEmpty();
    }
}
