package io.holisticos.health;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The answer of a source when asked for a person's days. Expected trouble is an answer, not an exception. */
public sealed interface SourceAnswer {

    SourceName from();

    /** The value of {@code sources[].status}. */
    String status();

    /** Holds for no moment at all. */
    Instant NEVER = Instant.MIN;

    /**
     * The moment before which the source would give the same answer to the same question, unless it tells of a change
     * ({@link HealthSource#tell}). {@link #NEVER} for an answer that nobody may keep.
     */
    default Instant goodUntil() {
        return NEVER;
    }

    /**
     * The person is known to the source; {@code days} may still be empty.
     *
     * @param dataStatus whether the stored data are current
     * @param asOf when the source last sent us anything; null when it has not done so yet
     * @param since when the person connected the source; null when there is no such moment
     * @param coverage {@code complete} or {@code partial}: whether all days asked for were fully read; null when unknown
     * @param newest the newest stored observation, whatever days were asked for; null when there is none
     * @param days oldest first, only days with data or with reasons for having none; those around the days asked for among them
     * @param partlyRead the days, those around among them, that were not fully read; null when that is not known day by day
     * @param revision counts the changes of this person's data in the source's store, from 0 on; {@link #NOT_COUNTED} when
     *     nobody counts them
     * @param stale the days asked for whose data are not current; null when that is not known day by day
     * @param goodUntil see {@link SourceAnswer#goodUntil}: time alone gives another answer from then on
     */
    record Measured(
            SourceName from,
            DataStatus dataStatus,
            @Nullable Instant asOf,
            @Nullable Instant since,
            @Nullable String coverage,
            @Nullable Observation newest,
            List<SourceDay> days,
            @Nullable Set<LocalDate> partlyRead,
            long revision,
            @Nullable Set<LocalDate> stale,
            Instant goodUntil)
            implements SourceAnswer {

        /** The revision of a source that does not count changes: answers with its data are new ones each time. */
        public static final long NOT_COUNTED = -1;

        public Measured {
            days = List.copyOf(days);
            partlyRead = partlyRead == null ? null : Set.copyOf(partlyRead);
            stale = stale == null ? null : Set.copyOf(stale);
        }

        /** An answer that nobody may keep. */
        public Measured(
                SourceName from,
                DataStatus dataStatus,
                @Nullable Instant asOf,
                @Nullable Instant since,
                @Nullable String coverage,
                @Nullable Observation newest,
                List<SourceDay> days,
                @Nullable Set<LocalDate> partlyRead,
                long revision,
                @Nullable Set<LocalDate> stale) {
            this(from, dataStatus, asOf, since, coverage, newest, days, partlyRead, revision, stale, NEVER);
        }

        /** The answer of a source whose data are as current on one day as on another. */
        public Measured(
                SourceName from,
                DataStatus dataStatus,
                @Nullable Instant asOf,
                @Nullable Instant since,
                @Nullable String coverage,
                @Nullable Observation newest,
                List<SourceDay> days,
                @Nullable Set<LocalDate> partlyRead,
                long revision) {
            this(from, dataStatus, asOf, since, coverage, newest, days, partlyRead, revision, null);
        }

        /** The answer of a source that neither knows its coverage day by day nor counts changes. */
        public Measured(
                SourceName from,
                DataStatus dataStatus,
                @Nullable Instant asOf,
                @Nullable Instant since,
                @Nullable String coverage,
                @Nullable Observation newest,
                List<SourceDay> days) {
            this(from, dataStatus, asOf, since, coverage, newest, days, null, NOT_COUNTED);
        }

        public boolean isCounted() {
            return revision != NOT_COUNTED;
        }

        /** {@code complete} or {@code partial} for this day alone; null when unknown. */
        public @Nullable String coverageOn(LocalDate date) {
            if (coverage == null || partlyRead == null) {
                return coverage;
            }
            return partlyRead.contains(date) ? "partial" : "complete";
        }

        /** Whether the stored data of this day alone are current. */
        public DataStatus statusOn(LocalDate date) {
            return dataStatus == DataStatus.STALE && stale != null && !stale.contains(date)
                    ? DataStatus.CURRENT
                    : dataStatus;
        }

        @Override
        public String status() {
            return dataStatus.word();
        }

        public Optional<Observation> newestObservation() {
            return Optional.ofNullable(newest);
        }
    }

    /** The source does not know this person. */
    record NotConnected(SourceName from, Instant goodUntil) implements SourceAnswer {

        /** An answer that nobody may keep. */
        public NotConnected(SourceName from) {
            this(from, NEVER);
        }

        @Override
        public String status() {
            return "not_connected";
        }
    }

    /** Switched off by an operator, for all or for this person. */
    record Disabled(SourceName from) implements SourceAnswer {
        @Override
        public Instant goodUntil() {
            return Instant.MAX;
        }

        @Override
        public String status() {
            return "disabled";
        }
    }

    /** The caller asked to leave the source out. */
    record Excluded(SourceName from) implements SourceAnswer {
        @Override
        public Instant goodUntil() {
            return Instant.MAX;
        }

        @Override
        public String status() {
            return "excluded";
        }
    }

    /** The source could not be read in time, and no stored data can stand in. */
    record Unavailable(SourceName from, Duration retryAfter) implements SourceAnswer {
        @Override
        public String status() {
            return "unavailable";
        }
    }

    /** How current the stored data of a person are. */
    enum DataStatus {
        CURRENT("ok"),
        STALE("stale"),
        /** The person has just connected; nothing may be read until it is confirmed whose account it is. */
        ACCOUNT_UNCONFIRMED("stale"),
        /** The person must give consent again; no new data arrive until then. */
        REAUTHORIZATION_REQUIRED("reauthorization_required");

        private final String word;

        DataStatus(String word) {
            this.word = word;
        }

        /** The value of {@code sources[].status}. */
        public String word() {
            return word;
        }
    }
}
