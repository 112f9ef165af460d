package io.holisticos.whoop.connect;

import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError;
import io.holisticos.health.HealthError.ConnectionNotFound;
import io.holisticos.health.HealthError.ReauthorizationRequired;
import io.holisticos.health.UserId;
import io.holisticos.health.WhatFailed;
import io.holisticos.vault.Vault;
import io.holisticos.whoop.connect.ConnectionStore.Held;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refreshes connections that nobody uses, before their refresh tokens die of age. Whoever is kept current is used every
 * night, so this is for members whose syncs are paused.
 */
final class KeepAlive {

    private static final Logger log = LoggerFactory.getLogger(KeepAlive.class);

    /** Of one round: after a long pause thousands may be due, and WHOOP is not to be stormed. */
    static final int AT_ONCE = 60;

    /** Who fell idle together is not refreshed together. */
    static final Duration SPREAD = Duration.ofDays(1);

    private final ConnectionStore store;
    private final RefreshCustody custody;
    private final ConnectConfiguration configuration;
    private final Clock clock;

    KeepAlive(ConnectionStore store, RefreshCustody custody, ConnectConfiguration configuration, Clock clock) {
        this.store = store;
        this.custody = custody;
        this.configuration = configuration;
        this.clock = clock;
    }

    /**
     * Refreshes some of those who are due, the ones tried longest ago first.
     *
     * @param enabled the others are left alone
     */
    void round(Predicate<UserId> enabled) {
        Instant idleSince = clock.instant().minus(configuration.keepAliveAfter.toJavaDuration());
        List<Held> due = store.idleSince(idleSince).stream()
                .filter(held -> isDue(held, idleSince))
                .filter(held -> enabled.test(held.connection().who()))
                .limit(AT_ONCE)
                .toList();
        int kept = 0;
        for (Held held : due) {
            try {
                refresh(held);
                kept++;
            } catch (ReauthorizationRequired | ConnectionNotFound gone) {
                log.debug("event=connection_not_kept kind={}", gone.kind()); // the custody has seen to it, and said so
            } catch (HealthError later) {
                if (later.getCause() instanceof Vault.Unreadable) {
                    continue; // of this member only; the others' tokens open
                }
                log.warn(
                        "event=keep_alive_interrupted provider=whoop kind={} cause=\"{}\"",
                        later.kind(),
                        WhatFailed.inWords(later));
                break; // the next round comes in an hour
            }
        }
        if (!due.isEmpty()) {
            log.info("event=connections_kept_alive provider=whoop due={} kept={}", due.size(), kept);
        }
    }

    private void refresh(Held held) {
        Duration bothTries = configuration.refreshTimeout.toJavaDuration().multipliedBy(2);
        custody.next(held.connection().who(), held.version(), Deadline.after(bothTries));
    }

    private static boolean isDue(Held held, Instant idleSince) {
        Instant expiredAt = held.accessExpiresAt();
        long jitter = Math.floorMod(held.connection().who().value().hashCode() * 31L, SPREAD.toSeconds());
        return expiredAt != null && expiredAt.plusSeconds(jitter).isBefore(idleSince);
    }
}
