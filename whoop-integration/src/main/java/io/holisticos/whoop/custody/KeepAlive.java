package io.holisticos.whoop.custody;

import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError;
import io.holisticos.health.HealthError.ConnectionNotFound;
import io.holisticos.health.HealthError.ReauthorizationRequired;
import io.holisticos.health.UserId;
import io.holisticos.health.WhatFailed;
import io.holisticos.vault.Vault;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refreshes connections that nobody uses, before their refresh tokens expire. A member who is kept current is read every
 * night, so this is for members whose syncs are paused.
 */
final class KeepAlive {

    private static final Logger log = LoggerFactory.getLogger(KeepAlive.class);

    /** The most in one round: after a long pause thousands may be due, and WHOOP must not get all of them at once. */
    static final int AT_ONCE = 60;

    /** The time over which connections are spread that became idle together. */
    static final Duration SPREAD = Duration.ofDays(1);

    private final ConnectionStore store;
    private final RefreshCustody custody;
    private final CustodyTerms terms;
    private final Clock clock;

    KeepAlive(ConnectionStore store, RefreshCustody custody, CustodyTerms terms, Clock clock) {
        this.store = store;
        this.custody = custody;
        this.terms = terms;
        this.clock = clock;
    }

    /**
     * Refreshes some of the connections that are due, those tried longest ago first.
     *
     * @param enabled the members for whom WHOOP may be called
     */
    void round(Predicate<UserId> enabled) {
        Instant idleSince = clock.instant().minus(terms.keepAliveAfter());
        List<ConnectionRow> due = store.expiredBefore(idleSince).stream()
                .filter(row -> isDue(row, idleSince))
                .filter(row -> enabled.test(row.connection().who()))
                .limit(AT_ONCE)
                .toList();
        int kept = 0;
        for (ConnectionRow row : due) {
            try {
                refresh(row);
                kept++;
            } catch (ReauthorizationRequired | ConnectionNotFound gone) {
                log.debug(
                        "event=connection_not_kept kind={}",
                        gone.kind()); // the custody has written that, and logged it
            } catch (HealthError later) {
                if (later.getCause() instanceof Vault.Unreadable) {
                    continue; // only this member's tokens do not open
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

    private void refresh(ConnectionRow row) {
        Duration bothTries = terms.refreshTimeout().multipliedBy(2);
        custody.next(row.connection().who(), row.tokenVersion(), Deadline.after(bothTries));
    }

    private static boolean isDue(ConnectionRow row, Instant idleSince) {
        Instant expiredAt = row.accessExpiresAt();
        long jitter = Math.floorMod(row.connection().who().value().hashCode() * 31L, SPREAD.toSeconds());
        return expiredAt != null && expiredAt.plusSeconds(jitter).isBefore(idleSince);
    }
}
