package io.holisticos.sahha;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.DayRange;
import io.holisticos.health.DaysToRead;
import io.holisticos.health.Deadline;
import io.holisticos.health.SourceAnswer;
import io.holisticos.health.SourceAnswer.Measured;
import io.holisticos.health.SourceDay;
import io.holisticos.health.UserId;
import io.holisticos.twins.TwinClock;
import io.holisticos.twins.sahha.SahhaQuirk;
import io.holisticos.twins.sahha.SahhaTwin;
import io.holisticos.twins.sahha.SahhaTwinOptions;
import io.holisticos.twins.world.World;
import io.holisticos.twins.world.WorldOptions;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The module against the twin of Sahha: whatever its quirks, a finished day says the same. */
class SahhaTwinTest {

    private static final Instant START = Instant.parse("2026-11-22T14:05:00Z");
    private static final LocalDate FINISHED = LocalDate.of(2026, 11, 20);
    private static final UserId BEN = new UserId("demo-ben");

    /** That there is nobody is remembered for a day. */
    private static final UserId ASKED_FOR_ONCE = new UserId("demo-0001");

    private static SahhaTwin twin;
    private static SahhaBed bed;

    /** The day without any quirk; the twin's clock stands still, so that it stays the same. */
    private static SourceDay plain;

    @BeforeAll
    static void open() throws IOException {
        TwinClock clock = TwinClock.fixed(START);
        twin = SahhaTwin.start(SahhaTwinOptions.onPort(0), World.of(new WorldOptions(7, START, 2)), clock);
        bed = new SahhaBed(
                SahhaTables.emptied(), URI.create(twin.baseUrl()), "sandbox-sahha-client", "sandbox-sahha-secret");
        bed.now.set(START);
        plain = finishedDay();
        assertThat(plain.scores()).isNotEmpty();
    }

    @AfterAll
    static void close() {
        bed.close();
        twin.close();
    }

    @BeforeEach
    void forgetEverything() {
        twin.quirks(Set.of());
        bed.database
                .jdbi()
                .useHandle(handle -> handle.execute(
                        "truncate scores, biomarkers, archetypes, sahha_refresh, sahha_profile_check, sahha_history"));
    }

    @ParameterizedTest
    @EnumSource(
            value = SahhaQuirk.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NULL_SCORES", "SLEEP_ONLY", "GONE", "SCORE_DATE_Z", "SCORE_DATE_WITHOUT_OFFSET"})
    void aQuirkChangesNothing(SahhaQuirk quirk) {
        twin.quirks(Set.of(quirk));

        SourceDay quirky = finishedDay();
        assertThat(values(quirky)).isEqualTo(values(plain));
        assertThat(quirky.scores()).hasSameSizeAs(plain.scores());
    }

    @Test
    void aProfileThatIsGoneIsNotConnected() {
        twin.quirks(Set.of(SahhaQuirk.GONE));

        assertThat(read(ASKED_FOR_ONCE).status()).isEqualTo("not_connected");
    }

    @Test
    void everyDemoMemberAnswersTheExistingPaths() {
        for (String member : List.of("demo-anna", "demo-ben", "demo-chen", "demo-dina")) {
            for (String path : List.of(
                    "/api/v1/health-metrics/overview?profile_id=",
                    "/api/v1/health-metrics/activity?profile_id=",
                    "/api/v1/health-metrics/sleep?profile_id=",
                    "/api/v1/health-metrics/scores?profile_id=",
                    "/api/v1/health-metrics/biomarkers?profile_id=",
                    "/api/v1/sahha/scores?user_id=",
                    "/api/v1/sahha/biomarkers?user_id=",
                    "/api/v1/sahha/archetypes?user_id=")) {
                // demo-dina has just crossed the date line: her new day may have nothing yet.
                var answer = bed.get(path
                        + member
                        + (path.contains("profile_id") && member.equals("demo-dina") ? "&period=yesterday" : ""));
                assertThat(answer.statusCode())
                        .as(path + member + " " + answer.body())
                        .isEqualTo(200);
                assertThat(answer.body()).hasSizeGreaterThan(40);
            }
        }
        assertThat(bed.metrics.getMeters().keySet()).noneMatch(name -> name.startsWith("sahha.rows.skipped"));
    }

    @Test
    void daysAskedOneByOneAreThoseOfARange() {
        DayRange range = new DayRange(FINISHED.minusDays(12), FINISHED.plusDays(2));
        for (String member : List.of("demo-ben", "demo-dina")) { // demo-dina crosses the date line
            UserId who = new UserId(member);
            List<SourceDay> together = daysOf(who, range);

            List<SourceDay> oneByOne = range.days().stream()
                    .flatMap(date -> daysOf(who, DayRange.of(date)).stream())
                    .toList();

            assertThat(oneByOne).as(member).isNotEmpty().isEqualTo(together);
        }
    }

    private static List<SourceDay> daysOf(UserId who, DayRange days) {
        return ((Measured) bed.module
                        .source()
                        .read(who, new DaysToRead(days, days), Deadline.after(Duration.ofSeconds(30))))
                .days();
    }

    private static SourceDay finishedDay() {
        Measured measured = (Measured) read(BEN);
        assertThat(measured.status()).isEqualTo("ok");
        assertThat(measured.days()).as("one day").hasSize(1);
        return measured.days().get(0);
    }

    private static SourceAnswer read(UserId who) {
        return bed.module
                .source()
                .read(
                        who,
                        new DaysToRead(DayRange.of(FINISHED), DayRange.of(FINISHED)),
                        Deadline.after(Duration.ofSeconds(30)));
    }

    private static Map<String, Double> values(SourceDay day) {
        return day.measurements().stream()
                .collect(Collectors.toMap(
                        measurement -> measurement.metric().key(),
                        measurement -> measurement.value().doubleValue()));
    }
}
