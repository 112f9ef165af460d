package io.holisticos.whoop.quota;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LimitTest {

    @ParameterizedTest
    @CsvSource({"100,2,98,2", "10,2,9,1", "101,2,98,3", "100,0,100,0", "10,90,1,9"})
    void theReserveIsRoundedUpAndNeverEverything(int perMinute, int reservePercent, int most, int reserve) {
        QuotaConfiguration configuration = new QuotaConfiguration();
        configuration.perMinute = perMinute;
        configuration.reservePercent = reservePercent;

        assertThat(Limit.of(QuotaWindow.MINUTE, configuration))
                .isEqualTo(new Limit(QuotaWindow.MINUTE, most, reserve, Duration.ofSeconds(62)));
    }

    @Test
    void theDayHasALimitOfItsOwn() {
        assertThat(Limit.of(QuotaWindow.DAY, new QuotaConfiguration()))
                .isEqualTo(new Limit(
                        QuotaWindow.DAY, 9_800, 200, Duration.ofDays(1).plusSeconds(2)));
    }

    @ParameterizedTest(name = "of {0} beside {1}: {2}")
    @CsvSource({"100,0,100", "100,1,99", "100,80,20", "100,81,20", "100,1000,20", "3,50,1"})
    void whatOthersUseIsLessForUsButNeverAll(int most, int foreign, int left) {
        Limit limit = new Limit(QuotaWindow.DAY, most, 5, Duration.ofDays(1));

        assertThat(limit.beside(foreign)).isEqualTo(new Limit(QuotaWindow.DAY, left, 5, Duration.ofDays(1)));
    }

    @Test
    void aWindowIsNamedAsTheDatabaseNamesIt() {
        assertThat(QuotaWindow.of("minute")).isEqualTo(QuotaWindow.MINUTE);
        assertThat(QuotaWindow.of("day")).isEqualTo(QuotaWindow.DAY);
    }

    @ParameterizedTest
    @CsvSource({"1,MINUTE", "60,MINUTE", "61,DAY", "86400,DAY"})
    void aSpanIsOfTheWindowThatIsNearer(long seconds, QuotaWindow window) {
        assertThat(QuotaWindow.lasting(seconds)).isEqualTo(window);
    }
}
