package io.holisticos.whoop.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.holisticos.outbound.Reply;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What neither the database nor our types can hold, found where it stands; the records beside it are read. */
class HostileRecordsTest {

    private static final String ID = "ecfc6a15-4661-442f-a9a4-f160dd7afae8";
    private static final String WORKOUT = text("workout-scored.json");
    private static final String CYCLE = text("cycle-scored-with-steps.json");

    private final MetricRegistry metrics = new MetricRegistry();
    private final WireReader reader = new WireReader(
            WhoopApi.WHOOP,
            JsonMapper.builder()
                    .addModule(new JavaTimeModule())
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .build(),
            metrics);

    private record Hostile(String what, String record, String reason) {
        @Override
        public String toString() {
            return what;
        }
    }

    static Stream<Hostile> workouts() {
        return Stream.of(
                named("U+0000", "\"running\"", "\"a\\u0000b\"", "sport_name holds U+0000"),
                named("a lone surrogate", "\"running\"", "\"a\\ud800b\"", "sport_name holds half a character"),
                named(
                        "a long name",
                        "\"running\"",
                        '"' + "x".repeat(201) + '"',
                        "sport_name must have 1 to 200 characters"),
                named("a huge name", "\"running\"", '"' + "x".repeat(100_000) + '"', "sport_name must have at most"),
                named("a control character", "\"running\"", "\"a\u0001b\"", "sport_name is not of the documented form"),
                named("a number for UUID", '"' + ID + '"', "12", "id is not of the documented form"),
                named("NaN", "8.2463", "NaN", "score is not of the documented form"),
                named("infinity", "8.2463", "-Infinity", "score is not of the documented form"),
                named("an absurd scale", "8.2463", "1e-999999", "score.strain has more than 100 digits"),
                named("an absurd number", "46.64384460449", "1e400", "score.altitude_gain_meter has more than"),
                named("a monstrous number", "46.64384460449", "1e999999999", "score.altitude_gain_meter has more than"),
                named(
                        "ten thousand digits",
                        "46.64384460449",
                        "9".repeat(10_000),
                        "score is not of the documented form"),
                named(
                        "an integer too large",
                        "123",
                        "2147483648",
                        "score.average_heart_rate is not a whole number that fits"),
                named(
                        "a fraction of a beat",
                        "123",
                        "123.5",
                        "score.average_heart_rate is not a whole number that fits"),
                named(
                        "too many milliseconds",
                        "300000",
                        "9223372036854775807",
                        "score.zone_durations.zone_zero_milli is too large"),
                named(
                        "a year out of range",
                        "2022-04-24T02:25:44.774Z",
                        "+200000-01-01T00:00:00Z",
                        "start must be in 2010 to 2099"),
                named("an epoch", "2022-04-24T02:25:44.774Z", "1969-12-31T00:00:00Z", "start must be in 2010 to 2099"),
                named("no object", WORKOUT, "null", "not the documented form"),
                named("a text instead", WORKOUT, "\"workout\"", "is not of the documented form"),
                named("deep nesting", "\"running\"", "[".repeat(50_000) + "]".repeat(50_000), "sport_name"));
    }

    private static Hostile named(String what, String found, String instead, String reason) {
        assertThat(WORKOUT).contains(found);
        return new Hostile(what, WORKOUT.replace(found, instead), reason);
    }

    @ParameterizedTest
    @MethodSource("workouts")
    void isQuarantinedNamedAndCountedAndThePageGoesOn(Hostile hostile) {
        Page<Workout> page = page(List.of(WORKOUT, hostile.record(), WORKOUT), Workout.class);

        assertThat(page.records()).hasSize(2);
        assertThat(page.rejected()).singleElement().satisfies(rejected -> {
            assertThat(rejected.reason()).contains(hostile.reason());
            assertThat(rejected.id()).isIn(ID, "unknown");
        });
        if (hostile.record().contains('"' + ID + '"')) {
            assertThat(page.rejected().get(0).id()).isEqualTo(ID);
        }
        assertThat(metrics.counter("whoop.rejected.workout").getCount()).isOne();
        assertThat(page.nextToken()).isEqualTo("next");
    }

    @Test
    void bytesThatAreNoUtf8SpoilTheirRecordOnly() {
        byte[] body = ("{\"records\":[" + WORKOUT + "," + WORKOUT.replace("running", "run#ning") + "]}")
                .getBytes(StandardCharsets.UTF_8);
        body[new String(body, StandardCharsets.UTF_8).indexOf('#')] = (byte) 0xff;

        Page<Workout> page = reader.page(reply(body), Workout.class);

        assertThat(page.records()).hasSize(1);
        assertThat(page.rejected()).singleElement().extracting(Rejected::id).isEqualTo(ID);
    }

    @Test
    void namesKeepTheirLetters() {
        String record = WORKOUT.replace("running", "Läufe 🏃");

        Page<Workout> page = page(List.of(record), Workout.class);

        assertThat(page.records().get(0).record().sportName()).isEqualTo("Läufe 🏃");
        assertThat(page.records().get(0).raw()).isEqualTo(record.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"68.0", "68.000", "6.8e1", "680e-1", "\"68\""})
    void aDecimalThatIsWholeIsAnInteger(String whole) {
        Page<Cycle> page = page(List.of(CYCLE.replace(": 68,", ": " + whole + ",")), Cycle.class);

        assertThat(page.rejected()).isEmpty();
        assertThat(page.records().get(0).record().score())
                .isNotNull()
                .satisfies(score -> assertThat(score.averageHeartRate()).isEqualTo(68));
    }

    @Test
    void everyIntegerOfEveryKindMayBeWrittenAsADecimal() {
        Map<String, Class<?>> samples = Map.of(
                "cycle-scored-with-steps.json", Cycle.class,
                "recovery-scored.json", Recovery.class,
                "sleep-scored.json", Sleep.class,
                "workout-scored.json", Workout.class,
                "profile.json", Profile.class,
                "body-measurement.json", BodyMeasurement.class);
        samples.forEach((sample, type) -> {
            String plain = text(sample);
            String decimals = plain.replaceAll("(: -?[0-9]+)(,?\\s)", "$1.0$2");
            assertThat(decimals).as(sample).isNotEqualTo(plain);

            Fetched<?> read = reader.single(reply(decimals.getBytes(StandardCharsets.UTF_8)), type);

            assertThat(read.record())
                    .as(sample)
                    .usingRecursiveComparison()
                    .withComparatorForType(java.math.BigDecimal::compareTo, java.math.BigDecimal.class)
                    .isEqualTo(reader.single(reply(plain.getBytes(StandardCharsets.UTF_8)), type)
                            .record());
        });
    }

    private static String text(String sample) {
        return new String(WhoopStub.sampleBytes(sample), StandardCharsets.UTF_8).strip();
    }

    private <T> Page<T> page(List<String> records, Class<T> type) {
        String body = "{\"records\":[" + String.join(",", records) + "],\"next_token\":\"next\"}";
        return reader.page(reply(body.getBytes(StandardCharsets.UTF_8)), type);
    }

    private static Reply reply(byte[] body) {
        return new Reply(WhoopApi.WHOOP, 200, Map.of(), body);
    }
}
