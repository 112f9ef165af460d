package io.holisticos.whoop.custody;

import static io.holisticos.whoop.api.WhoopApi.WHOOP;

import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError;
import io.holisticos.health.HealthError.BadSourceReply;
import io.holisticos.health.HealthError.ConnectionNotFound;
import io.holisticos.health.HealthError.ReauthorizationRequired;
import io.holisticos.health.HealthError.SourceThrottled;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.UserId;
import io.holisticos.health.WhatFailed;
import io.holisticos.whoop.custody.TokenResponse.Granted;
import io.holisticos.whoop.custody.TokenResponse.Refused;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Exchanges token pairs for new ones, of which WHOOP accepts only the newest. In all processes together there is one refresh
 * at a time for each connection, by the lock on its row, which is held during the call. See docs/decisions on refresh
 * custody.
 */
final class RefreshCustody {

    private static final Logger log = LoggerFactory.getLogger(RefreshCustody.class);

    /**
     * How long a worker waits for another worker's refresh. Afterwards its database connection is still good: pools drop one
     * on which nothing arrives for longer. A row may stay locked for longer, for two attempts at a slow WHOOP.
     */
    private static final Duration LONGEST_LOCK_WAIT = Duration.ofSeconds(8);

    /** A pair that cannot be saved is lost, and the connection with it, so saving is tried for half a minute. */
    private static final RetryConfig SAVING = RetryConfig.custom()
            .maxAttempts(8)
            .intervalFunction(IntervalFunction.ofExponentialBackoff(Duration.ofMillis(250), 2.0))
            .build();

    private final ConnectionStore store;
    private final TokenSeals seals;
    private final WhoopOAuth oauth;
    private final Duration timeout;
    private final Duration lockWait;
    private final Clock clock;
    private final RefreshesUnderWay underWay;
    private final LostConsents lost = new LostConsents();

    RefreshCustody(ConnectionStore store, TokenSeals seals, WhoopOAuth oauth, Duration timeout, Clock clock) {
        this.store = store;
        this.seals = seals;
        this.oauth = oauth;
        this.timeout = timeout;
        this.lockWait = timeout.compareTo(LONGEST_LOCK_WAIT) < 0 ? timeout : LONGEST_LOCK_WAIT;
        this.clock = clock;
        this.underWay = new RefreshesUnderWay(oauth::refreshShared);
    }

    /**
     * The token pair that follows the one of this version: from the database if another caller or worker was faster, else
     * from WHOOP. The caller may stop waiting at its deadline; the refresh goes on.
     */
    CurrentTokens next(UserId who, long version, Deadline deadline) {
        return underWay.of(who, version, () -> refreshed(who, version), deadline);
    }

    /** Where connections are counted that WHOOP ends, whatever refused them. */
    LostConsents lost() {
        return lost;
    }

    /** Lets refreshes that are under way finish. */
    void stop() {
        underWay.stop(timeout);
    }

    private CurrentTokens refreshed(UserId who, long version) {
        ConnectionRow row = begun(who, version);
        if (row.tokenVersion() != version) {
            return currentTokens(who, row); // another worker was faster
        }
        return exchanged(who, version, refreshTokenOf(who, row));
    }

    /** Opens the refresh token before anything is sent. If that fails, no token was spent, and the refresh has not begun. */
    private String refreshTokenOf(UserId who, ConnectionRow row) {
        try {
            return seals.open(who, row).refreshToken();
        } catch (SourceUnavailable ours) {
            store.inTransaction(lockWait, handle -> {
                store.endRefresh(handle, who, row.tokenVersion(), clock.instant());
                return true;
            });
            throw ours;
        }
    }

    /** Writes that the pair of this version is about to be spent, unless it is no longer the current one. */
    private ConnectionRow begun(UserId who, long version) {
        Optional<ConnectionRow> begun = store.beginRefresh(who, version, lockWait, clock.instant());
        if (begun.isEmpty()) {
            return require(store.find(who));
        }
        if (begun.get().refreshStartedAt() != null) {
            log.warn("event=refresh_resumed member={} version={}", seals.inLogs(who), version);
        }
        return begun.get();
    }

    private CurrentTokens exchanged(UserId who, long version, String refreshToken) {
        AtomicReference<@Nullable TokenPair> gained = new AtomicReference<>();
        Attempt attempt;
        try {
            attempt = store.inTransaction(handle -> {
                Attempt made = attempt(handle, who, version, refreshToken);
                if (made.response() instanceof Granted granted) {
                    TokenPair pair = pairOf(granted, refreshToken);
                    gained.set(pair);
                    store.rotateTokens(handle, who, version, seals.seal(who, pair), clock.instant());
                }
                return made;
            });
        } catch (RuntimeException e) {
            TokenPair unsaved = gained.get();
            if (unsaved == null) {
                return afterFailure(who, version, e);
            }
            log.error(
                    "event=token_pair_not_saved member={} version={} trying_again=true", seals.inLogs(who), version, e);
            return savedAgain(who, version, unsaved);
        }
        TokenPair pair = gained.get();
        if (pair != null) {
            log.info("event=token_refreshed provider=whoop member={} version={}", seals.inLogs(who), version + 1);
            return new CurrentTokens(pair, version + 1);
        }
        return withoutNewPair(who, version, attempt.response());
    }

