package io.holisticos.whoop.custody;

import static io.holisticos.whoop.api.WhoopApi.WHOOP;

import io.holisticos.health.HealthError.ConnectionNotFound;
import io.holisticos.health.HealthError.ReauthorizationRequired;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.UserId;
import io.holisticos.vault.Vault;
import java.time.Clock;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Seals token pairs for the database, and opens them again, each for its member only. */
final class TokenSeals {

    private static final Logger log = LoggerFactory.getLogger(TokenSeals.class);

    /** The reason in the history of a connection that ended because the member's key was destroyed. */
    static final String KEY_DESTROYED = "member_key_destroyed";

    private static final String ACCESS = "whoop.access_token";
    private static final String REFRESH = "whoop.refresh_token";

    private final Vault vault;
    private final ConnectionStore store;
    private final Clock clock;

    TokenSeals(Vault vault, ConnectionStore store, Clock clock) {
        this.vault = vault;
        this.store = store;
        this.clock = clock;
    }

    /**
     * Makes sure that the tokens that WHOOP is about to issue can be sealed: those that cannot be are lost.
     *
     * @throws SourceUnavailable when nothing can be sealed for the member for now
     */
    void require(UserId who) {
        byte[] unused = vault.seal(who, ACCESS, "");
    }

    /** The name of the member in log lines. */
    String inLogs(UserId who) {
        return vault.inLogs(who);
    }

    SealedTokens seal(UserId who, TokenPair pair) {
        return new SealedTokens(
                vault.seal(who, ACCESS, pair.accessToken()),
                vault.seal(who, REFRESH, pair.refreshToken()),
                pair.accessExpiresAt());
    }

    /**
     * Opens a member's tokens. A member whose key was destroyed has to consent again. Any other failure is a fault of ours
     * and leaves the connection as it is.
     *
     * @throws ConnectionNotFound when the row no longer holds any
     * @throws ReauthorizationRequired when the member's key was destroyed
     * @throws SourceUnavailable when the tokens do not open
     */
    TokenPair open(UserId who, ConnectionRow row) {
        byte[] access = row.accessToken();
        byte[] refresh = row.refreshToken();
        Instant expiresAt = row.accessExpiresAt();
        if (access == null || refresh == null || expiresAt == null) {
            throw new ConnectionNotFound(WHOOP);
        }
        try {
            return new TokenPair(vault.openText(who, ACCESS, access), vault.openText(who, REFRESH, refresh), expiresAt);
        } catch (Vault.Destroyed gone) {
            Instant consented = row.connection().connectedAt();
            boolean ended = store.inTransaction(
                    handle -> store.requireConsent(handle, who, KEY_DESTROYED, consented, clock.instant()));
            log.info("event=tokens_gone provider=whoop member={} ended={}", inLogs(who), ended);
            throw new ReauthorizationRequired(WHOOP);
        } catch (Vault.Unreadable fault) {
            log.error("event=tokens_unreadable provider=whoop member={}", inLogs(who), fault);
            throw new SourceUnavailable(WHOOP, WhoopOAuth.UNTIL_AN_OPERATOR_ACTED, fault);
        }
    }
}
