package io.holisticos.whoop.data;

import io.holisticos.health.Observation;
import io.holisticos.whoop.api.Cycle;
import io.holisticos.whoop.api.Recovery;
import io.holisticos.whoop.api.Sleep;
import io.holisticos.whoop.api.Workout;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One member's records that are held and not deleted.
 *
 * @param recordedTimes since when the versions of the cycles, recoveries and sleeps are known
 * @param newest the newest observation that is held, whatever days were read; null when there is none
 * @param revision counts the changes of the member's days; of the same moment as the records
 */
public record HeldRecords(
        List<Cycle> cycles,
        List<Recovery> recoveries,
        List<Sleep> sleeps,
        List<Workout> workouts,
        RecordedTimes recordedTimes,
        @Nullable Observation newest,
        long revision) {

    /** Nothing is held of the member. */
    public static final HeldRecords NOTHING =
            new HeldRecords(List.of(), List.of(), List.of(), List.of(), RecordedTimes.NONE, null, 0);

    public HeldRecords {
        cycles = List.copyOf(cycles);
        recoveries = List.copyOf(recoveries);
        sleeps = List.copyOf(sleeps);
        workouts = List.copyOf(workouts);
    }

    /** Health values stay out of logs. */
    @Override
    public String toString() {
        return "HeldRecords[" + cycles.size() + " cycles, " + sleeps.size() + " sleeps, " + workouts.size()
                + " workouts]";
    }
}
