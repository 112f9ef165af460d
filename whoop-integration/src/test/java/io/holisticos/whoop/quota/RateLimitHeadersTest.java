package io.holisticos.whoop.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.SourceName;
import io.holisticos.outbound.Reply;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateLimitHeadersTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "100, 100;window=60, 10000;window=86400   | 60    | MINUTE",
                "10000, 100;window=60, 10000;window=86400 | 30412 | DAY",
                "10000, 100;window=60, 10000;window=86400 | 7     | DAY",
                "10000,10000; w=86400 ; comment=x,100;w=60 | 7     | DAY",
                "100;window=60                            | 7     | MINUTE",
                "77, 100;window=60                        | 7     | MINUTE",
                "77, 100;window=60                        | 7000  | DAY",
                "nonsense;;,,=                            | 7000  | DAY",
            })
    void findsTheWindowThatIsMeant(String limit, String reset, QuotaWindow window) {
        assertThat(of(Map.of("x-ratelimit-limit", List.of(limit), "X-RATELIMIT-RESET", List.of(reset)))
                        .window())
                .isEqualTo(window);
    }

    @Test
    void severalHeadersAreOneList() {
        assertThat(of(Map.of("X-RateLimit-Limit", List.of("10000", "100;window=60", "10000;window=86400")))
                        .window())
                .isEqualTo(QuotaWindow.DAY);
    }

    @ParameterizedTest
    @CsvSource({"-1,-5", "soon,later", "99999999999999,1e9"})
    void numbersThatMakeNoSenseAreAbsent(String remaining, String reset) {
        RateLimitHeaders told =
                of(Map.of("X-RateLimit-Remaining", List.of(remaining), "X-RateLimit-Reset", List.of(reset)));

        assertThat(told.remaining()).isEmpty();
        assertThat(told.reset()).isEmpty();
        assertThat(told.window()).isEqualTo(QuotaWindow.MINUTE);
    }

    @Test
    void theLimitThatIsMeantSaysWhatIsAllowedAndLeft() {
        RateLimitHeaders headers = of(Map.of(
                "X-RateLimit-Limit", List.of("100, 100;window=60, 10000;window=86400"),
                "X-RateLimit-Remaining", List.of("100"),
                "X-RateLimit-Reset", List.of("60")));

        assertThat(headers.allowed()).contains(100);
        assertThat(headers.remaining()).contains(100);
        assertThat(headers.reset()).contains(Duration.ofMinutes(1));
        assertThat(headers.ignored()).isZero();
    }

    @Test
    void moreThanCanBeIsIgnored() {
        RateLimitHeaders headers = of(Map.of(
                "X-RateLimit-Limit", List.of("100, 100;window=60"),
                "X-RateLimit-Remaining", List.of("101"),
                "X-RateLimit-Reset", List.of("61")));

        assertThat(headers.remaining()).isEmpty();
        assertThat(headers.reset()).isEmpty();
        assertThat(headers.ignored()).isEqualTo(2);
        assertThat(of(Map.of("X-RateLimit-Limit", List.of("0, 0;window=60"))).allowed())
                .isEmpty();
        assertThat(of(Map.of("X-RateLimit-Reset", List.of("86401"))).ignored()).isEqualTo(1);
        assertThat(of(Map.of("X-RateLimit-Limit", List.of("nonsense"))).ignored())
                .isEqualTo(1);
        assertThat(of(Map.of("X-RateLimit-Remaining", List.of("1", "2"))).ignored())
                .isEqualTo(1);
    }

    @Test
    void aLimitWithoutAWindowSaysNothingOfWhatIsAllowed() {
        RateLimitHeaders headers =
                of(Map.of("X-RateLimit-Limit", List.of("100"), "X-RateLimit-Remaining", List.of("7000")));

        assertThat(headers.allowed()).isEmpty();
        assertThat(headers.remaining()).contains(7_000);
        assertThat(headers.window()).isEqualTo(QuotaWindow.MINUTE);
    }

    @Test
    void aBlockLastsAsLongAsItSaysAndNoLongerThanItsWindow() {
        assertThat(of(Map.of("Retry-After", List.of("30"), "X-RateLimit-Reset", List.of("7")))
                        .block())
                .contains(Duration.ofSeconds(30));
        assertThat(of(Map.of("X-RateLimit-Reset", List.of("7"))).block()).contains(Duration.ofSeconds(7));
        RateLimitHeaders tooLong =
                of(Map.of("X-RateLimit-Limit", List.of("100;window=60"), "Retry-After", List.of("3600")));
        assertThat(tooLong.block()).contains(Duration.ofMinutes(1));
        assertThat(of(Map.of("Retry-After", List.of("3600"))).window()).isEqualTo(QuotaWindow.DAY);
        assertThat(of(Map.of()).block()).isEmpty();
    }

    private static RateLimitHeaders of(Map<String, List<String>> headers) {
        return RateLimitHeaders.of(new Reply(new SourceName("whoop"), 200, headers, new byte[0]));
    }
}
