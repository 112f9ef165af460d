package io.holisticos.twins.whoop;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.twins.world.Life;
import io.holisticos.twins.world.Oddity;
import io.holisticos.twins.world.Person;
import io.holisticos.twins.world.World;
import io.holisticos.twins.world.WorldOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What WHOOP has of days that are out of the ordinary. */
class OddDaysTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    private final Person person = World.of(
                    new WorldOptions(7, NOW, 1, Life.inStep(Duration.ofDays(40), Life.Rhythm.of(3))))
            .byUserId("demo-0001")
            .orElseThrow();
    private final Ledger ledger = new Ledger(person, NOW, Scoring.USUAL);
    private final Ids ids = new Ids(person);

    @Test
    void aSecondNightIsAShorterSleepOfTheSameCycle() {
        long day = latest(Oddity.SECOND_NIGHT);

        List<Map<String, Object>> sleeps = nights(day);

        assertThat(sleeps).hasSize(2);
        assertThat(sleeps.get(1)).containsEntry("id", ids.mainSleep(day).toString());
        assertThat(moment(sleeps.get(0), "start")).isAfter(moment(sleeps.get(1), "end"));
        assertThat(length(sleeps.get(0))).isLessThan(length(sleeps.get(1)));
        assertThat(ledger.sleepOf(ids.cycle(day), NOW).orElseThrow().key())
                .as("the sleep of the cycle is the main one")
                .isEqualTo(ids.mainSleep(day).toString());
    }

    @Test
    void aBrokenNightBeginsItsCycleWithTheShorterPart() {
        long day = latest(Oddity.BROKEN_NIGHT);

        List<Map<String, Object>> sleeps = nights(day);

        assertThat(sleeps).hasSize(2);
        assertThat(sleeps.get(0)).containsEntry("id", ids.mainSleep(day).toString());
        assertThat(length(sleeps.get(1))).isLessThan(length(sleeps.get(0)));
        assertThat(cycle(day)).containsEntry("start", sleeps.get(1).get("start"));
        assertThat(ledger.recoveryOf(ids.cycle(day), NOW).orElseThrow().json())
                .containsEntry("sleep_id", sleeps.get(0).get("id"));
    }

    @Test
    void aSleeplessNightLeavesACycleWithANapAndWithoutRecovery() {
        long day = latest(Oddity.ONLY_A_NAP);

        assertThat(cycle(day)).containsEntry("score_state", "SCORED");
        assertThat(nights(day)).isEmpty();
        assertThat(sleeps(day)).singleElement().satisfies(nap -> assertThat(nap).containsEntry("nap", true));
        assertThat(ledger.sleepOf(ids.cycle(day), NOW)).isEmpty();
        assertThat(ledger.recoveryOf(ids.cycle(day), NOW)).isEmpty();
    }

    @Test
    void daysWithoutTheStrapHaveNoRecordsAndTheCycleBeforeThemGoesOn() {
        long day = latest(Oddity.NOT_WORN);
        long before = day;
        while (!person.day(before).worn()) {
            before--;
        }
        long after = day + 1;

        assertThat(ledger.cycleOf(ids.cycle(day), NOW)).isEmpty();
        assertThat(sleeps(day)).isEmpty();
        assertThat(after - before).as("two nights at least").isGreaterThan(2);
        if (person.day(before).oddity() != Oddity.LEFT_OPEN) {
            assertThat(cycle(before)).containsEntry("end", cycle(after).get("start"));
        }
        assertThat(ledger.workouts(NOW, null).map(record -> moment(record.json(), "start")))
                .noneMatch(start -> !start.isBefore(person.day(day).bedtime())
                        && start.isBefore(person.day(after).bedtime()));
    }

    @Test
    void anOldCycleMayStayOpenAndIsScoredAllTheSame() {
        long day = latest(Oddity.LEFT_OPEN);

        Map<String, Object> then = cycle(day);

        assertThat(then).containsEntry("end", null).containsEntry("score_state", "SCORED");
        assertThat(ledger.cycleOf(ids.cycle(day), NOW.plus(Duration.ofDays(9)))
                        .orElseThrow()
                        .json())
                .as("nothing grows any more")
                .isEqualTo(then);
    }

    @Test
    void sensorsMayReadZeroWhereNobodyAliveDoes() {
        long day = latest(Oddity.ZEROS);

        assertThat(score(ledger.recoveryOf(ids.cycle(day), NOW).orElseThrow().json()))
                .containsEntry("resting_heart_rate", 0f)
                .containsEntry("hrv_rmssd_milli", 0f)
                .containsEntry("spo2_percentage", 0.0);
        assertThat((Map<?, ?>) score(nights(day).get(0)).get("stage_summary"))
                .extracting(stages -> stages.get("total_in_bed_time_milli"))
                .isEqualTo(0L);
        assertThat(score(cycle(day))).containsEntry("average_heart_rate", 0);
    }

    @Test
    void everySleepThatIsShownWasAnnounced() {
        long firstDay = person.firstDay();
        List<String> announced = ledger.events(person.day(firstDay).bedtime(), NOW).stream()
                .filter(event -> event.type().equals("sleep.updated"))
                .map(event -> event.recordId().toString())
                .distinct()
                .toList();

        assertThat(announced)
                .containsAll(ledger.sleeps(NOW.minus(Duration.ofHours(2)), null)
                        .map(WireRecord::key)
                        .toList());
    }

    @Test
    void recordsComeNewestFirstWhateverTheDays() {
        for (Stream<WireRecord> collection : List.of(ledger.cycles(NOW, null), ledger.sleeps(NOW, null))) {
            assertThat(collection.map(WireRecord::start))
                    .isSortedAccordingTo(Comparator.<Instant>naturalOrder().reversed());
        }
    }

    /** The newest such day that is over. */
    private long latest(Oddity oddity) {
        long last = person.lastDay(NOW) - 1;
        return LongStream.rangeClosed(0, 20)
                .map(back -> last - back)
                .filter(day -> person.day(day).oddity() == oddity)
                .filter(day -> person.day(day).night().measured())
                .filter(day -> person.day(day + 1).worn())
                .findFirst()
                .orElseThrow();
    }

    private Map<String, Object> cycle(long day) {
        return ledger.cycleOf(ids.cycle(day), NOW).orElseThrow().json();
    }

    private List<Map<String, Object>> sleeps(long day) {
        return ledger.sleeps(NOW, null)
                .map(WireRecord::json)
                .filter(sleep -> sleep.get("cycle_id").equals(ids.cycle(day)))
                .toList();
    }

    private List<Map<String, Object>> nights(long day) {
        return sleeps(day).stream()
                .filter(sleep -> sleep.get("nap").equals(false))
                .toList();
    }

    @SuppressWarnings("unchecked") // JSON objects have text keys
    private static Map<String, Object> score(Map<String, Object> record) {
        return (Map<String, Object>) record.get("score");
    }

    private static Instant moment(Map<String, Object> record, String field) {
        return Instant.parse((String) record.get(field));
    }

    private static Duration length(Map<String, Object> sleep) {
        return Duration.between(moment(sleep, "start"), moment(sleep, "end"));
    }
}
