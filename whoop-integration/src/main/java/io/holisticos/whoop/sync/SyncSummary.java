package io.holisticos.whoop.sync;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How the sync of all members stands, for operators.
 *
 * @param members who ever connected
 * @param stopped of them, those who have to connect again
 * @param paused of the others, those for whom a lane waits
 * @param failing of the others, those with a read that fails
 * @param firstSync of the others, those whose first sync is not done
 * @param nextEventAt when the first of the pending events is due; long past when nobody works
 * @param jobsDue members' jobs that could run now
 * @param jobsRunning members' jobs that a process works on
 * @param lastReadAt when anything was last read of anybody
 */
@JsonPropertyOrder({
    "members",
    "stopped",
    "paused",
    "failing",
    "first_sync",
    "events_pending",
    "next_event_at",
    "runs_open",
    "backfills_open",
    "jobs_due",
    "jobs_running",
    "last_read_at"
})
public record SyncSummary(
        @JsonProperty("members") int members,
        @JsonProperty("stopped") int stopped,
        @JsonProperty("paused") int paused,
        @JsonProperty("failing") int failing,
        @JsonProperty("first_sync") int firstSync,
        @JsonProperty("events_pending") int eventsPending,
        @JsonProperty("next_event_at") @Nullable Instant nextEventAt,
        @JsonProperty("runs_open") int runsOpen,
        @JsonProperty("backfills_open") int backfillsOpen,
        @JsonProperty("jobs_due") int jobsDue,
        @JsonProperty("jobs_running") int jobsRunning,
        @JsonProperty("last_read_at") @Nullable Instant lastReadAt) {}
