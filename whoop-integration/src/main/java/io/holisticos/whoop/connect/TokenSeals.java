package io.holisticos.whoop.connect;

import static io.holisticos.whoop.api.WhoopApi.WHOOP;

import io.holisticos.health.HealthError.ConnectionNotFound;
import io.holisticos.health.HealthError.ReauthorizationRequired;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.UserId;
import io.holisticos.vault.Vault;
import io.holisticos.whoop.connect.ConnectionStore.Held;
import io.holisticos.whoop.connect.ConnectionStore.Sealed;
import java.time.Clock;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Between token pairs and what lies in the database. */
final class TokenSeals {

    private static final Logger log = LoggerFactory.getLogger(TokenSeals.class);

    /** Why a connection ended, in its history. */
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
     * Makes sure that what WHOOP is about to grant can be kept: a grant that cannot is lost.
     *
     * @throws SourceUnavailable when nothing can be sealed for the member for now
     */
    void require(UserId who) {
        byte[] unused = vault.seal(who, ACCESS, "");
    }

    /** How log lines name the member. */
    String inLogs(UserId who) {
        return vault.inLogs(who);
    }

    Sealed seal(UserId who, TokenPair pair) {
        return new Sealed(
                vault.seal(who, ACCESS, pair.accessToken()),
                vault.seal(who, REFRESH, pair.refreshToken()),
                pair.accessExpiresAt());
    }

    /**
     * Whoever's key was destroyed has to consent again. Any other failure is ours: it says nothing of the member, and
     * changes nothing of the connection.
     *
     * @throws ConnectionNotFound when the row holds none any more
     * @throws ReauthorizationRequired when the member's key was destroyed
     * @throws SourceUnavailable when they do not open
     */
    TokenPair open(UserId who, Held held) {
        byte[] access = held.accessToken();
        byte[] refresh = held.refreshToken();
        Instant expiresAt = held.accessExpiresAt();
        if (access == null || refresh == null || expiresAt == null) {
            throw new ConnectionNotFound(WHOOP);
        }
        try {
            return new TokenPair(vault.openText(who, ACCESS, access), vault.openText(who, REFRESH, refresh), expiresAt);
        } catch (Vault.Destroyed gone) {
            Instant consented = held.connection().connectedAt();
            boolean ended = store.inTransaction(
                    handle -> store.needsConsent(handle, who, KEY_DESTROYED, consented, clock.instant()));
            log.info("event=tokens_gone provider=whoop member={} ended={}", inLogs(who), ended);
            throw new ReauthorizationRequired(WHOOP);
        } catch (Vault.Unreadable ours) {
            log.error("event=tokens_unreadable provider=whoop member={}", inLogs(who), ours);
            throw new SourceUnavailable(WHOOP, WhoopOAuth.UNTIL_AN_OPERATOR_ACTED, ours);
        }
    }
}
