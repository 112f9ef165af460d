package io.holisticos.twins.world;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How the extra people of a world live; the named ones are always the same.
 *
 * @param history how long before the start they joined WHOOP
 * @param rhythm what they have in common, but for the odd days that some of them have ({@link Oddity}); null for people with
 *     their own habits in many time zones
 */
public record Life(Duration history, @Nullable Rhythm rhythm) {
    /** Sixty days of history, each by own habits. */
    public static final Life DEMO = new Life(Duration.ofDays(60), null);

    /** Refuses a history that no run needs. */
    public Life {
        if (history.compareTo(Duration.ofDays(1)) < 0 || history.compareTo(Duration.ofDays(1_000)) > 0) {
            throw new IllegalArgumentException("history must be 1 to 1000 days, was " + history.toDays());
        }
    }

    /** All people live at one UTC offset and keep this rhythm; some travel. */
    public static Life inStep(Duration history, Rhythm rhythm) {
        return new Life(history, rhythm);
    }

    /**
     * What people who live in step have in common.
     *
     * @param wakeFrom minutes after local midnight of the earliest awakening
     * @param wakeSpread every awakening falls within this time after it, weekends too
     * @param workoutsPerWeek a mean, 0 to 21
     * @param travellers share of people who are abroad for some days every few weeks, 0 to 1
     */
    public record Rhythm(int wakeFrom, Duration wakeSpread, double workoutsPerWeek, double travellers) {
        /** Refuses a rhythm that does not fit into days. */
        public Rhythm {
            if (wakeFrom < 240 || wakeFrom > 600) {
                throw new IllegalArgumentException("the first must wake at 4 to 10 o'clock, was minute " + wakeFrom);
            }
            if (wakeSpread.compareTo(Duration.ofMinutes(1)) < 0 || wakeSpread.compareTo(Duration.ofHours(4)) > 0) {
                throw new IllegalArgumentException("wake-ups must spread over 1 minute to 4 hours, was " + wakeSpread);
            }
            if (!(workoutsPerWeek >= 0 && workoutsPerWeek <= 21)) {
                throw new IllegalArgumentException("workouts per week must be 0 to 21, was " + workoutsPerWeek);
            }
            if (!(travellers >= 0 && travellers <= 1)) {
                throw new IllegalArgumentException("travellers must be a share of 0 to 1, was " + travellers);
            }
        }

        /** Awake between six and eight, one in ten travels. */
        public static Rhythm of(double workoutsPerWeek) {
            return new Rhythm(360, Duration.ofHours(2), workoutsPerWeek, 0.1);
        }

        /** How far a person's awakenings stray from the usual one, in minutes either way. */
        double stray() {
            return wakeSpread.toMinutes() / 8.0;
        }
    }
}
