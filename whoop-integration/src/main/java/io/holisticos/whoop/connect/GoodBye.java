package io.holisticos.whoop.connect;

import io.holisticos.health.Deadline;
import io.holisticos.health.UserId;
import io.holisticos.health.WhatFailed;
import io.holisticos.whoop.api.WhoopApi;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives grants back to WHOOP, as far as it answers: ours end all the same, and unused tokens run out there. At WHOOP a
 * member has one access for all grants, so what another user of ours lives on is never given back.
 */
final class GoodBye {

    private static final Logger log = LoggerFactory.getLogger(GoodBye.class);

    /** Going must not hang on WHOOP. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Connections connections;
    private final WhoopApi api;

    /** @param api whose calls come before those of first syncs */
    GoodBye(Connections connections, WhoopApi api) {
        this.connections = connections;
        this.api = api;
    }

    /** Of the member's connection, before it ends. */
    void say(UserId who) {
        Deadline deadline = Deadline.after(PATIENCE);
        try {
            Optional<String> token = connections.lastAccessToken(who, deadline);
            boolean settled =
                    connections.find(who).filter(held -> !held.isAwaiting()).isPresent();
            if (token.isPresent() && (settled || isNobodys(who, token.get(), deadline))) {
                api.revokeAccessWith(token.get(), who, deadline);
            }
        } catch (RuntimeException e) { // whatever it is: nobody stays for it
            notConfirmed(who, e);
        }
    }

    /** A token to say good-bye with after the connection has ended; empty when there is none that works. */
    Optional<String> token(UserId who) {
        try {
            return connections.lastAccessToken(who, Deadline.after(PATIENCE));
        } catch (RuntimeException e) { // whatever it is: nobody stays for it
            notConfirmed(who, e);
            return Optional.empty();
        }
    }

    /** Of a grant that is of no use. */
    void giveBack(UserId who, String accessToken, Deadline deadline) {
        try {
            api.revokeAccessWith(accessToken, who, deadline);
        } catch (RuntimeException e) { // whatever it is: nobody stays for it
            notConfirmed(who, e);
        }
    }

    /** Of a grant that is of no use, and may be of an account that another user of ours has. */
    void giveBackUnlessAnothers(UserId who, String accessToken) {
        Deadline deadline = Deadline.after(PATIENCE);
        try {
            if (isNobodys(who, accessToken, deadline)) {
                api.revokeAccessWith(accessToken, who, deadline);
            }
        } catch (RuntimeException e) { // whatever it is: nobody stays for it
            notConfirmed(who, e);
        }
    }

    private boolean isNobodys(UserId who, String token, Deadline deadline) {
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
