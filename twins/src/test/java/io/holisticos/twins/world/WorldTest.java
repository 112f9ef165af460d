package io.holisticos.twins.world;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class WorldTest {
    private static final Instant START = Instant.parse("2026-11-22T09:34:00Z");

    @Property(tries = 30)
    void todayHasAFinishedNightWhateverTheTime(
            @ForAll long seed, @ForAll @LongRange(min = 0, max = 400_000_000) long seconds) {
        Instant start = Instant.parse("2020-01-01T00:00:00Z").plusSeconds(seconds);

        for (Person person : World.of(new WorldOptions(seed, start, 2)).people()) {
            if (person.userId().equals("demo-dina")) {
                continue;
            }
            assertThat(start.atOffset(person.offsetAt(start)).getHour()).isBetween(11, 13);
            Night night = person.day(person.lastDay(start)).night();
            assertThat(person.dateAt(night.end())).isEqualTo(person.dateAt(start));
            assertThat(night.end()).isBefore(start.minus(Duration.ofHours(1)));
            assertThat(night.measured()).isTrue();
        }
    }

    @Property(tries = 20)
    void bodyDaysNeverOverlap(@ForAll long seed, @ForAll @IntRange(min = 0, max = 6) int number) {
        neverOverlap(World.of(new WorldOptions(seed, START, 3)).people().get(number));
    }

    @Property(tries = 20)
    void bodyDaysOfIrregularMembersAndNightFlyersNeverOverlap(
            @ForAll long seed, @ForAll @IntRange(min = 5, max = 11) int number) {
        neverOverlap(inStep(seed).people().get(number));
    }

    private static World inStep(long seed) {
        return World.of(new WorldOptions(seed, START, 8, Life.inStep(Duration.ofDays(40), Life.Rhythm.of(3))));
    }

    private static void neverOverlap(Person person) {
        Instant until = Instant.MIN;
        for (long day = person.firstDay(); day < person.firstDay() + 90; day++) {
            BodyDay facts = person.day(day);
            List<Instant> moments = new ArrayList<>();
            if (facts.slept()) {
                facts.nights().forEach(night -> {
                    moments.add(night.start());
                    moments.add(night.end());
                });
            } else {
                moments.add(facts.bedtime());
            }
            facts.workouts().forEach(bout -> {
                moments.add(bout.start());
                moments.add(bout.end());
            });
            for (Instant moment : moments) {
                assertThat(moment).isAfterOrEqualTo(until);
                until = moment;
            }
            for (Nap nap : facts.naps()) {
                assertThat(nap.start()).isAfter(facts.night().end());
                assertThat(nap.end()).isBefore(person.day(day + 1).night().start());
                assertThat(nap.stages().inBedMilli())
                        .isEqualTo(Duration.between(nap.start(), nap.end()).toMillis());
            }
            assertThat(facts.night().stages().inBedMilli())
                    .isEqualTo(Duration.between(
                                    facts.night().start(), facts.night().end())
                            .toMillis());
            facts.workouts()
                    .forEach(bout -> assertThat(bout.zonesMilli().stream()
                                    .mapToLong(Long::longValue)
                                    .sum())
                            .isEqualTo(
                                    Duration.between(bout.start(), bout.end()).toMillis()));
        }
    }

    @Property(tries = 20)
    void anIrregularLifeOfTwoWeeksHasEveryOddity(@ForAll long seed) {
        Person irregular = inStep(seed).byUserId("demo-0001").orElseThrow();
        Person regular = inStep(seed).byUserId("demo-0003").orElseThrow();

        long today = irregular.lastDay(START);
        List<BodyDay> days =
                LongStream.range(today - 14, today).mapToObj(irregular::day).toList();

        assertThat(days.stream().map(BodyDay::oddity).distinct()).hasSizeGreaterThanOrEqualTo(6);
        assertThat(days).allSatisfy(day -> {
            Night other = day.otherNight();
            if (other != null) {
                assertThat(day.oddity() == Oddity.BROKEN_NIGHT).isEqualTo(day.beginsWithOtherNight());
                assertThat(Duration.between(other.start(), other.end()))
                        .as("the main sleep is the longer one")
                        .isLessThan(Duration.between(
                                day.night().start(), day.night().end()));
            }
        });
        assertThat(LongStream.range(today - 14, today).mapToObj(regular::day))
                .allSatisfy(day -> assertThat(day.oddity()).isEqualTo(Oddity.NONE));
    }

    @Test
    void whoFliesByNightWakesUpOnAnotherDateThanThatOfWhereTheyFellAsleep() {
        Person flyer = inStep(1).byUserId("demo-0002").orElseThrow();

        List<Night> nights = flyer.nights(START, START.plus(Duration.ofDays(30)));

        assertThat(nights)
                .filteredOn(night -> !flyer.offsetAt(night.start()).equals(night.offset()))
                .hasSizeGreaterThan(6);
        assertThat(nights)
                .filteredOn(night -> !night.end()
                        .atOffset(flyer.offsetAt(night.start()))
                        .toLocalDate()
                        .equals(flyer.dateAt(night.end())))
                .hasSizeGreaterThan(3);
    }

    @Test
    void isTheSameInWhateverOrderItIsAsked() {
        Person one =
                World.of(new WorldOptions(5, START, 2)).byUserId("demo-dina").orElseThrow();
        Person other =
                World.of(new WorldOptions(5, START, 2)).byUserId("demo-dina").orElseThrow();
        List<Long> days = new ArrayList<>();
        for (long day = one.firstDay(); day < one.firstDay() + 70; day++) {
            days.add(day);
        }
        List<BodyDay> inOrder = days.stream().map(one::day).toList();

        Collections.shuffle(days, new Random(3));
        days.forEach(other::day);

        Collections.sort(days);
        assertThat(days.stream().map(other::day).toList()).isEqualTo(inOrder);
        assertThat(one.activity(START.minusSeconds(99_999), START))
                .isEqualTo(other.activity(START.minusSeconds(99_999), START));
    }

    @Test
    void seedsDiffer() {
        Person one =
                World.of(new WorldOptions(5, START, 0)).byUserId("demo-anna").orElseThrow();
        Person other =
                World.of(new WorldOptions(6, START, 0)).byUserId("demo-anna").orElseThrow();

        assertThat(one.day(20_000)).isNotEqualTo(other.day(20_000));
    }

    @Test
    void seededMembersAreWhoTheyAreSaidToBe() {
        World world = World.of(new WorldOptions(1, START, 30));

        assertThat(world.people()).hasSize(35);
        assertThat(world.people()).extracting(Person::whoopUserId).doesNotHaveDuplicates();
        assertThat(nights(world, "demo-anna")).isEqualTo(60);
        assertThat(nights(world, "demo-ben")).isEqualTo(60);
        assertThat(nights(world, "demo-eve")).isEqualTo(3);
        Person eve = world.byUserId("demo-eve").orElseThrow();
        assertThat(eve.calibrating(START)).isTrue();
        assertThat(eve.membership().hasSahhaProfile()).isFalse();
        Person anna = world.byUserId("demo-anna").orElseThrow();
        assertThat(anna.calibrating(START)).isFalse();
        assertThat(anna.membership().sahhaFeed()).isEqualTo(SahhaFeed.HEALTH_STORE);
        assertThat(world.byWhoopUserId(anna.whoopUserId())).hasValue(anna);
        assertThat(world.byUserId("demo-0030")).isPresent();
        assertThat(world.byUserId("demo-0031")).isEmpty();
    }

    @Test
    void dinaLivesADateTwiceAndChangesHerClock() {
        Person dina =
                World.of(new WorldOptions(1, START, 0)).byUserId("demo-dina").orElseThrow();

        List<LocalDate> awakenings = dina.nights(Instant.MIN, START).stream()
                .map(night -> dina.dateAt(night.end()))
                .toList();

        assertThat(awakenings.size())
                .isGreaterThan((int) awakenings.stream().distinct().count());
        assertThat(dina.nights(Instant.MIN, START).stream().map(Night::offset).distinct())
                .hasSize(5);
    }

    @Test
    void activityAddsUpAndGrowsWithTheDay() {
        Person anna =
                World.of(new WorldOptions(1, START, 0)).byUserId("demo-anna").orElseThrow();
        LocalDate today = anna.dateAt(START);
        int before = -1;
        for (int hour = 0; hour < 12; hour++) {
            ActivityDay day =
                    anna.activityOn(today, START.plus(Duration.ofHours(hour))).orElseThrow();
            assertThat(day.activity().steps()).isGreaterThanOrEqualTo(before);
            before = day.activity().steps();
        }

        ActivityDay done = anna.activityOn(today.minusDays(1), START).orElseThrow();
        Instant noon = today.minusDays(1).atTime(LocalTime.NOON).toInstant(done.offset());
        assertThat(done.open()).isFalse();
        assertThat(anna.activity(done.from(), noon).steps()
                        + anna.activity(noon, done.to().plusSeconds(1)).steps())
                .isEqualTo(done.activity().steps());
        assertThat(done.activity().steps()).isBetween(1_000, 40_000);
        assertThat(anna.activityOn(today.plusDays(1), START)).isEmpty();
        assertThat(anna.activityOn(today.minusDays(90), START)).isEmpty();
    }

    private static int nights(World world, String userId) {
        return world.byUserId(userId).orElseThrow().nights(Instant.MIN, START).size();
    }
}
