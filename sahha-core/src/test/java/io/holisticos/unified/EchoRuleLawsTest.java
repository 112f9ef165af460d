package io.holisticos.unified;

import static io.holisticos.unified.UnifiedFixture.DAY;
import static io.holisticos.unified.UnifiedFixture.ECHOES;
import static io.holisticos.unified.UnifiedFixture.SAHHA;
import static io.holisticos.unified.UnifiedFixture.WHOOP;
import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.Measurement;
import io.holisticos.health.Metric;
import io.holisticos.health.SleepInterval;
import io.holisticos.health.SourceDay;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;

/** What holds of every echo. All values here stand beside each sign there is: the same night, the logs, and equal days before. */
@Tag("law")
class EchoRuleLawsTest {

    /** Not a time of the night, which may be a minute off. */
    private static final Metric VITAL = Metric.HEART_RATE_RESTING;

    @Property(tries = 500)
    void aValueThatLostDigitsOnItsWayIsAnEcho(
            @ForAll("values") BigDecimal own, @ForAll @IntRange(max = 4) int decimals) {
        int kept = Math.min(decimals, own.scale());

        assertThat(isEcho(own.setScale(kept, RoundingMode.HALF_UP), own)).isTrue();
    }

    @Property(tries = 500)
    void noDecimalsMakeAnEchoOfAValueThatIsAsExactAndDiffers(
            @ForAll("values") BigDecimal own,
            @ForAll @IntRange(min = 1, max = 3000) int off,
            @ForAll boolean higher,
            @ForAll @IntRange(max = 9) int more) {
        int scale = Math.max(own.scale(), 3);
        BigDecimal difference = BigDecimal.valueOf(higher ? off : -off, scale);
        BigDecimal relayed = own.add(difference).setScale(scale);

        assertThat(isEcho(relayed, own)).isFalse();
        assertThat(isEcho(relayed.add(BigDecimal.valueOf(higher ? more : -more, scale + 1)), own))
                .isFalse();
    }

    @Property(tries = 200)
    void theSameDaysLaterHaveTheSameEchoes(
            @ForAll("told") List<SourceDay> days, @ForAll @IntRange(min = -400, max = 400) int later) {
        List<SourceDay> moved =
                days.stream().map(day -> moved(day, later, later)).toList();

        for (int i = 0; i <= 4; i++) {
            assertThat(ECHOES.of(SAHHA, DAY.plusDays(i + later), among(moved)).keySet())
                    .isEqualTo(ECHOES.of(SAHHA, DAY.plusDays(i), among(days)).keySet());
        }
    }

    @Property(tries = 200)
    void aNightIsAnEchoOnWhicheverDateTheRelayHasIt(
            @ForAll("told") List<SourceDay> days, @ForAll @IntRange(min = -1, max = 1) int later) {
        SourceDay relayed = days.get(0);
        SourceDay own = days.get(1);
        EchoRule.Days together = among(List.of(relayed, own));
        EchoRule.Days apart = among(List.of(moved(relayed, later, 0), own));

        assertThat(ofNights(ECHOES.of(SAHHA, DAY.plusDays(later), apart).keySet()))
                .isEqualTo(ofNights(ECHOES.of(SAHHA, DAY, together).keySet()));
    }

    private static Set<Metric> ofNights(Set<Metric> metrics) {
        return metrics.stream()
                .filter(metric -> metric.definition().isOfNight(WHOOP))
                .collect(Collectors.toSet());
    }

    private static boolean isEcho(BigDecimal relayed, BigDecimal own) {
        SleepInterval night = night(DAY);
        return ECHOES.of(
                        SAHHA,
                        DAY,
                        (source, date) -> new SourceDay(
                                date,
                                List.of(),
                                List.of(new Measurement(
                                        VITAL,
                                        !date.equals(DAY) ? BigDecimal.TEN : source.equals(SAHHA) ? relayed : own)),
                                List.of(),
                                null,
                                null,
                                night,
                                Map.of(VITAL, WHOOP)))
                .containsKey(VITAL);
    }

    @Provide
    Arbitrary<BigDecimal> values() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 4),
                        Arbitraries.bigDecimals()
                                .between(BigDecimal.ZERO, BigDecimal.valueOf(3000))
                                .ofScale(4))
                .as((scale, value) -> value.setScale(scale, RoundingMode.HALF_UP));
    }

    /** Of five days first the relay's, then the origin's, in turn. */
    @Provide
    Arbitrary<List<SourceDay>> told() {
        return Combinators.combine(
                        Arbitraries.of("50", "50.4", "51", "56").list().ofSize(30),
                        Arbitraries.of(-1, 0, 0, 0, 1).list().ofSize(10))
                .as((values, nights) -> IntStream.range(0, 10)
                        .mapToObj(i -> day(
                                DAY.plusDays(i / 2), values.subList(3 * i, 3 * i + 3), i % 2 == 0 ? nights.get(i) : 0))
                        .toList());
    }

    private static SourceDay day(LocalDate date, List<String> values, int nightsLater) {
        List<Metric> metrics = List.of(VITAL, Metric.SLEEP_DEEP, Metric.STEPS);
        return new SourceDay(
                date,
                List.of(),
                IntStream.range(0, 3)
                        .mapToObj(i -> new Measurement(metrics.get(i), new BigDecimal(values.get(i))))
                        .toList(),
                List.of(),
                null,
                null,
                night(date.plusDays(nightsLater)),
                Map.of());
    }

    private static SleepInterval night(LocalDate date) {
        Instant woken = date.atTime(7, 0).toInstant(ZoneOffset.UTC);
        return new SleepInterval(woken.minus(Duration.ofHours(8)), woken);
    }

    private static SourceDay moved(SourceDay day, int daysLater, int nightsLater) {
        SleepInterval night = Objects.requireNonNull(day.mainSleep());
        Duration shift = Duration.ofDays(nightsLater);
        return new SourceDay(
                day.date().plusDays(daysLater),
                day.scores(),
                day.measurements(),
                day.workouts(),
                day.details(),
                day.offset(),
                new SleepInterval(night.start().plus(shift), night.end().plus(shift)),
                day.relayed());
    }

    /** The relay's days stand at even places of the list it was made of; each source has a date once. */
    private static EchoRule.Days among(List<SourceDay> days) {
        return (source, date) -> IntStream.range(0, days.size())
                .filter(i -> source.equals(i % 2 == 0 ? SAHHA : WHOOP))
                .mapToObj(days::get)
                .filter(day -> day.date().equals(date))
                .findFirst()
                .orElse(null);
    }
}
