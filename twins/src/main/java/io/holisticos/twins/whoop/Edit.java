package io.holisticos.twins.whoop;

import io.holisticos.twins.world.Stages;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What was done to a record after it was made.
 *
 * @param version how often it was changed
 * @param at the last change; null for a record that was never changed
 * @param trims how often a member moved both ends of a sleep inwards
 * @param entered whether a member entered the record by hand, at that moment
 */
record Edit(int version, @Nullable Instant at, int trims, boolean deleted, boolean entered) {
    static final Edit NONE = new Edit(0, null, 0, false, false);
    private static final Duration START_MOVES = Duration.ofMinutes(3);
    private static final Duration END_MOVES = Duration.ofMinutes(2);
    private static final int MOST_TRIMS = 2; // a third one would leave too little of a nap

    static Edit enteredAt(Instant now) {
        return new Edit(0, now, 0, false, true);
    }

    Edit rescored(Instant now) {
        return new Edit(version + 1, now, trims, deleted, entered);
    }

    Edit trimmed(Instant now) {
        return new Edit(version + 1, now, trims + 1, deleted, entered);
    }

    Edit deleted(Instant now) {
        return new Edit(version + 1, now, trims, true, entered);
    }

    Duration startsLater() {
        return START_MOVES.multipliedBy(Math.min(trims, MOST_TRIMS));
    }

    Duration endsEarlier() {
        return END_MOVES.multipliedBy(Math.min(trims, MOST_TRIMS));
    }

    /** That moment, or the moment of the edit if it is later. */
    Instant orLater(Instant moment) {
        return at == null || moment.isAfter(at) ? moment : at;
    }

    /** The stages of a trimmed sleep: what was cut off was light sleep. */
    Stages applyTo(Stages stages) {
        long cut = startsLater().plus(endsEarlier()).toMillis();
        return new Stages(
                stages.awakeMilli(),
                stages.noDataMilli(),
                Math.max(0, stages.lightMilli() - cut),
                stages.deepMilli(),
                stages.remMilli(),
                stages.sleepCycles(),
                stages.disturbances());
    }
}
