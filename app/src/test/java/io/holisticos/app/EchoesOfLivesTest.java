package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.twins.world.Life;
import io.holisticos.twins.world.WorldOptions;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the whole service calls an echo, in the lives of members whose Sahha gets its data in different ways. */
@Tag("deep")
class EchoesOfLivesTest {

    private static final Duration A_YEAR = Duration.ofDays(366);
    private static final LocalDate TODAY = LocalDate.parse("2026-11-22");

    private static House house;

    @BeforeAll
    static void open() throws Exception {
        house = House.openFor(new WorldOptions(7, House.START, 4, new Life(A_YEAR, null)));
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @Test
    void theSleepThatAPhoneTookFromWhoopIsAnEchoOnAllButOneOfThirtyDays() throws Exception {
        List<JsonNode> days = days("demo-anna", 30);

        assertThat(days.stream().filter(day -> isEcho(day, "sleep.duration")).count())
                .isGreaterThanOrEqualTo(29);
        assertThat(days).noneMatch(day -> isEcho(day, "hrv.rmssd.sleep"));
    }

    @Test
    void whatSahhasOwnWhoopIntegrationBringsIsAnEchoWithItsRmssd() throws Exception {
        List<JsonNode> days = days("demo-0002", 30);

        assertThat(days.stream().filter(day -> isEcho(day, "sleep.duration")).count())
                .isGreaterThanOrEqualTo(29);
        // WHOOP scored some of the nights anew after Sahha had read them: a value that differs is none
        assertThat(days.stream().filter(day -> isEcho(day, "hrv.rmssd.sleep")).count())
                .isGreaterThanOrEqualTo(25);
        assertThat(days)
                .noneMatch(day ->
                        isEcho(day, "hrv.rmssd.sleep") && day.path("metrics").has("hrv.rmssd"));
    }

    @Test
    void anIndependentTrackerIsNoEchoOnAnyDayOfAYear() throws Exception {
        List<JsonNode> days = days("demo-0004", 365);

        assertThat(days.stream().filter(EchoesOfLivesTest::bothMeasuredSleep).count())
                .isGreaterThan(300);
        assertThat(days).noneMatch(EchoesOfLivesTest::hasAnEcho);
    }

    private static List<JsonNode> days(String member, int count) throws Exception {
        house.connectWithHistory(member);
        List<JsonNode> days = new ArrayList<>();
        House.await(() -> {
            days.clear();
            house.jsonOf(house.get(path(member, count))).forEach(days::add);
            return days.size() == count && days.stream().allMatch(EchoesOfLivesTest::isOfBoth);
        });
        return days;
    }

    private static boolean isOfBoth(JsonNode day) {
        return StreamSupport.stream(day.path("sources").spliterator(), false)
                .allMatch(source -> source.path("status").asText().matches("ok|stale"));
    }

    private static String path(String member, int count) {
        return "/api/v1/unified-health/days/" + member + "?from=" + TODAY.minusDays(count - 1) + "&to=" + TODAY;
    }

    private static boolean bothMeasuredSleep(JsonNode day) {
        return !day.at("/metrics/sleep.duration/others").isEmpty();
    }

    private static boolean hasAnEcho(JsonNode day) {
        return StreamSupport.stream(day.path("metrics").spliterator(), false)
                .anyMatch(EchoesOfLivesTest::hasAnEchoAmongOthers);
    }

    private static boolean isEcho(JsonNode day, String metric) {
        return hasAnEchoAmongOthers(day.path("metrics").path(metric));
    }

    private static boolean hasAnEchoAmongOthers(JsonNode metric) {
        return StreamSupport.stream(metric.path("others").spliterator(), false)
                .anyMatch(other -> other.path("echo").asBoolean());
    }
}
