package io.holisticos.health;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a source says when asked for a person's days. Expected trouble is an answer, not an exception. */
public sealed interface SourceAnswer {

    SourceName from();

    /** The word in {@code sources[].status}. */
    String status();

    /**
     * The person is known to the source; {@code days} may still be empty.
     *
     * @param standing whether the data are kept current
     * @param asOf when the source last told us anything; null when it never did yet
     * @param since when the person connected the source; null when there is no such moment
     * @param coverage {@code complete} or {@code partial}: whether all days asked for were fully read; null when unknown
     * @param newest the newest observation held, whatever days were asked for; null when there is none
     * @param days oldest first, only days with anything in them
     * @param partlyRead those of the days asked for that were not fully read; null when it is only known of all together
     */
    record Measured(
            SourceName from,
            Standing standing,
            @Nullable Instant asOf,
            @Nullable Instant since,
            @Nullable String coverage,
            @Nullable Observation newest,
            List<SourceDay> days,
            @Nullable Set<LocalDate> partlyRead)
            implements SourceAnswer {

        public Measured {
            days = List.copyOf(days);
            partlyRead = partlyRead == null ? null : Set.copyOf(partlyRead);
        }

        /** An answer of a source that does not know its coverage day by day. */
        public Measured(
                SourceName from,
                Standing standing,
                @Nullable Instant asOf,
                @Nullable Instant since,
                @Nullable String coverage,
                @Nullable Observation newest,
                List<SourceDay> days) {
            this(from, standing, asOf, since, coverage, newest, days, null);
        }

        /** Whether this day was fully read, whatever other days were asked for; null when unknown. */
        public @Nullable String coverageOn(LocalDate date) {
            if (coverage == null || partlyRead == null) {
                return coverage;
            }
            return partlyRead.contains(date) ? "partial" : "complete";
        }

        @Override
        public String status() {
            return standing.word();
        }

        public Optional<Observation> newestObservation() {
            return Optional.ofNullable(newest);
        }
    }

    /** The source has nobody by this id. */
    record NotConnected(SourceName from) implements SourceAnswer {
        @Override
        public String status() {
            return "not_connected";
        }
    }

    /** Switched off by an operator, for all or for this person. */
    record Disabled(SourceName from) implements SourceAnswer {
        @Override
        public String status() {
            return "disabled";
        }
    }

    /** The caller asked to leave the source out. */
    record Excluded(SourceName from) implements SourceAnswer {
        @Override
        public String status() {
            return "excluded";
        }
    }

    /** The source could not be read in time, and nothing is held that could stand in. */
    record Unavailable(SourceName from, Duration retryAfter) implements SourceAnswer {
        @Override
        public String status() {
            return "unavailable";
        }
    }

    /** How current what is held is. */
    enum Standing {
        CURRENT("ok"),
        STALE("stale"),
        /** The person has just connected, and nothing may be read before it is settled whose account it is. */
        AWAITED("stale"),
        /** The person has to give consent again; what is held no longer grows. */
        REAUTHORIZATION_REQUIRED("reauthorization_required");

        private final String word;

        Standing(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }
}
