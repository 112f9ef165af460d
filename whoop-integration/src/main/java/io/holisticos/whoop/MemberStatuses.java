package io.holisticos.whoop;

import io.holisticos.health.SourceAnswer.DataStatus;
import io.holisticos.health.UserId;
import io.holisticos.whoop.MemberConnections.MemberConnection;
import io.holisticos.whoop.custody.Connection;
import io.holisticos.whoop.data.HeldMember;
import io.holisticos.whoop.sync.SyncFreshness;
import io.holisticos.whoop.sync.SyncRequests;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How current the stored data of a member are. Looking this up writes nothing; stale members are reported. */
public final class MemberStatuses {

    private final MemberConnections connections;
    private final SyncRequests requests;
    private final StaleMembers stale;
    private final Duration staleAfter;
    private final Clock clock;

    /**
     * Reads one database.
     *
     * @param stale receives every member whose data are found stale
     * @param staleAfter how old the last sync may be, e.g. 6 h
     */
    public MemberStatuses(
            MemberConnections connections,
            SyncRequests requests,
            StaleMembers stale,
            Duration staleAfter,
            Clock clock) {
        this.connections = connections;
        this.requests = requests;
        this.stale = stale;
        this.staleAfter = staleAfter;
        this.clock = clock;
    }

    /**
     * The status of a connected member.
     *
     * @param freshness null until the first sync is done
     */
    record MemberStatus(
            DataStatus dataStatus,
            MemberConnection connection,
            @Nullable SyncFreshness freshness) {

        /** Whether stored data, if there are any, may belong to another WHOOP account. */
        boolean isAccountUnconfirmed() {
            return dataStatus == DataStatus.ACCOUNT_UNCONFIRMED;
        }

        /** When WHOOP last sent us anything; null when it has not done so yet. */
        @Nullable
        Instant asOf() {
            return freshness == null ? null : freshness.lastSyncedAt();
        }
    }

    boolean isConnected(UserId who) {
        return connections.find(who).isPresent();
    }

    /** Empty when the member is not connected. */
    Optional<MemberStatus> find(UserId who) {
        return connections
                .find(who)
                .map(connection -> statusOf(who, connection, () -> requests.findFreshness(who), clock.instant()));
    }

    /** The same, of what was read of the member at that moment. Empty when the member is not connected. */
    Optional<MemberStatus> of(UserId who, HeldMember held, Instant now) {
        HeldMember.HeldConnection connection = held.connection();
        if (connection == null) {
            return Optional.empty();
        }
        return MemberConnection.of(
                        connection.whoopUserId(), connection.connectedAt(), Connection.State.of(connection.state()))
                .map(found -> statusOf(who, found, () -> SyncFreshness.of(held.listing()), now));
    }

    private MemberStatus statusOf(
            UserId who, MemberConnection connection, Supplier<Optional<SyncFreshness>> readUntil, Instant now) {
        if (connection.isAwaited()) {
            return new MemberStatus(DataStatus.ACCOUNT_UNCONFIRMED, connection, null);
        }
        SyncFreshness freshness = readUntil.get().orElse(null);
        if (connection.needsConsent()) {
            return new MemberStatus(DataStatus.REAUTHORIZATION_REQUIRED, connection, freshness);
        }
        if (freshness != null && staleFrom(freshness).isAfter(now)) {
            return new MemberStatus(DataStatus.CURRENT, connection, freshness);
        }
        stale.report(who);
        return new MemberStatus(DataStatus.STALE, connection, freshness);
    }

    /** The first moment at which the data count as stale, unless they are read again. */
    Instant staleFrom(SyncFreshness freshness) {
        return freshness.lastSyncedAt().plus(staleAfter);
    }
}
