package io.holisticos.whoop;

import io.holisticos.health.UserId;
import io.holisticos.whoop.custody.Connection;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What readers have to know of members' connections. Thread-safe. */
public interface MemberConnections {

    /**
     * The member's connection; empty when there is none, or it has ended.
     *
     * @throws io.holisticos.health.HealthError.SourceUnavailable when the database does not answer
     */
    Optional<MemberConnection> find(UserId who);

    /**
     * The connection of a member who is connected, or about to be.
     *
     * @param whoopUserId null while the account is not known or not confirmed
     * @param status whether anything can be read
     */
    record MemberConnection(@Nullable Long whoopUserId, Instant connectedAt, ConnectionStatus status) {

        /** Empty for a connection that has ended. */
        static Optional<MemberConnection> of(@Nullable Long whoopUserId, Instant connectedAt, Connection.State state) {
            return statusOf(state).map(status -> new MemberConnection(whoopUserId, connectedAt, status));
        }

        private static Optional<ConnectionStatus> statusOf(Connection.State state) {
            return switch (state) {
                case ACTIVE, REFRESHING -> Optional.of(ConnectionStatus.USABLE);
                case AWAITING_PROFILE -> Optional.of(ConnectionStatus.AWAITS_PROFILE);
                case AWAITING_CONFIRMATION -> Optional.of(ConnectionStatus.AWAITS_CONFIRMATION);
                case REAUTHORIZATION_REQUIRED -> Optional.of(ConnectionStatus.NEEDS_CONSENT);
                case REVOKED -> Optional.empty();
            };
        }

        /** Whether the member has to give consent again before anything more can be read. */
        boolean needsConsent() {
            return status == ConnectionStatus.NEEDS_CONSENT;
        }

        /** Whether nothing may be read or shown, because the account is not known or not confirmed. */
        boolean isAwaited() {
            return status == ConnectionStatus.AWAITS_PROFILE || status == ConnectionStatus.AWAITS_CONFIRMATION;
        }
    }

    /** Whether anything can be read for a member. */
    enum ConnectionStatus {
        USABLE,
        NEEDS_CONSENT,
        AWAITS_PROFILE,
        AWAITS_CONFIRMATION
    }
}
