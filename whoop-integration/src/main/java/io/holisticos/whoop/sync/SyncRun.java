package io.holisticos.whoop.sync;

import io.holisticos.health.UserId;
import io.holisticos.whoop.api.Window;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One reading of a member's records from WHOOP, and how far it is.
 *
 * @param stage what is being read, or to be read next
 * @param nextToken the page to go on with; null for the first
 * @param window what is read of every collection; its end does not move while the run lasts
 * @param records records read so far
 * @param failures answers of WHOOP in a row that were not of the documented form
 */
public record SyncRun(
        UUID jobId,
        UserId who,
        Kind kind,
        State state,
        Stage stage,
        @Nullable String nextToken,
        Window window,
        int records,
        int pages,
        int failures,
        Instant requestedAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt) {

    /** Why the run was asked for. */
    public enum Kind {
        /** The member has just connected: who they are, and their last days. */
        FIRST_SYNC("first-sync"),
        /** What may have changed since the last run. */
        SYNC("sync");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }

        static Kind of(String word) {
            return Arrays.stream(values())
                    .filter(kind -> kind.word.equals(word))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("no kind of run is called " + word));
        }

        /** Who the member is does not change from day to day. */
        Stage firstStage() {
            return this == FIRST_SYNC ? Stage.PROFILE : Stage.CYCLES;
        }
    }

    /** Where the run stands. */
    public enum State {
        QUEUED,
        RUNNING,
        DONE,
        FAILED;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static State of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    /** What is read, in this order: cycles come first, for the days of all others hang on them. */
    public enum Stage {
        PROFILE,
        BODY_MEASUREMENT,
        CYCLES,
        RECOVERIES,
        SLEEPS,
        WORKOUTS;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Stage of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }

        /** Null after the last. */
        @Nullable
        Stage next() {
            return switch (this) {
                case PROFILE -> BODY_MEASUREMENT;
                case BODY_MEASUREMENT -> CYCLES;
                case CYCLES -> RECOVERIES;
                case RECOVERIES -> SLEEPS;
                case SLEEPS -> WORKOUTS;
                case WORKOUTS -> null;
            };
        }
    }

    public boolean isOpen() {
        return state == State.QUEUED || state == State.RUNNING;
    }

    /** Page tokens stay out of logs. */
    @Override
    public String toString() {
        return "SyncRun[" + jobId + " " + kind.word() + " " + state.word() + " at " + stage.word() + "]";
    }
}
