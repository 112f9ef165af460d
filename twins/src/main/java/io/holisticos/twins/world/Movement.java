package io.holisticos.twins.world;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;

/** Steps, floors and active energy by the hour. Part of an hour counts in proportion; counts are rounded down. */
final class Movement {
    private static final long HOUR = 3_600_000;
    private static final double[] HABIT = { // share of a day's steps by local hour
        0, 0, 0, 0, 0, 0.5, 2, 5, 7, 5, 5, 6, 9, 7, 5, 5, 6, 9, 9, 6, 4, 2.5, 1, 0.3
    };
    private static final double HABITS = 94.3;

    private final Person person;
    private final Dice dice;

    Movement(Person person, Dice dice) {
        this.person = person;
        this.dice = dice;
    }

    Activity between(Instant from, Instant to) {
        int steps = 0;
        double kilocalories = 0;
        int floors = 0;
        int active = 0;
        int intense = 0;
        int hours = 0;
        long begin = from.toEpochMilli();
        long end = to.toEpochMilli();
        for (long hour = Math.floorDiv(begin, HOUR); hour * HOUR < end; hour++) {
            Hour whole = hour(hour);
            double low = Math.max(0, begin - hour * HOUR) / (double) HOUR;
            double high = Math.min(HOUR, end - hour * HOUR) / (double) HOUR;
            steps += part(whole.steps(), low, high);
            kilocalories += whole.kilocalories() * (high - low);
            floors += part(whole.floors(), low, high);
            active += part(whole.activeMinutes(), low, high);
            intense += part(whole.intenseMinutes(), low, high);
            hours += part(whole.steps() >= 250 ? 1 : 0, low, high);
        }
        return new Activity(steps, kilocalories, floors, active, intense, hours);
    }

    private static int part(int whole, double low, double high) {
        return (int) Math.floor(whole * high) - (int) Math.floor(whole * low);
    }

    private Hour hour(long number) {
        Instant start = Instant.ofEpochMilli(number * HOUR);
        Instant end = start.plusMillis(HOUR);
        LocalDateTime local = LocalDateTime.ofInstant(start, person.offsetAt(start));
        Dice ofDay = dice.at("steps", local.toLocalDate().toEpochDay());
        double target = (4_200 + 5_200 * person.traits().fitness()) * ofDay.between(0.55, 1.5);
        Dice ofHour = dice.at("hour", number);

        long asleep = 0;
        double sportMinutes = 0;
        double sportSteps = 0;
        double sportKilocalories = 0;
        double intense = 0;
        long around = person.bodyDayAt(start);
        for (long day = around - 1; day <= around + 1; day++) {
            BodyDay facts = person.day(day);
            for (Night night : facts.nights()) {
                asleep += overlap(start, end, night.start(), night.end());
            }
            for (Workout bout : facts.workouts()) {
                double minutes = overlap(start, end, bout.start(), bout.end()) / 60_000.0;
                double share = minutes
                        * 60_000
                        / Duration.between(bout.start(), bout.end()).toMillis();
                sportMinutes += minutes;
                sportSteps += minutes * bout.sport().stepsPerMinute();
                sportKilocalories += share * bout.kilojoule() / 4.184;
                intense += bout.sport().effort() >= 0.6 ? minutes : 0;
            }
        }
        double awake = Math.max(0, 1 - asleep / (double) HOUR);
        double strolled = target * HABIT[local.getHour()] / HABITS * awake * ofHour.between(0.5, 1.5);
        int steps = (int) (strolled + sportSteps);
        int active = (int) Math.min(60, strolled / 105 + sportMinutes);
        double kilocalories = strolled * 0.042 * person.traits().weightKilogram() / 70 + sportKilocalories;
        return new Hour(steps, kilocalories, (int) (strolled / 620 * ofHour.between(0, 2)), active, (int) intense);
    }

    private static long overlap(Instant from, Instant to, Instant start, Instant end) {
        long low = Math.max(from.toEpochMilli(), start.toEpochMilli());
        long high = Math.min(to.toEpochMilli(), end.toEpochMilli());
        return Math.max(0, high - low);
    }

    private record Hour(int steps, double kilocalories, int floors, int activeMinutes, int intenseMinutes) {}
}
