package io.holisticos.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holisticos.health.HealthError.Forbidden;
import io.holisticos.health.HealthError.Unauthenticated;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may do what, and which paths ask differently because their callers were there before us. */
class AccessRulesTest {

    private static final Caller READER = new Caller("a dashboard", Set.of("health:read"));

    private final AccessRules rules = new AccessRules();

    @Test
    void aCallerMayWhatTheirScopesSayAndNothingElse() {
        assertThat(rules.authorize(READER, "health:read", null)).isTrue();
        assertThatThrownBy(() -> rules.authorize(READER, "operate", null))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("operate");
    }

    @Test
    void whereACredentialIsAskedForNobodyGoesWithoutOne() {
        assertThatThrownBy(() -> rules.require(Optional.empty(), "health:read"))
                .isInstanceOf(Unauthenticated.class)
                .hasMessageContaining(ApiKeys.HEADER);
        assertThatThrownBy(() -> rules.require(Optional.of(READER), "operate")).isInstanceOf(Forbidden.class);
        assertThatCode(() -> rules.require(Optional.of(READER), "health:read")).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "'',                                 true,  false",
        "/,                                  true,  false",
        "health,                             true,  false",
        "/health,                            true,  false",
        "/health/live,                       false, false",
        "/api/v1/health-metrics/overview,    true,  true",
        "api/v1/sahha/scores,                true,  true",
        "/api/v1;a=b/sahha;c/scores,         true,  true",
        "/api/v1/unified-health/overview/me, false, false",
        "/api/v1/sahha,                      false, false"
    })
    void theExistingPaths(String path, boolean existing, boolean healthData) {
        assertThat(ExistingRoutes.contain(path)).isEqualTo(existing);
        assertThat(ExistingRoutes.holdHealthData(path)).isEqualTo(healthData);
    }
}
