package io.holisticos.whoop;

import io.holisticos.health.SourceAnswer.DataStatus;
import io.holisticos.health.UserId;
import io.holisticos.whoop.MemberConnections.MemberConnection;
import io.holisticos.whoop.sync.SyncFreshness;
import io.holisticos.whoop.sync.SyncRequests;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
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
        return connections.find(who).map(connection -> statusOf(who, connection));
    }

    private MemberStatus statusOf(UserId who, MemberConnection connection) {
        if (connection.isAwaited()) {
            return new MemberStatus(DataStatus.ACCOUNT_UNCONFIRMED, connection, null);
        }
        SyncFreshness freshness = requests.findFreshness(who).orElse(null);
        if (connection.needsConsent()) {
            return new MemberStatus(DataStatus.REAUTHORIZATION_REQUIRED, connection, freshness);
        }
        if (isCurrent(freshness)) {
            return new MemberStatus(DataStatus.CURRENT, connection, freshness);
        }
        stale.report(who);
        return new MemberStatus(DataStatus.STALE, connection, freshness);
    }

    private boolean isCurrent(@Nullable SyncFreshness freshness) {
        return freshness != null && freshness.lastSyncedAt().plus(staleAfter).isAfter(clock.instant());
    }
}
