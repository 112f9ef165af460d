package io.holisticos.whoop.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.UserId;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class ReconcileHourTest {

    private static final long YEAR_2020 = 1_577_836_800;
    private static final long YEAR_2040 = 2_208_988_800L;

    @Tag("law")
    @Property
    void theLastOneLiesWithinHalfADayAndIsThreeThereGiveOrTake45Minutes(
            @ForAll @IntRange(min = -48, max = 56) int quarters,
            @ForAll @IntRange(max = 5_000) int member,
            @ForAll @LongRange(min = YEAR_2020, max = YEAR_2040) long second) {
        Instant now = Instant.ofEpochSecond(second);
        ReconcileHour hour =
                ReconcileHour.of(new UserId("member-" + member), ZoneOffset.ofTotalSeconds(quarters * 900));

        Instant last = hour.last(now);

        assertThat(last).isBeforeOrEqualTo(now).isAfter(now.minus(Duration.ofHours(12)));
        assertThat(hour.jitter().abs()).isLessThanOrEqualTo(Duration.ofMinutes(45));
        assertThat(last.minus(hour.jitter()).atOffset(hour.offset()).toLocalTime())
                .isIn(LocalTime.of(3, 0), LocalTime.of(15, 0));
        assertThat(hour.last(last)).as("it has come").isEqualTo(last);
        assertThat(ReconcileHour.after(hour.last(last.minusMillis(1)))).isEqualTo(last);
        assertThat(Duration.between(ReconcileHour.canWaitIfListedSince(last), ReconcileHour.after(last)))
                .as("what nobody told is found within two days")
                .isEqualTo(Duration.ofHours(48));
    }

    @Test
    void membersOfOneZoneDoNotComeAtOnce() {
        Map<Duration, Integer> members = new HashMap<>();
        for (int i = 0; i < 2_000; i++) {
            members.merge(
                    ReconcileHour.of(new UserId("member-" + i), ZoneOffset.UTC).jitter(), 1, Integer::sum);
        }

        assertThat(members).as("minutes from 45 before to 45 after").hasSize(91);
        assertThat(members.values()).as("of 2,000 members").allMatch(count -> count < 45);
    }

    @Test
    void aCrossedDateLineMovesItByHalfADayAndNoNightIsLost() {
        UserId dina = new UserId("demo-dina");
        Instant now = Instant.parse("2026-11-22T20:00:00Z");

        Instant auckland = ReconcileHour.of(dina, ZoneOffset.ofHours(13)).last(now);
        Instant honolulu = ReconcileHour.of(dina, ZoneOffset.ofHours(-10)).last(now);

        assertThat(Duration.between(honolulu, auckland)).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void aClockChangeMovesItByAnHour() {
        UserId anna = new UserId("demo-anna");
        Instant now = Instant.parse("2026-10-25T12:00:00Z");

        assertThat(ReconcileHour.of(anna, ZoneOffset.ofHours(1)).last(now))
                .isEqualTo(
                        ReconcileHour.of(anna, ZoneOffset.ofHours(2)).last(now).plus(Duration.ofHours(1)));
    }
}
