package io.holisticos.whoop;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.holisticos.jobs.Jobs;
import io.holisticos.outbound.Outbound;
import io.holisticos.vault.Vault;
import io.holisticos.whoop.quota.QuotaGovernor;
import io.holisticos.whoop.sync.Failing;
import io.holisticos.whoop.sync.Synchronizer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How the integration does. Calls WHOOP for nothing of this. Thread-safe. */
public final class WhoopVitals {

    private final List<Outbound> ways;
    private final QuotaGovernor quota;
    private final Synchronizer synchronizer;
    private final Supplier<Jobs> jobs;
    private final Vault vault;

    WhoopVitals(List<Outbound> ways, QuotaGovernor quota, Synchronizer synchronizer, Supplier<Jobs> jobs, Vault vault) {
        this.ways = ways;
        this.quota = quota;
        this.synchronizer = synchronizer;
        this.jobs = jobs;
        this.vault = vault;
    }

    /** By command key: {@code closed}, {@code open}, {@code half_open}; only commands that were called. Answers at once. */
    public SortedMap<String, String> breakers() {
        SortedMap<String, String> all = new TreeMap<>();
        ways.forEach(way -> all.putAll(way.breakerStates()));
        return all;
    }

    /** Whether this process takes jobs. Answers at once. */
    public boolean areJobsRunning() {
        return jobs.get().isRunning();
    }

    /** Whether tokens and payloads are sealed and open as they should. Answers at once. */
    public boolean isVaultWell() {
        return vault.trouble().isEmpty();
    }

    /**
     * What only WHOOP's database knows; takes as long as it takes.
     *
     * @throws io.holisticos.health.HealthError.SourceUnavailable when the database does not answer
     */
    public Stored readStored() {
        QuotaGovernor.Status status = quota.status();
        return new Stored(
                new Quota(
                        new Use(status.usedInMinute(), status.mostInMinute()),
                        new Use(status.usedInDay(), status.mostInDay()),
                        status.nextPermitAt(),
                        status.blockedUntil()),
                synchronizer.lastSyncedAt(),
                FailingJobs.of(synchronizer, jobs.get()).stream()
                        .map(FailingJob::of)
                        .toList());
    }

    /**
     * From the database, so the same on every replica.
     *
     * @param lastSyncedAt when the newest complete sync of any member ended; empty before the first one
     * @param failing jobs that fail again and again
     */
    public record Stored(Quota quota, Optional<Instant> lastSyncedAt, List<FailingJob> failing) {

        public Stored {
            failing = List.copyOf(failing);
        }
    }

    /**
     * Jobs that failed the same way three times in a row or more.
     *
     * @param job the kind, such as {@code whoop-member}
     * @param error such as {@code page_token_repeated}; null when the job itself broke
     * @param collection which list it was of; null when it was of none
     * @param members how many members, or jobs, it concerns
     */
    public record FailingJob(
            @JsonProperty("job") String job,
            @JsonProperty("error") @Nullable String error,
            @JsonProperty("collection") @Nullable String collection,
            @JsonProperty("members") int members) {

        static FailingJob of(Failing failing) {
            return new FailingJob(failing.job(), failing.error(), failing.collection(), failing.members());
        }
    }

    /**
     * The application's quota at WHOOP.
     *
     * @param nextPermitAt now when there is room
     * @param blockedUntil null unless WHOOP answered 429 and the time it asked for has not passed
     */
    public record Quota(
            @JsonProperty("minute") Use minute,
            @JsonProperty("day") Use day,
            @JsonProperty("next_permit_at") Instant nextPermitAt,
            @JsonProperty("blocked_until") @Nullable Instant blockedUntil) {}

    /** Calls made within a window, and the most there may be. */
    public record Use(
            @JsonProperty("used") int used,
            @JsonProperty("most") int most) {}
}
