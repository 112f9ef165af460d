package io.holisticos.whoop.connect;

import io.holisticos.health.Deadline;
import io.holisticos.health.UserId;
import io.holisticos.health.WhatFailed;
import io.holisticos.whoop.api.WhoopApi;
import io.holisticos.whoop.custody.Connections;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Revokes grants at WHOOP as far as WHOOP answers: our side ends all the same, and unused tokens expire there. WHOOP has one
 * access for all grants of a WHOOP user, so a grant that another user of ours depends on is never revoked.
 */
final class GrantRevocation {

    private static final Logger log = LoggerFactory.getLogger(GrantRevocation.class);

    /** Disconnecting must not hang on WHOOP. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Connections connections;
    private final WhoopApi api;

    /** @param api whose calls have priority over those of first syncs */
    GrantRevocation(Connections connections, WhoopApi api) {
        this.connections = connections;
        this.api = api;
    }

    /** Revokes the grant of the member's connection, which is about to end. */
    void revokeConnection(UserId who) {
        Deadline deadline = Deadline.after(PATIENCE);
        try {
            Optional<String> token = connections.lastAccessToken(who, deadline);
            boolean accountKnown = connections
                    .find(who)
                    .filter(connection -> !connection.isPending())
                    .isPresent();
            if (token.isPresent() && (accountKnown || isOfNoUser(who, token.get(), deadline))) {
                api.revokeAccessWith(token.get(), who, deadline);
            }
        } catch (RuntimeException e) { // any failure: the connection ends all the same
            notConfirmed(who, e);
        }
    }

    /** A token by which the grant can still be revoked after the connection has ended; empty when none works. */
    Optional<String> tokenForLater(UserId who) {
        try {
            return connections.lastAccessToken(who, Deadline.after(PATIENCE));
        } catch (RuntimeException e) { // any failure: the connection ends all the same
            notConfirmed(who, e);
            return Optional.empty();
        }
    }

    /** Revokes a grant that is of no use. */
    void revoke(UserId who, String accessToken, Deadline deadline) {
        try {
            api.revokeAccessWith(accessToken, who, deadline);
        } catch (RuntimeException e) { // any failure: the grant is not used all the same
            notConfirmed(who, e);
        }
    }

    /** Revokes a grant that is of no use, unless its account is connected by any user of ours. */
    void revokeUnlessConnected(UserId who, String accessToken) {
        Deadline deadline = Deadline.after(PATIENCE);
        try {
            if (isOfNoUser(who, accessToken, deadline)) {
                api.revokeAccessWith(accessToken, who, deadline);
            }
        } catch (RuntimeException e) { // any failure: the grant is not used all the same
            notConfirmed(who, e);
        }
    }

    private boolean isOfNoUser(UserId who, String token, Deadline deadline) {
        return connections
                .findByAccount(api.accountWith(token, who, deadline).userId())
                .isEmpty();
    }

    private void notConfirmed(UserId who, RuntimeException e) {
        log.warn(
                "event=revoke_not_confirmed provider=whoop member={} cause=\"{}\"",
                connections.inLogs(who),
                WhatFailed.inWords(e));
    }
}
