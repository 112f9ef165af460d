package io.holisticos.unified;

import static io.holisticos.unified.UnifiedFixture.SAHHA;
import static io.holisticos.unified.UnifiedFixture.WHOOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holisticos.health.Metric;
import io.holisticos.health.Metric.Family;
import io.holisticos.health.Preferences;
import io.holisticos.health.SourceName;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PrecedenceTest {

    private static final SourceName RING = new SourceName("ring");
    private static final SourceName BAND = new SourceName("band");

    @Test
    void theOrderOfAFamilyDecidesOnlyForThatFamily() {
        Precedence precedence = Precedence.ofDefault(
                new Preferences(List.of(WHOOP, SAHHA), Map.of(Family.ACTIVITY, List.of(SAHHA, WHOOP)), Map.of()));

        assertThat(sorted(precedence, Metric.STEPS)).containsExactly(SAHHA, WHOOP, BAND, RING);
        assertThat(sorted(precedence, Metric.HEART_RATE_RESTING)).containsExactly(WHOOP, SAHHA, BAND, RING);
    }

    @Test
    void theMetricComesBeforeItsFamilyAndThatBeforeTheGeneralOrder() {
        Precedence precedence = Precedence.ofDefault(new Preferences(
                List.of(BAND), Map.of(Family.ACTIVITY, List.of(RING)), Map.of(Metric.STEPS, List.of(WHOOP))));

        assertThat(sorted(precedence, Metric.STEPS)).containsExactly(WHOOP, RING, BAND, SAHHA);
        assertThat(sorted(precedence, Metric.FLOORS_CLIMBED)).containsExactly(RING, BAND, SAHHA, WHOOP);
        assertThat(sorted(precedence, Metric.SPO2)).containsExactly(BAND, RING, SAHHA, WHOOP);
    }

    @Test
    void theMemberComesBeforeTheDeploymentAndThatBeforeTheDefault() {
        Precedence precedence = new Precedence(
                order(RING),
                new Preferences(List.of(), Map.of(), Map.of(Metric.STEPS, List.of(BAND, RING))),
                order(SAHHA, WHOOP, BAND));

        assertThat(sorted(precedence, Metric.STEPS)).containsExactly(RING, BAND, SAHHA, WHOOP);
        assertThat(sorted(precedence.with(Preferences.NONE), Metric.STEPS)).containsExactly(BAND, RING, SAHHA, WHOOP);
    }

    @Test
    void namesTheOrderThatGaveASourceItsPlace() {
        Precedence precedence = new Precedence(
                new Preferences(List.of(WHOOP), Map.of(), Map.of(Metric.STEPS, List.of(SAHHA))),
                new Preferences(List.of(), Map.of(Family.ACTIVITY, List.of(RING)), Map.of()),
                order(SAHHA, RING));

        assertThat(precedence.ruleOf(Metric.STEPS, SAHHA)).isEqualTo("member by_metric");
        assertThat(precedence.ruleOf(Metric.STEPS, WHOOP)).isEqualTo("member order");
        assertThat(precedence.ruleOf(Metric.STEPS, RING)).isEqualTo("deployment by_family");
        assertThat(precedence.ruleOf(Metric.SPO2, RING)).isEqualTo("default order");
        assertThat(precedence.ruleOf(Metric.STEPS, BAND)).isEqualTo("default by_name");
    }

    @Test
    void sourcesAreListedInTheDefaultOrderWhateverAnybodyWishes() {
        Precedence precedence = new Precedence(order(RING), order(WHOOP), order(SAHHA, WHOOP));

        assertThat(Stream.of(RING, WHOOP, SAHHA).sorted(precedence.ofSources())).containsExactly(SAHHA, WHOOP, RING);
    }

    @Test
    void anOrderNamesASourceOnce() {
        assertThatThrownBy(() -> order(SAHHA, SAHHA))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("once");
    }

    private static Preferences order(SourceName... names) {
        return new Preferences(List.of(names), Map.of(), Map.of());
    }

    private static List<SourceName> sorted(Precedence precedence, Metric metric) {
        return Stream.of(RING, WHOOP, SAHHA, BAND).sorted(precedence.of(metric)).toList();
    }
}
