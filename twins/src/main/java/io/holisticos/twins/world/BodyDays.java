package io.holisticos.twins.world;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Makes a person's days. Each follows from its number alone. */
final class BodyDays {
    private static final int WEEKEND_MINUTES = 40;
    private static final double DAWN = 6; // a flight by night is over by then
    private static final int SLOTS = 3; // times of day for a workout in a shared rhythm
    private static final double UNMEASURED = 0.025;
    private static final int CAREFUL_NIGHTS = 30;
    private static final List<Oddity> ODDITIES = List.of(Oddity.values()).subList(1, Oddity.values().length);
    private static final List<Sport> QUIET =
            Sport.ALL.stream().filter(sport -> sport.effort() < 0.25).toList();
    private static final List<Sport> ACTIVE =
            Sport.ALL.stream().filter(sport -> sport.effort() >= 0.25).toList();

    private final Traits traits;
    private final Journey journey;
    private final Dice dice;
    private final long today;
    private final boolean careful;
    private final double breaths;
    private final double phase;

    /**
     * @param today the body's day at the world's start: it and the two before are always measured
     * @param careful whether at most one night in thirty is not measured
     */
    BodyDays(Traits traits, Journey journey, Dice dice, long today, boolean careful) {
        this.traits = traits;
        this.journey = journey;
        this.dice = dice;
        this.today = today;
        this.careful = careful;
        this.breaths = dice.at("breaths", 0).between(13.6, 17.2);
        this.phase = dice.at("phase", 0).between(0, 6.28);
    }

    BodyDay make(long day) {
        Oddity oddity = oddity(day);
        Night night = night(day);
        return switch (oddity) {
            case SECOND_NIGHT -> day(night, secondAfter(night), oddity);
            case BROKEN_NIGHT -> {
                Night first = firstPartOf(night);
                yield day(remainderOf(night, first), first, oddity);
            }
            case NONE, ONLY_A_NAP, NOT_WORN, LEFT_OPEN, ZEROS -> day(night, null, oddity);
        };
    }

    private BodyDay day(Night night, @Nullable Night otherNight, Oddity oddity) {
        long day = night.day();
        return new BodyDay(night, otherNight, naps(day, night, oddity), workouts(day, night, oddity), oddity);
    }

    /** Never on a journey: its days are odd already. A strap that was left at home is not found before the second night. */
    private Oddity oddity(long day) {
        if (!traits.irregular() || travels(day - 1) || travels(day) || travels(day + 1)) {
            return Oddity.NONE;
        }
        return plannedOddity(day - 1) == Oddity.NOT_WORN ? Oddity.NOT_WORN : plannedOddity(day);
    }

    /** One of every two days is odd, in turn in each way there is: a short life has them all. */
    private Oddity plannedOddity(long day) {
        long pair = Math.floorDiv(day, 2);
        boolean odd = dice.at("oddity", pair).whole(0, 1) == Math.floorMod(day, 2);
        int first = dice.at("first oddity", 0).whole(0, ODDITIES.size() - 1);
        return odd ? ODDITIES.get(Math.floorMod(pair + first, ODDITIES.size())) : Oddity.NONE;
    }

    private Night secondAfter(Night night) {
        Dice chance = dice.at("second night", night.day());
        Instant start = night.end().plusMillis((long) chance.between(20 * 60_000, 40 * 60_000));
        return part(night, start, start.plusMillis((long) chance.between(60 * 60_000, 150 * 60_000)), chance);
    }

    private Night firstPartOf(Night night) {
        Dice chance = dice.at("first part", night.day());
        Instant end = night.start().plusMillis((long) chance.between(70 * 60_000, 110 * 60_000));
        return part(night, night.start(), end, chance);
    }

    private Night remainderOf(Night night, Night first) {
        Dice chance = dice.at("remainder", night.day());
        Instant start = first.end().plusMillis((long) chance.between(30 * 60_000, 60 * 60_000));
        return part(night, start, night.end(), chance);
    }

    private Night part(Night night, Instant start, Instant end, Dice chance) {
        Stages stages = stages(Duration.between(start, end).toMillis(), chance);
        return new Night(night.day(), start, end, journey.offsetAt(end), stages, night.vitals(), night.measured());
    }

    private Night night(long day) {
        Dice chance = dice.at("night", day);
        InBed inBed = inBed(day, chance);
        Instant end = journey.bodyTime(Duration.ofDays(day).plusMillis(inBed.wakeMilli()));
        boolean recent = day <= today && day >= today - 2;
        boolean measured = recent || !chance.chance(UNMEASURED) || (careful && hadLapseBefore(day));
        return new Night(
                day,
                end.minusMillis(inBed.milli()),
                end,
                journey.offsetAt(end),
                stages(inBed.milli(), chance),
                vitals(day, chance),
                measured);
    }

