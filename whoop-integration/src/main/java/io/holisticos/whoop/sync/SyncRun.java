package io.holisticos.whoop.sync;

import io.holisticos.health.UserId;
import io.holisticos.whoop.api.Window;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A run that reads a member's records from WHOOP, and how far it is.
 *
 * @param stage what is being read, or was read last
 * @param window what is to be read; what is stored of it already is not read again
 * @param freshSince collections that were listed since then are not read again
 * @param percent how much of its window a backfill has read; other runs know no percentage
 * @param records records read so far
 * @param error why it failed; null unless it did
 */
public record SyncRun(
        UUID jobId,
        UserId who,
        Kind kind,
        State state,
        Stage stage,
        Window window,
        Instant freshSince,
        int percent,
        int records,
        int pages,
        Instant requestedAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable SyncError error) {

    /** Why the run was requested. */
    public enum Kind {
        /** The member has just connected: who they are, and their last days. */
        FIRST_SYNC("first-sync"),
        /** What may have changed since the last run. */
        SYNC("sync"),
        /** The years before, while nobody waits. */
        BACKFILL("backfill");

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

    /**
     * What is read, in this order. Cycles come first, since the days of all other records depend on them. Recoveries come after
     * their sleeps, which say when they are.
     */
    public enum Stage {
        PROFILE,
        BODY_MEASUREMENT,
        CYCLES,
        SLEEPS,
        RECOVERIES,
        WORKOUTS;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Stage of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }

        static Stage of(RecordCollection collection) {
            return switch (collection) {
                case CYCLE -> CYCLES;
                case SLEEP -> SLEEPS;
                case RECOVERY -> RECOVERIES;
                case WORKOUT -> WORKOUTS;
            };
        }

        /** Empty for a stage that is no list. */
        Optional<RecordCollection> collection() {
            return Arrays.stream(RecordCollection.values())
                    .filter(one -> of(one) == this)
                    .findFirst();
        }
    }

    /** A run that is requested now. */
    static SyncRun queued(UserId who, Kind kind, Window window, Instant freshSince, Instant now) {
        return new SyncRun(
                UUID.randomUUID(),
                who,
                kind,
                State.QUEUED,
                kind.firstStage(),
                window,
                freshSince,
                0,
                0,
                0,
                now,
                null,
                null,
                null);
    }

    /** The run after one more page. */
    SyncRun read(Stage now, int more) {
        return new SyncRun(
                jobId,
                who,
                kind,
                state,
                now,
                window,
                freshSince,
                percent,
                records + more,
                pages + 1,
                requestedAt,
                startedAt,
                finishedAt,
                error);
    }

    /** The run with so much of its window read. */
    SyncRun at(int percentRead) {
        return new SyncRun(
                jobId,
                who,
                kind,
                state,
                stage,
                window,
                freshSince,
                percentRead,
                records,
                pages,
                requestedAt,
                startedAt,
                finishedAt,
                error);
    }

    /** The run as it fails: at which stage, and why. */
    SyncRun failed(Stage at, SyncError why) {
        return new SyncRun(
                jobId,
                who,
                kind,
                state,
                at,
                window,
                freshSince,
                percent,
                records,
                pages,
                requestedAt,
                startedAt,
                finishedAt,
                why);
    }

    /** A collection listed since then is not read for this run. Cycles always are: WHOOP sends no events of them. */
    Instant freshSince(RecordCollection collection) {
        return collection == RecordCollection.CYCLE ? requestedAt : freshSince;
    }

    public boolean isOpen() {
        return state == State.QUEUED || state == State.RUNNING;
    }

    @Override
    public String toString() {
        return "SyncRun[" + jobId + " " + kind.word() + " " + state.word() + " at " + stage.word() + "]";
    }
}
