package io.holisticos.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.SourceName;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReplyTest {

    @Test
    void nobodyIsKeptAwayForLongerThanADay() {
        assertThat(saying("30").retryAfter()).contains(Duration.ofSeconds(30));
        assertThat(saying("9223372036854775807").retryAfter()).contains(Duration.ofDays(1));
        for (String nonsense : List.of("-1", "soon", "92233720368547758080", "")) {
            assertThat(saying(nonsense).retryAfter()).as(nonsense).isEmpty();
        }
    }

    private static Reply saying(String retryAfter) {
        Map<String, List<String>> headers = Map.of("Retry-After", List.of(retryAfter));
        return new Reply(new SourceName("whoop"), 503, headers, new byte[0]);
    }
}
