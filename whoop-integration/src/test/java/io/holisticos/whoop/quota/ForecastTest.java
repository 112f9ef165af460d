package io.holisticos.whoop.quota;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** A day of a hundred calls. */
class ForecastTest {

    private static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");
    private static final Limit DAY =
            new Limit(QuotaWindow.DAY, 100, 0, Duration.ofDays(1).plusSeconds(2));

    private final Grants grants = new Grants(200);

    @Test
    void withoutCallsTheDayLastsAndAMemberCostsWhatIsExpected() {
        Forecast forecast = Forecast.of(grants, DAY, NOW);

        assertThat(forecast).isEqualTo(new Forecast(null, 0, null, 20));
        assertThat(forecast.text()).isEqualTo("at this rate the day's quota lasts");
        assertThat(forecast.admitsOneMore()).isTrue();
    }

    @Test
    void theDayEndsWhenTheLastHourGoesOn() {
        grant(60, Lane.WEBHOOK, Duration.ofMinutes(30)); // five in five minutes

        Forecast forecast = Forecast.of(grants, DAY, NOW);

        assertThat(forecast.endsAt()).isEqualTo(NOW.plus(Duration.ofMinutes(40)));
        assertThat(forecast.text()).isEqualTo("at this rate the day ends 10:40 UTC");
        assertThat(forecast.admitsOneMore()).isFalse();
    }

    @Test
    void aDayThatIsUsedUpHasEnded() {
        grant(100, Lane.RECONCILE, Duration.ofHours(2));

        assertThat(Forecast.of(grants, DAY, NOW).endsAt()).isEqualTo(NOW);
    }

    @Test
    void historyDoesNotGoOn() {
        grant(30, Lane.BACKFILL, Duration.ofMinutes(30));
        grant(30, Lane.WEBHOOK, Duration.ofMinutes(20));

        assertThat(Forecast.of(grants, DAY, NOW).endsAt()).isEqualTo(NOW.plus(Duration.ofMinutes(80)));
    }

    @Test
    void callsBeforeTheLastHourAreUsedButDoNotGoOn() {
        grant(80, Lane.WEBHOOK, Duration.ofMinutes(61));
        grant(12, Lane.WEBHOOK, Duration.ofMinutes(59)); // one in five minutes

        assertThat(Forecast.of(grants, DAY, NOW).endsAt()).isEqualTo(NOW.plus(Duration.ofMinutes(40)));
    }

    @Test
    void callsThatComeBackAreThereAgain() {
        grant(80, Lane.WEBHOOK, Duration.ofHours(23).plusMinutes(30));
        grant(12, Lane.WEBHOOK, Duration.ofMinutes(30));

        assertThat(Forecast.of(grants, DAY, NOW).endsAt())
                .as("12 and 88 more, one in five minutes")
                .isEqualTo(NOW.plus(Duration.ofMinutes(440)));
    }

    @Test
    void aSlowHourLasts() {
        grant(3, Lane.WEBHOOK, Duration.ofMinutes(30));

        assertThat(Forecast.of(grants, DAY, NOW).endsAt()).isNull();
    }

    @Test
    void aMemberCostsItsEventsAndReconcilesOfADay() {
        grants.add(NOW.minus(Duration.ofHours(21)), Lane.INTERACTIVE, 1);
        for (int i = 0; i < 5; i++) {
            grants.add(NOW.minus(Duration.ofHours(5)), Lane.WEBHOOK, 1);
        }
        for (int i = 0; i < 3; i++) {
            grants.add(NOW.minus(Duration.ofHours(4)), Lane.RECONCILE, 2);
        }
        grants.add(NOW.minus(Duration.ofHours(3)), Lane.BACKFILL, 2);

        assertThat(Forecast.of(grants, DAY, NOW)).isEqualTo(new Forecast(null, 2, 4.0, 23));
    }

    @Test
    void costIsMeasuredOverMoreThanTwentyHours() {
        grants.add(NOW.minus(Duration.ofHours(20)), Lane.WEBHOOK, 1);
        assertThat(Forecast.of(grants, DAY, NOW)).isEqualTo(new Forecast(null, 1, null, 20));
        assertThat(Forecast.of(grants, DAY, NOW.plusSeconds(1)).callsPerMemberAndDay())
                .isEqualTo(1.0);
        assertThat(Forecast.of(grants, DAY, NOW.plus(Duration.ofHours(5))))
                .as("a day later it is forgotten")
                .isEqualTo(new Forecast(null, 0, null, 20));
    }

    @Test
    void onlyInteractiveCallsTellNoCost() {
        grants.add(NOW.minus(Duration.ofHours(21)), Lane.INTERACTIVE, 1);

        assertThat(Forecast.of(grants, DAY, NOW)).isEqualTo(new Forecast(null, 1, null, 20));
    }

    @Test
    void aMemberCostsAtLeastOneCall() {
        grants.add(NOW.minus(Duration.ofHours(21)), Lane.WEBHOOK, 1);
        grants.add(NOW.minus(Duration.ofHours(21)), Lane.INTERACTIVE, 2);

        assertThat(Forecast.of(grants, DAY, NOW)).isEqualTo(new Forecast(null, 2, 0.5, 95));
    }

    @Test
    void aMemberMoreIsAdmittedWhileTheDayLastsAndThereIsRoom() {
        assertThat(new Forecast(null, 19, null, 20).admitsOneMore()).isTrue();
        assertThat(new Forecast(null, 20, null, 20).admitsOneMore()).isFalse();
        assertThat(new Forecast(NOW, 19, null, 20).admitsOneMore()).isFalse();
    }

    private void grant(int count, Lane lane, Duration ago) {
        for (int i = 0; i < count; i++) {
            grants.add(NOW.minus(ago), lane, 0);
        }
    }
}
