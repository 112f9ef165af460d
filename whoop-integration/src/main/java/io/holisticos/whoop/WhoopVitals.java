package io.holisticos.whoop;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.holisticos.jobs.Jobs;
import io.holisticos.outbound.Outbound;
import io.holisticos.vitals.SourceVitals;
import io.holisticos.whoop.api.ForbiddenCalls;
import io.holisticos.whoop.connect.Admission;
import io.holisticos.whoop.quota.QuotaGovernor;
import io.holisticos.whoop.sync.RepeatedFailure;
import io.holisticos.whoop.sync.SyncRequests;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How the integration does. Calls WHOOP for nothing of this. Thread-safe. */
public final class WhoopVitals implements SourceVitals<WhoopVitals.Stored> {

    private final List<Outbound> ways;
    private final QuotaGovernor quota;
    private final Work work;
    private final Connecting connecting;

    WhoopVitals(List<Outbound> ways, QuotaGovernor quota, Work work, Connecting connecting) {
        this.ways = ways;
        this.quota = quota;
        this.work = work;
        this.connecting = connecting;
    }

    @Override
    public SortedMap<String, String> breakers() {
        SortedMap<String, String> all = new TreeMap<>();
        ways.forEach(way -> all.putAll(way.breakerStates()));
        return all;
    }

    /** Whether this process takes jobs, and has put those that recur on the list. Answers at once. */
    public boolean areJobsRunning() {
        return work.jobs().isRunning() && work.jobs().areListed();
    }

    /** Calls that were answered with 403. Answers at once. */
    public Forbidden forbidden() {
        ForbiddenCalls forbidden = connecting.forbidden();
        return new Forbidden(
                forbidden.count(),
                forbidden.last().map(ForbiddenCalls.Last::at).orElse(null),
                forbidden.last().map(ForbiddenCalls.Last::command).orElse(null),
                forbidden.last().map(ForbiddenCalls.Last::body).orElse(null),
                forbidden.isRecent());
    }

    /** Whether tokens and payloads are sealed and open as they should. Answers at once. */
    public boolean isVaultWell() {
        return connecting.vaultTrouble().get().isEmpty();
    }

    @Override
    public Stored readStored() {
        QuotaGovernor.Status status = quota.status();
        return new Stored(
                new Quota(
                        new Use(status.usedInMinute(), status.mostInMinute()),
                        new Use(status.usedInDay(), status.mostInDay()),
                        status.nextPermitAt(),
                        status.blockedUntil()),
                work.requests().lastSyncedAt(),
                work.failing().find().stream().map(FailingJob::of).toList(),
                membersOf(connecting.admission().members()));
    }

    @Override
    public Map<String, Boolean> parts(Optional<Stored> stored) {
        Map<String, Boolean> parts = new LinkedHashMap<>();
        parts.put("vault", isVaultWell());
        parts.put(
                "quota", stored.map(seen -> seen.quota().blockedUntil() == null).orElse(true));
        return parts;
    }

    @Override
    public IntegrationHealth health(Findings<Stored> findings) {
        return IntegrationHealth.of(this, findings);
    }

    private static Members membersOf(Admission.Members all) {
        OptionalInt limit = all.limit();
        String warning = all.isNearlyFull()
                ? all.connected() + " of " + limit.orElse(0) + " members are connected (whoop.memberLimit); beyond that"
                        + " new ones are refused"
                : null;
        return new Members(all.connected(), all.awaiting(), limit.isPresent() ? limit.getAsInt() : null, warning);
    }

    /** What is told by the parts where members come in. */
    record Connecting(ForbiddenCalls forbidden, Admission admission, Supplier<Optional<String>> vaultTrouble) {}

    /** What is told by the parts that keep members current. */
    record Work(SyncRequests requests, Jobs jobs, FailingJobs failing) {}

    /**
     * From the database, so the same on every replica.
     *
     * @param lastSyncedAt when the newest complete sync of any member ended; empty before the first one
     * @param failing jobs that fail again and again
     */
    public record Stored(Quota quota, Optional<Instant> lastSyncedAt, List<FailingJob> failing, Members members) {

        public Stored {
            failing = List.copyOf(failing);
        }
    }

    /**
     * Jobs that failed three times in a row or more, by how they failed last.
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

        static FailingJob of(RepeatedFailure failing) {
            return new FailingJob(failing.job(), failing.error(), failing.collection(), failing.members());
        }
    }

    /**
     * How many members there are.
     *
     * @param awaiting whose account is not known, or not confirmed yet
     * @param limit null when there is none
     * @param warning null unless new members are, or will soon be, too many
     */
    public record Members(
            @JsonProperty("connected") int connected,
            @JsonProperty("awaiting") int awaiting,
            @JsonProperty("limit") @Nullable Integer limit,
            @JsonProperty("warning") @Nullable String warning) {}

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

    /**
     * Calls that were answered with 403, by this process. They are made again later and change no connection.
     *
     * @param lastBody {@code plain_text} and {@code html} are the network's edge, {@code json} is WHOOP
     * @param recent whether it happened in the last quarter of an hour
     */
    public record Forbidden(
            @JsonProperty("count") long count,
            @JsonProperty("last_at") @Nullable Instant lastAt,
            @JsonProperty("last_command") @Nullable String lastCommand,
            @JsonProperty("last_body") @Nullable String lastBody,
            @JsonProperty("recent") boolean recent) {}

    /** Calls made within a window, and the most there may be. */
    public record Use(
            @JsonProperty("used") int used,
            @JsonProperty("most") int most) {}
}
