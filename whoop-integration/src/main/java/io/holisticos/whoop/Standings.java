package io.holisticos.whoop;

import io.holisticos.health.SourceAnswer.Standing;
import io.holisticos.health.UserId;
import io.holisticos.whoop.MemberConnections.MemberConnection;
import io.holisticos.whoop.sync.SyncFreshness;
import io.holisticos.whoop.sync.SyncRequests;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How current what is held of a member is. Asking for one who has fallen behind puts a sync on the list. */
public final class Standings {

    private final MemberConnections connections;
    private final SyncRequests requests;
    private final Duration staleAfter;
    private final Clock clock;

    /**
     * Over one database.
     *
     * @param staleAfter how old the last sync may be, e.g. 6 h
     */
    public Standings(MemberConnections connections, SyncRequests requests, Duration staleAfter, Clock clock) {
        this.connections = connections;
        this.requests = requests;
        this.staleAfter = staleAfter;
        this.clock = clock;
    }

    /**
     * A member's standing.
     *
     * @param freshness null before the first sync is done
     */
    record MemberStanding(
            Standing standing,
            MemberConnection connection,
            @Nullable SyncFreshness freshness) {

        /** Whether what is held, if anything, may be another account's. */
        boolean isAwaited() {
            return standing == Standing.AWAITED;
        }

        /** When WHOOP last told us anything; null when it never did yet. */
        @Nullable
        Instant asOf() {
            return freshness == null ? null : freshness.lastSyncedAt();
        }
    }

    boolean isConnected(UserId who) {
        return connections.find(who).isPresent();
    }

    /** Empty when the member is not connected. */
    Optional<MemberStanding> find(UserId who) {
        return connections.find(who).map(connection -> {
            if (connection.isAwaited()) {
                return new MemberStanding(Standing.AWAITED, connection, null);
            }
            SyncFreshness freshness = requests.findFreshness(who).orElse(null);
            if (connection.needsConsent()) {
                return new MemberStanding(Standing.REAUTHORIZATION_REQUIRED, connection, freshness);
            }
            boolean current = freshness != null
                    && freshness.lastSyncedAt().plus(staleAfter).isAfter(clock.instant());
            if (!current) {
                requests.catchUp(who);
            }
            return new MemberStanding(current ? Standing.CURRENT : Standing.STALE, connection, freshness);
        });
    }
}
