package io.holisticos.whoop;

import io.holisticos.health.UserId;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What reading has to know of members' connections. Thread-safe. */
public interface MemberConnections {

    /**
     * The member's connection; empty when there is none, or none any more.
     *
     * @throws io.holisticos.health.HealthError.SourceUnavailable when the database does not answer
     */
    Optional<MemberConnection> find(UserId who);

    /**
     * A member who is connected, or about to be.
     *
     * @param whoopUserId null while it is not settled whose account it is
     * @param standing whether anything can be read
     */
    record MemberConnection(@Nullable Long whoopUserId, Instant connectedAt, Standing standing) {

        /** Whether the member has to give consent again before anything more can be read. */
        boolean needsConsent() {
            return standing == Standing.NEEDS_CONSENT;
        }

        /** Whether nothing may be read, or shown, before it is settled whose account it is. */
        boolean isAwaited() {
            return standing == Standing.AWAITS_PROFILE || standing == Standing.AWAITS_CONFIRMATION;
        }
    }

    /** Whether anything can be read for a member. */
    enum Standing {
        USABLE,
        NEEDS_CONSENT,
        AWAITS_PROFILE,
        AWAITS_CONFIRMATION
    }
}
