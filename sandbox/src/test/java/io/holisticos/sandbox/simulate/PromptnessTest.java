package io.holisticos.sandbox.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.sandbox.simulate.CallTimes.DataCall;
import io.holisticos.sandbox.simulate.EventLatencies.Arrival;
import io.holisticos.sandbox.simulate.Promptness.Hour;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import net.sourceforge.argparse4j.inf.ArgumentParserException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PromptnessTest {

    private final List<Arrival> arrivals = new ArrayList<>();
    private final List<DataCall> calls = new ArrayList<>();
    private Scenario scenario;

    @BeforeEach
    void twoDaysOfTenMembers() throws ArgumentParserException {
        scenario = Scenario.parse(new String[] {"--users", "10", "--days", "2", "--pulse", "0"});
    }

    @Test
    void eachHourOfTheDayIsALine() {
        arrivals.add(arrival("2026-03-05T07:59:59Z", 3));
        arrivals.add(arrival("2026-03-06T07:00:00Z", 5));
        arrivals.add(arrival("2026-03-05T08:00:00Z", 90));
        calls.add(new DataCall(1, Instant.parse("2026-03-05T07:00:00Z")));
        calls.add(new DataCall(1, Instant.parse("2026-03-06T07:30:00Z")));
        calls.add(new DataCall(1, Instant.parse("2026-03-06T07:30:00Z")));

        List<String> table = promptness().table();

        assertThat(table).hasSize(25);
        assertThat(table.get(0).split(" {2,}"))
                .containsExactly("hour (UTC)", "events", "calls a day", "p50 s", "p95 s", "max s");
        assertThat(table.get(1).split(" +")).containsExactly("00:00", "0", "0", "0.0", "0.0", "0.0");
        assertThat(table.get(8).split(" +")).containsExactly("07:00", "2", "2", "5.0", "5.0", "5.0");
        assertThat(table.get(9).split(" +")).containsExactly("08:00", "1", "0", "90.0", "90.0", "90.0");
        assertThat(table.get(24)).startsWith("23:00");
    }

    @Test
    void percentilesAreOfTheEventsThatArrivedInTheHour() {
        for (int i = 1; i <= 100; i++) {
            arrivals.add(arrival("2026-03-05T07:00:00Z", i));
        }
        arrivals.add(new Arrival(1, Instant.parse("2026-03-05T07:00:00Z"), null)); // never stored

        Hour seven = promptness().hours().get(7);

        assertThat(seven).isEqualTo(new Hour(7, 101, 0, 51, 96, 100));
    }

    @Test
    void aChangeThatWasStoredBeforeItsEventCameTookNoTime() {
        arrivals.add(arrival("2026-03-05T07:00:00Z", -60));

        assertThat(promptness().hours().get(7).longest()).isZero();
    }

    @Test
    void theWorstHourIsOneWithEventsEnough() {
        for (int i = 0; i < 200; i++) {
            arrivals.add(arrival("2026-03-05T07:00:00Z", 20));
            arrivals.add(arrival("2026-03-05T09:00:00Z", 6));
        }
        arrivals.add(arrival("2026-03-05T03:00:00Z", 1_500));

        Promptness promptness = promptness();

        assertThat(promptness.measured()).isEqualTo(20);
        assertThat(promptness.projected()).as("where nobody waits").isEqualTo(6);
    }

    @Test
    void withFewEventsThoseOfAllHoursCount() {
        arrivals.add(arrival("2026-03-05T07:00:00Z", 61));

        assertThat(promptness().measured()).isZero();
        assertThat(promptness().membersThatFit()).isZero();
    }

    private Promptness promptness() {
        return Promptness.of(arrivals, calls, scenario);
    }

    private static Arrival arrival(String at, long delay) {
        Instant arrived = Instant.parse(at);
        return new Arrival(1, arrived, arrived.plusSeconds(delay));
    }
}
