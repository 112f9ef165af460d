package io.holisticos.twins.sahha;

import io.holisticos.twins.sahha.CollectedDay.Activity;
import io.holisticos.twins.world.ActivityDay;
import io.holisticos.twins.world.Night;
import io.holisticos.twins.world.Person;
import io.holisticos.twins.world.SahhaFeed;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Derives from the world what a phone and its health store have collected. */
final class Collector {
    private static final Duration EAST = Duration.ofHours(14);
    private static final Duration WEST = Duration.ofHours(12);

    private final Person person;
    private final boolean wearable;
    private final long seed;

    Collector(Person person, boolean wearable, long seed) {
        this.person = person;
        this.wearable = wearable;
        this.seed = seed;
    }

    Optional<CollectedDay> collect(LocalDate date) {
        Instant over = date.plusDays(2).atStartOfDay().toInstant(ZoneOffset.UTC);
        return person.activityOn(date, over).map(day -> {
            var slept = mainSleep(date);
            var night =
                    slept.filter(this::isCollected).map(it -> night(it, date)).orElse(null);
            var vitals = vitals(slept.map(Night::vitals).orElseGet(() -> usual(date)), date);
            return new CollectedDay(date, day.offset(), night, activity(day, end(day), night), vitals);
        });
    }

    Optional<Activity> movement(LocalDate date, Instant asOf) {
        return person.activityOn(date, asOf)
                .map(day -> activity(
                        day,
                        day.open() ? asOf : end(day),
                        mainSleep(date).map(it -> night(it, date)).orElse(null)));
    }

    private static Instant end(ActivityDay day) {
        return day.to().plusSeconds(1);
    }

    /** The longest sleep that ended on the date. */
    private Optional<Night> mainSleep(LocalDate date) {
        Instant midnight = date.atStartOfDay().toInstant(ZoneOffset.UTC);
        return person
                .nights(midnight.minus(EAST), midnight.plus(Duration.ofDays(1)).plus(WEST))
                .stream()
                .filter(night ->
                        night.end().atOffset(night.offset()).toLocalDate().equals(date))
                .max(Comparator.comparing(night -> Duration.between(night.start(), night.end())));
    }

    /** Whether the health store has the night: WHOOP hands over only nights that it could score. */
    private boolean isCollected(Night night) {
        return night.measured() || !feed().isWhoop();
    }

    private SahhaFeed feed() {
        return person.membership().sahhaFeed();
    }

    private io.holisticos.twins.world.Vitals usual(LocalDate date) {
        return person.day(date.toEpochDay()).night().vitals();
    }

    private CollectedDay.Night night(Night truth, LocalDate date) {
        return switch (feed()) {
            case HEALTH_STORE -> echoed(truth, rounded(truth.start()), rounded(truth.end()), date);
            case WHOOP_INTEGRATION -> echoed(truth, truth.start(), truth.end(), date);
            case TRACKER, OWN_DEVICES -> estimated(truth, date);
        };
    }

    /** WHOOP's night, in the stages that WHOOP tells of: they may add up to less than the time asleep. */
    private CollectedDay.Night echoed(Night truth, Instant start, Instant end, LocalDate date) {
        var stages = truth.stages();
        long unstaged = Math.min(stages.lightMilli(), person.unstagedMilli(truth));
        int inBed = minutes(stages.inBedMilli());
        int asleep = minutes(stages.asleepMilli());
        return new CollectedDay.Night(
                start.atOffset(truth.offset()),
                end.atOffset(truth.offset()),
                inBed,
                asleep,
                new CollectedDay.Stages(
                        minutes(stages.awakeMilli()),
                        minutes(stages.lightMilli() - unstaged),
                        minutes(stages.remMilli()),
                        minutes(stages.deepMilli()),
                        between(2, 18, date, "latency"),
                        stages.disturbances(),
                        stages.asleepMilli() / (double) stages.inBedMilli()));
    }

    /** The same night as another device measures it, five to thirty minutes off. */
    private CollectedDay.Night estimated(Night truth, LocalDate date) {
        Instant start = rounded(truth.start()).plusSeconds(60L * deviation(date, "start"));
        Instant end = rounded(truth.end()).plusSeconds(60L * deviation(date, "end"));
        int inBed = (int) Duration.between(start, end).toMinutes();
        int asleep = Math.min(inBed, minutes(truth.stages().asleepMilli()) + deviation(date, "asleep"));
        return new CollectedDay.Night(
                start.atOffset(truth.offset()),
                end.atOffset(truth.offset()),
                inBed,
                asleep,
                wearable ? stages(truth, date, inBed, asleep) : null);
    }