    /** @param response null when another worker had replaced the pair in the meantime */
    private record Attempt(@Nullable TokenResponse response) {}

    /** Asks WHOOP while the row is locked. If the reply is lost, the pair may be spent or not, so it is tried once more. */
    private Attempt attempt(Handle handle, UserId who, long version, String refreshToken) {
        if (require(store.lock(handle, who, lockWait)).tokenVersion() != version) {
            return new Attempt(null);
        }
        try {
            return new Attempt(oauth.refresh(who, refreshToken, Deadline.after(timeout)));
        } catch (SourceUnavailable | BadSourceReply lost) {
            log.warn(
                    "event=refresh_reply_lost member={} version={} kind={} cause=\"{}\"",
                    seals.inLogs(who),
                    version,
                    lost.kind(),
                    WhatFailed.inWords(lost));
            if (require(store.lock(handle, who)).tokenVersion() != version) {
                return new Attempt(null);
            }
            return new Attempt(oauth.refresh(who, refreshToken, Deadline.after(timeout)));
        }
    }

    /** Decides what it means that there is no new pair. The row is read again first: another worker may have saved one. */
    private CurrentTokens withoutNewPair(UserId who, long version, @Nullable TokenResponse response) {
        AtomicReference<@Nullable String> ended = new AtomicReference<>();
        ConnectionRow row = store.inTransaction(handle -> {
            ended.set(null);
            ConnectionRow current = require(store.lock(handle, who, lockWait));
            if (current.tokenVersion() == version) {
                if (response instanceof Refused refused) {
                    Instant consented = current.connection().connectedAt(); // of this consent, whatever the clocks say
                    String reason = "refresh_refused_" + refused.error();
                    boolean changed = store.requireConsent(handle, who, reason, consented, clock.instant());
                    ended.set(changed ? reason : null);
                } else {
                    store.endRefresh(handle, who, version, clock.instant());
                }
            }
            return current;
        });
        String reason = ended.get();
        if (reason != null) {
            lost.note(seals.inLogs(who), reason);
        }
        if (row.tokenVersion() != version) {
            return currentTokens(who, row);
        }
        if (response instanceof Refused) {
            throw new ReauthorizationRequired(WHOOP);
        }
        throw new SourceUnavailable(WHOOP, WhoopOAuth.UNTIL_AN_OPERATOR_ACTED);
    }

    /** Returns another worker's pair if this one lost its lock and was overtaken; else throws the failure. */
    private CurrentTokens afterFailure(UserId who, long version, RuntimeException failure) {
        if (failure instanceof SourceThrottled) { // WHOOP did not look at the token
            store.inTransaction(lockWait, handle -> {
                store.endRefresh(handle, who, version, clock.instant());
                return true;
            });
        }
        ConnectionRow row = require(store.find(who));
        if (row.tokenVersion() != version) {
            return currentTokens(who, row);
        }
        throw failure;
    }

    private CurrentTokens savedAgain(UserId who, long version, TokenPair pair) {
        boolean saved = Retry.of("whoop-token-pair", SAVING).executeSupplier(() -> {
            SealedTokens sealed = seals.seal(who, pair); // may need the database as well
            return store.inTransaction(
                    lockWait, handle -> store.rotateTokens(handle, who, version, sealed, clock.instant()));
        });
        if (saved) {
            return new CurrentTokens(pair, version + 1);
        }
        return currentTokens(who, require(store.find(who))); // it was saved after all, or the member disconnected
    }

    private CurrentTokens currentTokens(UserId who, ConnectionRow row) {
        requireTokens(row);
        return new CurrentTokens(seals.open(who, row), row.tokenVersion());
    }

    private TokenPair pairOf(Granted granted, String refreshToken) {
        String next = granted.refreshToken();
        Instant expiresAt = clock.instant().plusSeconds(granted.expiresInSeconds());
        return new TokenPair(granted.accessToken(), next == null ? refreshToken : next, expiresAt);
    }

    private static ConnectionRow require(Optional<ConnectionRow> found) {
        ConnectionRow row = found.orElseThrow(() -> new ConnectionNotFound(WHOOP));
        requireTokens(row);
        return row;
    }

    /** @throws HealthError when the connection has no tokens to refresh */
    private static void requireTokens(ConnectionRow row) {
        switch (row.connection().state()) {
            case ACTIVE, REFRESHING, AWAITING_PROFILE, AWAITING_CONFIRMATION -> {}
            case REAUTHORIZATION_REQUIRED -> throw new ReauthorizationRequired(WHOOP);
            case REVOKED -> throw new ConnectionNotFound(WHOOP);
        }
    }
}
