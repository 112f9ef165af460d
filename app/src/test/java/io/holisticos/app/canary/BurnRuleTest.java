package io.holisticos.app.canary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holisticos.app.canary.BurnRule.Burn;
import io.holisticos.app.canary.BurnRule.Window;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class BurnRuleTest {

    private static final int LEAST = 20;
    private static final int CASES = 10_000;

    private final BurnRule rule = new BurnRule(LEAST);
    private final Random random = new Random(42);

    @ParameterizedTest
    @CsvSource({
        "AVAILABILITY,    1000,   6, false", // exactly six times the pace
        "AVAILABILITY,    1000,   7, true",
        "UNIFIED_LATENCY, 100,   30, false",
        "UNIFIED_LATENCY, 100,   31, true",
        "SOURCE_ERRORS,    100,   30, false",
        "SOURCE_ERRORS,    100,   31, true"
    })
    void burnsAtMoreThanSixTimesThePaceOfItsBudget(Objective objective, long all, long missed, boolean burns) {
        Window window = window(objective, all, missed);

        assertThat(rule.verdict(window, window).isPresent()).isEqualTo(burns);
    }

    @ParameterizedTest
    @EnumSource
    void aFewThatMissedAreNoReasonHoweverFewThereWere(Objective objective) {
        assertThat(rule.verdict(window(objective, 20, 4), window(objective, 20, 4)))
                .isEmpty();
        assertThat(rule.verdict(window(objective, 20, 20), window(objective, 20, 20)))
                .isPresent();
    }

    @ParameterizedTest
    @EnumSource
    void fewRequestsSayNothing(Objective objective) {
        assertThat(rule.verdict(window(objective, 19, 19), window(objective, 500, 500)))
                .isEmpty();
        assertThat(rule.verdict(new Window(Map.of()), new Window(Map.of()))).isEmpty();
    }

    @Test
    void whatIsOverBurnsNoMore() {
        Window longer = window(Objective.AVAILABILITY, 10_000, 5_000);

        assertThat(rule.verdict(window(Objective.AVAILABILITY, 1_000, 0), longer))
                .isEmpty();
    }

    @Test
    void aPeakThatTheLongWindowDoesNotFeelIsLetPass() {
        Window shortly = window(Objective.SOURCE_ERRORS, 100, 90);

        assertThat(rule.verdict(shortly, window(Objective.SOURCE_ERRORS, 1_000, 90)))
                .isEmpty();
    }

    @Test
    void theBurnNamesTheObjectiveAndWhatWasCounted() {
        Window shortly = window(Objective.UNIFIED_LATENCY, 40, 20);
        Window longer = window(Objective.UNIFIED_LATENCY, 50, 25);

        assertThat(rule.verdict(shortly, longer))
                .contains(new Burn(Objective.UNIFIED_LATENCY, new Tally(40, 20), new Tally(50, 25)));
    }

    /** Where all goes well it never burns; more misses never end a burn; and both windows have to burn, whatever is counted. */
    @Test
    void theLawsHoldForWhateverIsCounted() {
        for (int i = 0; i < CASES; i++) {
            Objective objective = Objective.values()[random.nextInt(Objective.values().length)];
            Tally shortly = tally();
            Tally longer = shortly.plus(tally());
            boolean burns = burns(objective, shortly, longer);
            String counted = objective + " " + shortly + " " + longer;

            assertThat(burns(objective, new Tally(shortly.all(), 0), longer))
                    .as(counted)
                    .isFalse();
            assertThat(burns && !burns(objective, shortly, shortly)).as(counted).isFalse();
            assertThat(burns && !burns(objective, longer, longer)).as(counted).isFalse();
            assertThat(burns && !burns(objective, worse(shortly), worse(longer)))
                    .as(counted)
                    .isFalse();
            assertThat(burns && shortly.share() <= objective.budget())
                    .as(counted)
                    .isFalse();
        }
    }

    @Test
    void aTallyHoldsNoMoreMissesThanThereWere() {
        assertThatThrownBy(() -> new Tally(1, 2)).hasMessageContaining("was 2 of 1");
        assertThatThrownBy(() -> new Tally(1, -1)).hasMessageContaining("was -1 of 1");
        assertThat(new Tally(10, 4).since(new Tally(8, 0))).isEqualTo(new Tally(2, 2));
    }

    private boolean burns(Objective objective, Tally shortly, Tally longer) {
        return rule.verdict(new Window(Map.of(objective, shortly)), new Window(Map.of(objective, longer)))
                .isPresent();
    }

    private Tally tally() {
        int all = random.nextInt(200);
        return new Tally(all, random.nextInt(all + 1));
    }

    private static Tally worse(Tally tally) {
        return new Tally(tally.all() + 1, tally.missed() + 1);
    }

    private static Window window(Objective objective, long all, long missed) {
        return new Window(Map.of(objective, new Tally(all, missed)));
    }
}
