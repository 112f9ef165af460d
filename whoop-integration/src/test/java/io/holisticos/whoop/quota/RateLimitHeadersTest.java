package io.holisticos.whoop.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.SourceName;
import io.holisticos.outbound.Reply;
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

    private static RateLimitHeaders of(Map<String, List<String>> headers) {
        return RateLimitHeaders.of(new Reply(new SourceName("whoop"), 200, headers, new byte[0]));
    }
}
