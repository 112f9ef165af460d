package io.holisticos.whoop.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LaneTest {

    @ParameterizedTest
    @EnumSource
    void isFoundByTheNumberThatTheDatabaseKeeps(Lane lane) {
        assertThat(Lane.of(lane.number)).isEqualTo(lane);
    }

    @Test
    void anotherNumberIsRefused() {
        assertThatThrownBy(() -> Lane.of(Lane.COUNT)).hasMessage("no lane 4");
    }

    @Test
    void reportsNameItInSmallLetters() {
        assertThat(Lane.INTERACTIVE.word()).isEqualTo("interactive");
    }

    @Test
    void sharesAreNoMoreThanAll() {
        LaneShares shares = new LaneShares();
        assertThat(shares.isNoMoreThanAll()).as("exactly all").isTrue();

        shares.backfill = 9;
        assertThat(shares.isNoMoreThanAll()).isTrue();

        shares.backfill = 11;
        assertThat(shares.isNoMoreThanAll()).isFalse();
    }
}