    private boolean hadLapseBefore(long day) {
        return LongStream.range(day - CAREFUL_NIGHTS + 1, day).anyMatch(this::isLapse);
    }

    /** What the dice of that night say, thrown in the order in which {@link #night} throws them. */
    private boolean isLapse(long day) {
        Dice chance = dice.at("night", day);
        InBed unused = inBed(day, chance);
        return chance.chance(UNMEASURED);
    }

    /** @param wakeMilli from the beginning of the body's day */
    private record InBed(long wakeMilli, long milli) {}

    private InBed inBed(long day, Dice chance) {
        long wake = (long) (wakeMinute(day, chance) * 60_000);
        return new InBed(wake, traits.timeInBed().toMillis() + (long) (chance.between(-50, 50) * 60_000));
    }

    private double wakeMinute(long day, Dice chance) {
        Life.Rhythm rhythm = traits.rhythm();
        if (rhythm != null) {
            return traits.wakeMinute() + chance.between(-rhythm.stray(), rhythm.stray());
        }
        return traits.wakeMinute() + (isWeekend(day) ? WEEKEND_MINUTES : 0) + chance.between(-30, 30);
    }

    private static Stages stages(long inBed, Dice chance) {
        long awake = (long) (inBed * chance.between(0.045, 0.11));
        long noData = chance.chance(0.08) ? (long) chance.between(60_000, 900_000) : 0;
        long asleep = inBed - awake - noData;
        long deep = (long) (asleep * chance.between(0.15, 0.23));
        long rem = (long) (asleep * chance.between(0.18, 0.27));
        int cycles = (int) Math.max(2, asleep / 5_700_000);
        return new Stages(awake, noData, asleep - deep - rem, deep, rem, cycles, chance.whole(4, 16));
    }

    private Vitals vitals(long day, Dice chance) {
        double form = form(day);
        double rmssd = traits.hrvRmssd() * StrictMath.exp(0.15 * form + 0.12 * chance.bell());
        return new Vitals(
                breaths - 0.25 * form + 0.25 * chance.bell(),
                Math.min(99.6, 96.0 + 0.9 * chance.bell()),
                33.6 - 0.2 * form + 0.35 * chance.bell(),
                rmssd,
                rmssd * 0.85 + 24 + 4 * chance.bell(),
                Math.max(36, traits.restingHeartRate() - 2.4 * form + 1.1 * chance.bell()));
    }

    /** How fit the body is that day, about -2 to 2: it changes slowly, with a few bad days now and then. */
    private double form(long day) {
        double wave = 0.6 * StrictMath.sin(day * 0.67 + phase) + 0.4 * StrictMath.sin(day * 0.19 + 2 * phase);
        boolean ill = dice.at("ill", Math.floorDiv(day, 4)).chance(0.04);
        return ill ? wave - 1.5 : wave;
    }

    private List<Nap> naps(long day, Night night, Oddity oddity) {
        Dice chance = dice.at("nap", day);
        boolean usual = chance.chance(0.1) && !travels(day);
        if (!usual && oddity != Oddity.ONLY_A_NAP) {
            return List.of();
        }
        Instant start = localTime(day, chance.between(13.7, 15.1));
        long length = (long) chance.between(18 * 60_000, 50 * 60_000);
        long awake = (long) (length * chance.between(0.05, 0.2));
        long deep = (long) (length * chance.between(0, 0.2));
        long rem = (long) (length * chance.between(0, 0.08));
        Stages stages = new Stages(awake, 0, length - awake - deep - rem, deep, rem, 0, chance.whole(0, 2));
        Instant end = start.plusMillis(length);
        double rate = night.vitals().respiratoryRate() + 0.3 * chance.bell();
        return List.of(new Nap(day, start, end, journey.offsetAt(end), stages, rate));
    }

    private List<Workout> workouts(long day, Night night, Oddity oddity) {
        Dice chance = dice.at("sport", day);
        List<Workout> bouts = new ArrayList<>();
        Life.Rhythm rhythm = traits.rhythm();
        if (rhythm != null) {
            return inRhythm(day, night, oddity, chance, rhythm.workoutsPerWeek() / 7 / SLOTS);
        }
        if (chance.chance(0.12 + 0.3 * traits.fitness())) {
            Instant start = night.end().plusMillis((long) chance.between(40 * 60_000, 80 * 60_000));
            bouts.add(bout(night, bouts.size(), start, chance.between(25, 60), oneOf(ACTIVE, chance)));
        }
        if (chance.chance(0.12)) {
            Instant start = localTime(day, chance.between(11.75, 12.3));
            bouts.add(bout(night, bouts.size(), start, chance.between(20, 45), oneOf(ACTIVE, chance)));
        }
        if (!travels(day) && chance.chance(0.25 + 0.45 * traits.fitness())) {
            Instant start = localTime(day, chance.between(17.25, 18.4));
            Workout evening = bout(night, bouts.size(), start, chance.between(30, 80), oneOf(ACTIVE, chance));
            bouts.add(evening);
            if (chance.chance(0.18)) {
                Instant after = evening.end().plusMillis((long) chance.between(8 * 60_000, 14 * 60_000));
                bouts.add(bout(night, bouts.size(), after, chance.between(10, 20), oneOf(QUIET, chance)));
            }
        }
        return bouts;
    }

