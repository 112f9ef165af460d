package io.holisticos.whoop.sync;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the sync of a member stands, for operators.
 *
 * @param standing the whole in one word
 * @param pause null when calls may be made in every lane
 * @param lastError what fails now, the most frequent first, else why the last run failed; null when nothing did
 * @param failing every read that fails now
 * @param coverage what was read without a gap; null before the first sync is done
 * @param listedAt when each collection was last listed; one that never was is missing
 * @param runs those that are not over
 * @param job null when none is on the list
 */
@JsonPropertyOrder({
    "sync",
    "pause",
    "last_error",
    "failing",
    "coverage",
    "listed_at",
    "runs",
    "events",
    "next_step",
    "job"
})
public record SyncStatus(
        @JsonProperty("sync") Standing standing,
        @JsonProperty("pause") @Nullable PauseOf pause,
        @JsonProperty("last_error") @Nullable ErrorOf lastError,
        @JsonProperty("failing") List<ErrorOf> failing,
        @JsonProperty("coverage") @Nullable Covered coverage,
        @JsonProperty("listed_at") Map<String, Instant> listedAt,
        @JsonProperty("runs") List<OpenRun> runs,
        @JsonProperty("events") Events events,
        @JsonProperty("next_step") NextStep nextStep,
        @JsonProperty("job") @Nullable Job job) {

    /** The whole in one word; the first that applies. */
    public enum Standing {
        /** Nothing is read until the member connects again. */
        @JsonProperty("stopped")
        STOPPED,
        /** Nothing is read while {@code WHOOP_INTEGRATION} or {@code WHOOP_SYNC} is off for the member. */
        @JsonProperty("switched_off")
        SWITCHED_OFF,
        @JsonProperty("paused")
        PAUSED,
        /** A read fails, and is tried less and less often. */
        @JsonProperty("failing")
        FAILING,
        @JsonProperty("first_sync")
        FIRST_SYNC,
        @JsonProperty("working")
        WORKING,
        /** There is nothing to do for now. */
        @JsonProperty("waiting")
        WAITING
    }

    /**
     * No call is made in this lane and those below it.
     *
     * @param because {@code no_permit}, or the error of the outage
     * @param times how often in a row the outage was met
     */
    @JsonPropertyOrder({"lane", "until", "because", "times"})
    public record PauseOf(
            @JsonProperty("lane") String lane,
            @JsonProperty("until") Instant until,
            @JsonProperty("because") String because,
            @JsonProperty("times") int times) {}

    /**
     * What failed.
     *
     * @param error see docs/runbooks/failing-jobs.md
     * @param reading what was read; null for an outage
     * @param times how often in a row
     * @param again when it is tried again; null when it is not
     */
    @JsonPropertyOrder({"error", "reading", "times", "again"})
    public record ErrorOf(
            @JsonProperty("error") String error,
            @JsonProperty("reading") @Nullable String reading,
            @JsonProperty("times") int times,
            @JsonProperty("again") @Nullable Instant again) {}

    /** What was read without a gap. */
    @JsonPropertyOrder({"from", "until"})
    public record Covered(
            @JsonProperty("from") Instant from,
            @JsonProperty("until") Instant until) {}

    /** @param percent of a backfill's years; null for other runs */
    @JsonPropertyOrder({"kind", "state", "stage", "percent", "records", "requested_at"})
    public record OpenRun(
            @JsonProperty("kind") String kind,
            @JsonProperty("state") String state,
            @JsonProperty("stage") String stage,
            @JsonProperty("percent") @Nullable Integer percent,
            @JsonProperty("records") int records,
            @JsonProperty("requested_at") Instant requestedAt) {}

    /** @param oldestAt when WHOOP sent the oldest event whose record is still to be read; null without any */
    @JsonPropertyOrder({"pending", "oldest_at"})
    public record Events(
            @JsonProperty("pending") int pending,
            @JsonProperty("oldest_at") @Nullable Instant oldestAt) {}

    /**
     * What the planner would have done next.
     *
     * @param step such as {@code list}, {@code wait} or {@code stop}
     * @param reading the collection or what of the person is read; null for other steps
     * @param lane null for a step that costs no call
     * @param at not before this moment; null for now, or for never
     */
    @JsonPropertyOrder({"step", "reading", "lane", "at"})
    public record NextStep(
            @JsonProperty("step") String step,
            @JsonProperty("reading") @Nullable String reading,
            @JsonProperty("lane") @Nullable String lane,
            @JsonProperty("at") @Nullable Instant at) {}

    /** The member's job: when it runs next, or that a process works on it. */
    @JsonPropertyOrder({"at", "running"})
    public record Job(
            @JsonProperty("at") Instant at,
            @JsonProperty("running") boolean running) {}

    public SyncStatus {
        failing = List.copyOf(failing);
        runs = List.copyOf(runs);
    }
}
