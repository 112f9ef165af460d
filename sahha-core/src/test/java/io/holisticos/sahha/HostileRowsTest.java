package io.holisticos.sahha;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.DayRange;
import io.holisticos.health.DaysToRead;
import io.holisticos.health.Deadline;
import io.holisticos.health.UserId;
import io.holisticos.sahha.api.SahhaKind;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rows that cannot be held: each is skipped and counted, and those beside it are held. */
class HostileRowsTest {

    private static final String GOOD = """
            {"id":"good","category":"vitals","type":"heart_rate_resting","value":"55","unit":"bpm","valueType":"double",
             "periodicity":"daily","aggregation":"average","startDateTime":"2024-06-06T00:00:00+12:00",
             "endDateTime":"2024-06-06T23:59:59+12:00"}""";

    private static SahhaBed bed;
    private static int members;

    @BeforeAll
    static void open() {
        bed = new SahhaBed();
        bed.now.set(Instant.parse("2024-06-07T12:00:00Z"));
    }

    @AfterAll
    static void close() {
        bed.close();
    }

    private record Hostile(String what, String row) {
        @Override
        public String toString() {
            return what;
        }
    }

    static Stream<Hostile> rows() {
        return Stream.of(
                instead("U+0000", "\"bpm\"", "\"b\\u0000m\""),
                instead("half a character", "\"bpm\"", "\"b\\ud800m\""),
                instead("half a character in an unread field's name", "\"unit\"", "\"u\\udc00\":1,\"unit\""),
                instead("a control character", "\"bpm\"", "\"b\u0001m\""),
                instead("NaN", "\"55\"", "NaN"),
                instead("an absurd number", "\"55\"", "1e999999999"),
                instead("ten thousand digits", "\"55\"", "9".repeat(10_000)),
                instead("deep nesting", "\"unit\"", "\"x\":" + "[".repeat(20_000) + "]".repeat(20_000) + ",\"unit\""),
                instead("a huge text", "\"bpm\"", '"' + "x".repeat(300_000) + '"'),
                instead("a huge id", "\"good\"", '"' + "x".repeat(300) + '"'),
                instead("a year out of range", "2024-06-06T00:00:00+12:00", "+200000-06-06T00:00:00+12:00"),
                instead("a list", GOOD, "[]"),
                instead("null", GOOD, "null"));
    }

    private static Hostile instead(String what, String found, String instead) {
        return new Hostile(what, GOOD.replace(found, instead));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void isSkippedAndCountedAndTheOthersAreHeld(Hostile hostile) {
        UserId who = new UserId("member-" + members++);
        long before = bed.metrics.meter("sahha.rows.skipped.biomarkers").getCount();
        String other = GOOD.replace("heart_rate_resting", "heart_rate_sleep");
        bed.sahha.member(who.value(), null, "[" + GOOD + "," + hostile.row() + "," + other + "]", null);

        DayRange week = new DayRange(LocalDate.parse("2024-06-01"), LocalDate.parse("2024-06-07"));
        bed.module.source().read(who, new DaysToRead(week, week), Deadline.after(Duration.ofSeconds(25)));

        assertThat(bed.stores()
                        .rows()
                        .startingIn(SahhaKind.BIOMARKERS, who, null, null, 100, bed.now.get())
                        .biomarkers())
                .hasSize(2);
        assertThat(bed.metrics.meter("sahha.rows.skipped.biomarkers").getCount())
                .isEqualTo(before + 1);
    }
}
