package io.holisticos.whoop.connect;

import static io.holisticos.whoop.api.WhoopApi.WHOOP;

import io.holisticos.health.HealthError.ConnectionNotFound;
import io.holisticos.health.HealthError.ReauthorizationRequired;
import io.holisticos.health.UserId;
import io.holisticos.vault.Vault;
import io.holisticos.whoop.connect.ConnectionStore.Held;
import io.holisticos.whoop.connect.ConnectionStore.Sealed;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Between token pairs and what lies in the database. */
final class TokenSeals {

    private static final Logger log = LoggerFactory.getLogger(TokenSeals.class);

    private static final String ACCESS = "whoop.access_token";
    private static final String REFRESH = "whoop.refresh_token";

    private final Vault vault;

    TokenSeals(Vault vault) {
        this.vault = vault;
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
     * @throws ConnectionNotFound when the row holds none any more
     * @throws ReauthorizationRequired when they do not open
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
        } catch (Vault.Unreadable e) { // the member's key is gone: only a new consent brings tokens
            log.error("event=tokens_unreadable provider=whoop member={}", inLogs(who), e);
            throw new ReauthorizationRequired(WHOOP);
        }
    }
}
