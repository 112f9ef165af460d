package io.holisticos.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.ChangesAnswer.Forgotten;
import io.holisticos.health.ChangesAnswer.Listed;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

/** From which places a list of changes can be read on, when its oldest ones are forgotten. */
class ChangesAnswerTest {

    private static final Change FIFTH =
            Change.of(5, List.of(LocalDate.of(2026, 11, 20)), List.of(Metric.STEPS), "sync");

    @Test
    void aPlaceIsReadOnFromAsLongAsTheChangeAfterItIsKept() {
        assertThat(ChangesAnswer.of(4, 6, 5L, List.of(FIFTH))).isEqualTo(new Listed(List.of(FIFTH), 5, true));
        assertThat(ChangesAnswer.of(3, 6, 5L, List.of(FIFTH))).isEqualTo(new Forgotten());
        assertThat(ChangesAnswer.of(6, 6, 5L, List.of())).isEqualTo(new Listed(List.of(), 6, false));
    }

    @Test
    void whenAllIsForgottenOnlyThePresentPlaceIsLeft() {
        assertThat(ChangesAnswer.of(6, 6, null, List.of())).isEqualTo(new Listed(List.of(), 6, false));
        assertThat(ChangesAnswer.of(5, 6, null, List.of())).isEqualTo(new Forgotten());
        assertThat(ChangesAnswer.of(Change.OLDEST_KEPT, 6, null, List.of())).isEqualTo(new Listed(List.of(), 6, false));
    }

    @Test
    void aPlaceThatTheSourceNeverCameToIsForgottenToo() {
        assertThat(ChangesAnswer.of(7, 6, 5L, List.of())).isEqualTo(new Forgotten());
        assertThat(ChangesAnswer.of(1, 0, null, List.of())).isEqualTo(new Forgotten());
    }

    @Test
    void theSetsOfAChangeDoNotChange() {
        java.util.TreeSet<LocalDate> days = new java.util.TreeSet<>(FIFTH.days());
        Change change = new Change(5, days, FIFTH.metrics(), false, "sync");
        days.clear();

        assertThat(change).isEqualTo(FIFTH);
    }
}
