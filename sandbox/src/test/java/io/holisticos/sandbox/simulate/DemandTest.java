package io.holisticos.sandbox.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.holisticos.sandbox.simulate.CallTimes.DataCall;
import io.holisticos.sandbox.simulate.Demand.Call;
import io.holisticos.sandbox.simulate.EventLatencies.Arrival;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class DemandTest {

    private static final long SEED = 7;
    private static final long HOUR = Duration.ofHours(1).toMillis();
    private static final long DAY = Duration.ofDays(1).toMillis();
    private static final Instant SEVEN = Instant.parse("2026-03-05T07:00:00Z");

    /** As many calls as permits return in an hour. */
    private static final double HOURLY_PERMITS = Demand.PERMITS * 3_600.0 / Demand.WINDOW.toSeconds();

    @Test
    void whoIsAloneWaitsForNobody() {
        Demand demand = new Demand(List.of(List.of(new Call(7 * HOUR, true), new Call(7 * HOUR, true))));

        assertThat(demand.longestWait(1, SEED)).isZero();
    }

    @Test
    void withinAWindowThereAreNoMorePermitsThanOurs() {
        List<Call> calls = new ArrayList<>();
        for (int i = 0; i < 2 * Demand.PERMITS + 20; i++) {
            calls.add(new Call(7 * HOUR, true)); // the third lot is more than a twentieth
        }

        double wait = new Demand(List.of(calls)).longestWait(1, SEED);

        assertThat(wait).isEqualTo(2.0 * Demand.WINDOW.toSeconds());
    }

    @Test
    void asManyFitAsAnHoursPermitsAndAMinutesWaitAllow() {
        Demand demand = evenly(1_000, 1, true);

        long fit = demand.membersWithin(0, SEED);

        assertThat((double) fit).isCloseTo(HOURLY_PERMITS, within(0.05 * HOURLY_PERMITS));
        assertThat(demand.longestWait((int) (0.9 * fit), SEED)).isLessThan(10);
        assertThat(demand.longestWait((int) (1.2 * fit), SEED)).isGreaterThan(200);
    }

    @Test
    void noMoreFitThanTheDaysPermitsAllow() {
        List<List<Call>> days = new ArrayList<>();
        for (int member = 0; member < 1_000; member++) {
            long first = DAY * member / 1_000;
            days.add(List.of(
                    new Call(first, true),
                    new Call((first + DAY / 4) % DAY, true),
                    new Call((first + DAY / 2) % DAY, true),
                    new Call((first + DAY * 3 / 4) % DAY, true)));
        }

        double fit = new Demand(days).membersWithin(0, SEED);

        assertThat(fit).isCloseTo(Demand.DAY_PERMITS / 4.0, within(0.03 * Demand.DAY_PERMITS / 4.0));
    }

    @Test
    void threeTimesTheCallsLeaveRoomForAThird() {
        double one = evenly(1_000, 1, true).membersWithin(0, SEED);
        double three = evenly(1_000, 3, true).membersWithin(0, SEED);

        assertThat(three).isCloseTo(one / 3, within(0.05 * one / 3));
    }

    @Test
    void whatAnEventWaitsAnywayLeavesLessForTheQuota() {
        Demand demand = evenly(1_000, 1, true);

        assertThat(demand.membersWithin(59, SEED)).isLessThan(demand.membersWithin(20, SEED));
        assertThat(demand.membersWithin(61, SEED)).isZero();
    }

    @Test
    void callsWithoutAnEventTakePermitsThoughNobodyWaitsForThem() {
        List<List<Call>> mixed = new ArrayList<>();
        evenly(500, 1, true, mixed);
        evenly(500, 1, false, mixed);

        double fit = new Demand(mixed).membersWithin(0, SEED);

        assertThat(fit).isCloseTo(HOURLY_PERMITS, within(0.05 * HOURLY_PERMITS));
        assertThat(evenly(1_000, 1, false).longestWait(9_000, SEED)).isZero();
    }

    @Test
    void membersWithoutCallsOnADayCountToo() {
        List<Arrival> arrivals = new ArrayList<>();
        List<DataCall> calls = new ArrayList<>();
        for (int member = 0; member < 1_000; member++) {
            arrivals.add(arrival(member, member * 3, 0));
            calls.add(call(member, member * 3));
        }

        double half = Demand.of(arrivals, calls, 2_000).membersWithin(0, SEED);
        double all = Demand.of(arrivals, calls, 1_000).membersWithin(0, SEED);

        assertThat(half).isCloseTo(2 * all, within(0.1 * all));
    }

    @Test
    void aCallThatHadToWaitWasAskedForWhenItsEventCame() {
        List<Arrival> prompt = new ArrayList<>();
        List<DataCall> promptCalls = new ArrayList<>();
        List<Arrival> late = new ArrayList<>();
        List<DataCall> lateCalls = new ArrayList<>();
        for (int member = 0; member < 500; member++) {
            prompt.add(arrival(member, member, 0));
            promptCalls.add(call(member, member));
            promptCalls.add(call(member, member));
            late.add(arrival(member, member, 1_200 + member));
            lateCalls.add(call(member, 1_200 + 2 * member));
            lateCalls.add(call(member, 1_230 + 2 * member)); // the cycle, for which no event waits
        }

        Demand asPrompt = Demand.of(prompt, promptCalls, 500);
        Demand asLate = Demand.of(late, lateCalls, 500);

        assertThat(asLate.longestWait(500, SEED))
                .isCloseTo(asPrompt.longestWait(500, SEED), within(1.0))
                .isGreaterThan(60);
    }

    @Test
    void theSameSeedDrawsTheSameDays() {
        Demand demand = evenly(100, 2, true);

        assertThat(demand.longestWait(2_500, SEED))
                .isEqualTo(evenly(100, 2, true).longestWait(2_500, SEED));
    }

    @Test
    void withoutAnyCallsThereIsRoomForEverybody() {
        assertThat(Demand.of(List.of(), List.of(), 0).membersWithin(0, SEED)).isEqualTo(20_000);
    }

    /** Members whose calls come together, evenly spread over the hour from seven to eight. */
    private static Demand evenly(int members, int callsEach, boolean forEvent) {
        List<List<Call>> days = new ArrayList<>();
        evenly(members, callsEach, forEvent, days);
        return new Demand(days);
    }

    private static void evenly(int members, int callsEach, boolean forEvent, List<List<Call>> days) {
        for (int member = 0; member < members; member++) {
            Call call = new Call(7 * HOUR + HOUR * member / members, forEvent);
            days.add(Collections.nCopies(callsEach, call));
        }
    }

    private static Arrival arrival(long member, long second, long delay) {
        Instant at = SEVEN.plusSeconds(second);
        return new Arrival(member, at, at.plusSeconds(delay));
    }

    private static DataCall call(long member, long second) {
        return new DataCall(member, SEVEN.plusSeconds(second));
    }
}
