package io.holisticos.whoop;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.holisticos.health.UserId;
import io.holisticos.whoop.custody.ConnectedMembers;
import io.holisticos.whoop.custody.ConnectedMembers.ConnectedMember;
import io.holisticos.whoop.custody.Connection;
import io.holisticos.whoop.custody.ConnectionReader;
import io.holisticos.whoop.data.WhoopStore;
import io.holisticos.whoop.quota.QuotaGovernor;
import io.holisticos.whoop.sync.SyncStatus;
import io.holisticos.whoop.sync.SyncStatuses;
import io.holisticos.whoop.sync.SyncSummary;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What operators ask of WHOOP's database. Reads only, as the role of the service, and calls nobody; the vault's key need not be the
 * right one.
 */
public final class WhoopReports {

    private final ConnectionReader connections;
    private final SyncStatuses syncs;
    private final QuotaGovernor quota;

    /**
     * Reads one database.
     *
     * @param enabled whether the integration and the sync are switched on for a member
     * @param clock the time that all replicas agree on
     */
    public WhoopReports(
            WhoopModule.Pool pool, WhoopConfiguration configuration, Predicate<UserId> enabled, Clock clock) {
        this.connections = new ConnectionReader(pool.jdbi());
        this.syncs = new SyncStatuses(pool.jdbi(), new WhoopStore(pool.jdbi(), pool.vault()), enabled, clock);
        this.quota = new QuotaGovernor(pool.jdbi(), clock, configuration.quota);
    }

    /** How the quota stands: the document of {@code GET /quota}. */
    public Object quota() {
        return quota.report();
    }

    /** The states that a connection can be in. */
    public static List<String> states() {
        return Connection.statuses();
    }

    /**
     * Members by state and either id; a null asks for all.
     *
     * @param most how many to list
     */
    public Members members(@Nullable String state, @Nullable UserId who, @Nullable Long whoopUserId, int most) {
        ConnectedMembers found = connections.members(new ConnectedMembers.Wanted(state, who, whoopUserId, most));
        return new Members(
                connections.countByState(),
                found.found(),
                found.listed().stream().map(Member::of).toList());
    }

    /** How the sync of a member stands; empty for one who has no connection. */
    public Optional<MemberSync> sync(UserId who) {
        return connections.find(who).map(connection -> sync(who, connection));
    }

    /** How the sync of all stands, and of so many members, those with trouble first. */
    public Syncs syncs(int most) {
        List<MemberSync> members = syncs.members(most).stream()
                .map(this::sync)
                .flatMap(Optional::stream)
                .toList();
        return new Syncs(syncs.summary(), members);
    }

    private MemberSync sync(UserId who, Connection connection) {
        return new MemberSync(
                who.value(),
                connection.whoopUserId(),
                connection.status(),
                syncs.find(who).orElse(null));
    }

    /**
     * The members that were looked for.
     *
     * @param states how many connections are in each state, of all members
     * @param found how many were looked for, listed or not
     */
    @JsonPropertyOrder({"states", "found", "members"})
    public record Members(
            @JsonProperty("states") Map<String, Long> states,
            @JsonProperty("found") int found,
            @JsonProperty("members") List<Member> members) {}

    /**
     * A member who has or had a connection.
     *
     * @param userId the id that callers of the service use
     * @param whoopUserId WHOOP's; null while it is not known or not confirmed
     * @param arrivingUserId the WHOOP account that waits to be confirmed
     * @param since when the connection came into its state, and {@code reason} why
     */
    @JsonPropertyOrder({
        "user_id",
        "whoop_user_id",
        "arriving_whoop_user_id",
        "state",
        "since",
        "reason",
        "connected_at",
        "scopes"
    })
    public record Member(
            @JsonProperty("user_id") String userId,
            @JsonProperty("whoop_user_id") @Nullable Long whoopUserId,

            @JsonProperty("arriving_whoop_user_id") @Nullable
            Long arrivingUserId,

            @JsonProperty("state") String state,
            @JsonProperty("since") @Nullable Instant since,
            @JsonProperty("reason") @Nullable String reason,
            @JsonProperty("connected_at") Instant connectedAt,
            @JsonProperty("scopes") List<String> scopes) {

        private static Member of(ConnectedMember member) {
            Connection connection = member.connection();
            return new Member(
                    connection.who().value(),
                    connection.whoopUserId(),
                    member.arrivingUserId(),
                    connection.status(),
                    member.since(),
                    member.reason(),
                    connection.connectedAt(),
                    connection.scopes().stream().sorted().toList());
        }
    }

    /** @param status null for a connection that nothing was read by yet */
    @JsonPropertyOrder({"user_id", "whoop_user_id", "state"})
    public record MemberSync(
            @JsonProperty("user_id") String userId,
            @JsonProperty("whoop_user_id") @Nullable Long whoopUserId,
            @JsonProperty("state") String state,
            @JsonUnwrapped @Nullable SyncStatus status) {}

    /** How the sync of all stands, and of some members. */
    @JsonPropertyOrder({"summary", "members"})
    public record Syncs(
            @JsonProperty("summary") SyncSummary summary,
            @JsonProperty("members") List<MemberSync> members) {}
}