    /** Workouts after waking, at noon and in the evening, each with that probability. */
    private List<Workout> inRhythm(long day, Night night, Oddity oddity, Dice chance, double probability) {
        List<Workout> bouts = new ArrayList<>();
        if (chance.chance(probability) && oddity != Oddity.SECOND_NIGHT) {
            Instant start = night.end().plusMillis((long) chance.between(40 * 60_000, 80 * 60_000));
            bouts.add(bout(night, bouts.size(), start, chance.between(25, 60), oneOf(ACTIVE, chance)));
        }
        if (travels(day)) {
            return bouts;
        }
        if (chance.chance(probability)) {
            Instant start = localTime(day, chance.between(11.75, 12.3));
            bouts.add(bout(night, bouts.size(), start, chance.between(20, 45), oneOf(ACTIVE, chance)));
        }
        if (chance.chance(probability)) {
            Instant start = localTime(day, chance.between(17.25, 19.4));
            bouts.add(bout(night, bouts.size(), start, chance.between(30, 80), oneOf(ACTIVE, chance)));
        }
        return bouts;
    }

    private Workout bout(Night night, int number, Instant start, double minutes, Sport sport) {
        Dice chance = dice.at("bout", night.day() * 8 + number);
        Instant end = start.plusMillis((long) (minutes * 60_000));
        long length = Duration.between(start, end).toMillis();
        double resting = night.vitals().restingHeartRate();
        double reserve = traits.maxHeartRate() - resting;
        double effort = sport.effort() * chance.between(0.9, 1.08);
        int average = (int) Math.round(resting + effort * reserve);
        int highest = Math.min(traits.maxHeartRate() - 1, average + chance.whole(9, 32));
        double kilojoule = minutes * (2 + 11 * effort) * (traits.weightKilogram() / 70) * 4.184;
        double recorded = chance.chance(0.85) ? 100 : chance.between(91, 99.9);
        Workout.@Nullable Track track = track(sport, minutes, chance);
        ZoneOffset offset = journey.offsetAt(end);
        return new Workout(
                night.day(),
                number,
                start,
                end,
                offset,
                sport,
                average,
                highest,
                kilojoule,
                recorded,
                zones(length, effort, chance),
                track);
    }

    private static Workout.@Nullable Track track(Sport sport, double minutes, Dice chance) {
        if (sport.metersPerMinute() == 0) {
            return null;
        }
        double distance = sport.metersPerMinute() * minutes * chance.between(0.85, 1.15);
        double gain = distance * chance.between(0.002, 0.02);
        return new Workout.Track(distance, gain, chance.between(-0.3, 0.3) * gain);
    }

    /** The length divided among six zones; most of it is in the zone of the effort. */
    private static List<Long> zones(long length, double effort, Dice chance) {
        double[] weights = new double[6];
        double sum = 0;
        for (int zone = 0; zone < weights.length; zone++) {
            double distance = zone - (effort * 10 - 4);
            weights[zone] = StrictMath.exp(-distance * distance / 1.6) * chance.between(0.7, 1.3);
            sum += weights[zone];
        }
        List<Long> zones = new ArrayList<>();
        long left = length;
        for (int zone = 0; zone < 5; zone++) {
            long share = Math.min(left, (long) (length * weights[zone] / sum));
            zones.add(share);
            left -= share;
        }
        zones.add(left);
        return zones;
    }

    private Instant localTime(long day, double hours) {
        return journey.bodyTime(Duration.ofDays(day).plusMillis((long) (hours * 3_600_000)));
    }

    /** A flight or a clock change makes this day of the body longer or shorter. */
    private boolean travels(long day) {
        return isLongerOrShorter(day, 0) || isLongerOrShorter(day, DAWN);
    }

    private boolean isLongerOrShorter(long day, double hours) {
        return !Duration.between(localTime(day, hours), localTime(day + 1, hours))
                .equals(Duration.ofDays(1));
    }

    private static boolean isWeekend(long day) {
        return Math.floorMod(day + 3, 7) >= 5; // day 0 was a Thursday
    }

    private static Sport oneOf(List<Sport> sports, Dice chance) {
        return sports.get(chance.whole(0, sports.size() - 1));
    }
}
