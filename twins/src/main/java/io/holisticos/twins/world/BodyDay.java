package io.holisticos.twins.world;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything between one awakening and the next, by the body's own count of days.
 *
 * @param night the time of the main sleep; without any sleep when the oddity is {@link Oddity#ONLY_A_NAP}
 * @param otherNight a shorter sleep before or after it, which is no nap; null on most days
 */
public record BodyDay(Night night, @Nullable Night otherNight, List<Nap> naps, List<Workout> workouts, Oddity oddity) {
    /** Copies the lists. */
    public BodyDay {
        naps = List.copyOf(naps);
        workouts = List.copyOf(workouts);
    }

    /** Whether the body slept in the night. */
    public boolean slept() {
        return oddity != Oddity.ONLY_A_NAP;
    }

    /** Whether the strap was worn. */
    public boolean worn() {
        return oddity != Oddity.NOT_WORN;
    }

    /** Whether the other night came before the main sleep. */
    public boolean beginsWithOtherNight() {
        return otherNight != null && otherNight.start().isBefore(night.start());
    }

    /** When the day's first sleep begins. */
    public Instant bedtime() {
        return otherNight != null && beginsWithOtherNight() ? otherNight.start() : night.start();
    }

    /** The sleeps that are no naps, oldest first. */
    public List<Night> nights() {
        List<Night> nights = new ArrayList<>();
        if (slept()) {
            nights.add(night);
        }
        if (otherNight != null) {
            nights.add(otherNight);
        }
        nights.sort(Comparator.comparing(Night::start));
        return nights;
    }
}
