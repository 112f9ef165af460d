package io.holisticos.whoop;

import io.holisticos.health.UserId;
import java.time.Instant;
import java.util.Optional;

/** What reading has to know of members' connections. Thread-safe. */
public interface MemberConnections {

    /**
     * The member's connection; empty when there is none, or none any more.
     *
     * @throws io.holisticos.health.HealthError.SourceUnavailable when the database does not answer
     */
    Optional<MemberConnection> find(UserId who);

    /**
     * A member who is connected.
     *
     * @param needsConsent whether the member has to give consent again before anything more can be read
     */
    record MemberConnection(long whoopUserId, Instant connectedAt, boolean needsConsent) {}
}