    private CollectedDay.Stages stages(Night truth, LocalDate date, int inBed, int asleep) {
        int deep = minutes((long) (truth.stages().deepMilli() * spread(date, "deep", 0.15)));
        int rem = minutes((long) (truth.stages().remMilli() * spread(date, "rem", 0.15)));
        return new CollectedDay.Stages(
                inBed - asleep,
                Math.max(0, asleep - deep - rem),
                rem,
                deep,
                between(2, 18, date, "latency"),
                Math.max(0, truth.stages().disturbances() + between(-3, 3, date, "disturbances")),
                asleep / (double) inBed);
    }

    private Activity activity(ActivityDay day, Instant until, CollectedDay.@Nullable Night night) {
        var moved = day.activity();
        int intense = Math.min(moved.intenseMinutes(), moved.activeMinutes());
        int medium = (int) Math.round(intense * 0.6);
        long elapsed = Duration.between(day.from(), until).toMinutes();
        long awake = Math.max(0, elapsed - (night == null ? 420 : Math.min(night.asleep(), elapsed)));
        double resting = person.traits().weightKilogram() * 22 * elapsed / 1440;
        return new Activity(
                moved.steps(),
                moved.floors(),
                moved.activeHours(),
                moved.activeMinutes() - intense,
                medium,
                intense - medium,
                (int) Math.max(0, awake - moved.activeMinutes()),
                (int) Math.round(moved.activeKilocalories()),
                (int) Math.round(moved.activeKilocalories() + resting));
    }

    private CollectedDay.Vitals vitals(io.holisticos.twins.world.Vitals truth, LocalDate date) {
        SahhaFeed feed = feed();
        return new CollectedDay.Vitals(
                (int) Math.round(truth.restingHeartRate()) + restingOff(date),
                truth.restingHeartRate() + 1 + 3 * SeededValues.unit(seed, words(date, "sleeping")),
                switch (feed) {
                    case HEALTH_STORE -> truth.hrvSdnn();
                    case WHOOP_INTEGRATION -> null;
                    case TRACKER, OWN_DEVICES -> truth.hrvSdnn() * spread(date, "sdnn", 0.1);
                },
                feed == SahhaFeed.WHOOP_INTEGRATION ? truth.hrvRmssd() : null,
                truth.respiratoryRate() + (feed.isWhoop() ? 0 : off(date, "breath", 0.2, 0.6)),
                feed.isWhoop() ? truth.spo2() / 100 : Math.min(1, (truth.spo2() + off(date, "oxygen", 1.5, 2.5)) / 100),
                28 + 26 * person.traits().fitness() + 0.6 * StrictMath.sin(date.toEpochDay() * 0.11));
    }

    /** The phone derives its own from the strap's beats; another device never agrees to the beat. */
    private int restingOff(LocalDate date) {
        return switch (feed()) {
            case HEALTH_STORE -> {
                double chance = SeededValues.unit(seed, words(date, "beats"));
                yield chance < 0.2 ? -1 : chance < 0.4 ? 1 : 0;
            }
            case WHOOP_INTEGRATION -> 0;
            case TRACKER, OWN_DEVICES -> {
                int beats = between(1, 3, date, "resting");
                yield SeededValues.unit(seed, words(date, "resting|sign")) < 0.5 ? -beats : beats;
            }
        };
    }

    /** How far another device is off the strap: never nothing. */
    private double off(LocalDate date, String what, double least, double most) {
        double off = least + (most - least) * SeededValues.unit(seed, words(date, what));
        return SeededValues.unit(seed, words(date, what + "|sign")) < 0.5 ? -off : off;
    }

    private static int minutes(long milli) {
        return (int) Math.round(milli / 60_000.0);
    }

    private static Instant rounded(Instant moment) {
        return Instant.ofEpochSecond(60 * Math.round(moment.toEpochMilli() / 60_000.0));
    }

    private int deviation(LocalDate date, String what) {
        int minutes = between(5, 30, date, what);
        return SeededValues.unit(seed, words(date, what + "|sign")) < 0.5 ? -minutes : minutes;
    }

    private double spread(LocalDate date, String what, double share) {
        return 1 - share + 2 * share * SeededValues.unit(seed, words(date, what));
    }

    private int between(int low, int high, LocalDate date, String what) {
        return SeededValues.between(low, high, seed, words(date, what));
    }

    private String words(LocalDate date, String what) {
        return person.userId() + "|" + date + "|" + what;
    }
}
