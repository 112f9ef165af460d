package io.holisticos.sandbox.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import net.sourceforge.argparse4j.inf.ArgumentParserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PulseTest {

    @Test
    void withoutAPulseAnEventLeavesAsItHappens() throws ArgumentParserException {
        Pulse none = pulse("--pulse", "0");

        assertThat(none.isNone()).isTrue();
        assertThat(none.delivery(at("11:03:01.234"))).isEqualTo(at("11:03:01.234"));
        assertThat(none.delivery(at("07:03:01.234"))).isEqualTo(at("07:03:01.234"));
        assertThat(none.delivery(at("07:03:01.2340001"))).as("not before").isEqualTo(at("07:03:01.235"));
    }

    @Test
    void withoutAPulseJobsStartAsOftenAsProductionLooksForThem() throws ArgumentParserException {
        Pulse none = pulse("--pulse", "0");

        assertThat(none.start(at("11:03:01.234"))).isEqualTo(at("11:03:02"));
        assertThat(none.start(at("11:03:02"))).isEqualTo(at("11:03:02"));
        assertThat(none.start(at("11:03:00"))).as("a planned one").isEqualTo(at("11:03:00"));
    }

    @Test
    void usuallyEventsLeaveTogetherAndMoreOftenInTheMorning() throws ArgumentParserException {
        Pulse usual = pulse();

        assertThat(usual).isEqualTo(Pulse.USUAL);
        assertThat(usual.isNone()).isFalse();
        assertThat(usual.delivery(at("11:03:01"))).isEqualTo(at("11:10:00"));
        assertThat(usual.delivery(at("07:03:01"))).isEqualTo(at("07:05:00"));
        assertThat(usual.start(at("11:03:01"))).isEqualTo(at("11:03:20"));
        assertThat(usual.start(at("11:03:00"))).as("a planned one").isEqualTo(at("11:10:00"));
    }

    @Test
    void anyPulseLastsTheWholeDay() throws ArgumentParserException {
        Pulse tenSeconds = pulse("--pulse", "10");

        assertThat(tenSeconds.delivery(at("07:03:01"))).isEqualTo(at("07:03:10"));
        assertThat(tenSeconds.delivery(at("11:03:01"))).isEqualTo(at("11:03:10"));
        assertThat(tenSeconds.jobs()).isEqualTo(Duration.ofSeconds(10));
        assertThat(pulse("--pulse", "600").jobs()).isEqualTo(Duration.ofSeconds(20));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "3601", "1.5", "soon"})
    void anotherPulseIsRefused(String seconds) {
        assertThatThrownBy(() -> pulse("--pulse=" + seconds))
                .isInstanceOf(ArgumentParserException.class)
                .hasMessageContaining(seconds);
    }

    private static Pulse pulse(String... options) throws ArgumentParserException {
        return Scenario.parse(options).pulse();
    }

    private static Instant at(String time) {
        return Instant.parse("2026-03-05T" + time + "Z");
    }
}
