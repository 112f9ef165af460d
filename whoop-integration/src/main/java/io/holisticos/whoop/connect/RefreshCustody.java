package io.holisticos.whoop.connect;

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
import io.holisticos.health.NotInTime;
import io.holisticos.health.SingleFlight;
import io.holisticos.health.UserId;
import io.holisticos.health.WhatFailed;
import io.holisticos.trace.RequestContext;
import io.holisticos.whoop.connect.ConnectionStore.Held;
import io.holisticos.whoop.connect.TokenAnswer.Granted;
import io.holisticos.whoop.connect.TokenAnswer.Refused;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trades token pairs for new ones, of which WHOOP lets only the newest live: one refresh at a time for each connection in
 * all processes, by the lock on its row, which is held while the call is out. See docs/decisions on refresh custody.
 */
final class RefreshCustody {

    private static final Logger log = LoggerFactory.getLogger(RefreshCustody.class);

    /** Each holds a database connection while WHOOP answers. */
    private static final int THREADS = 4;

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    /**
     * Who waits for another worker's refresh gives up then, with a database connection that is still good: pools drop
     * one on which nothing arrives for longer, and a row stays locked for two tries of a WHOOP that is slow.
     */
    private static final Duration LONGEST_LOCK_WAIT = Duration.ofSeconds(8);

    /** A pair that cannot be saved is lost, and with it the connection: worth half a minute. */
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
    private final SingleFlight<Flight, Usable> flights;
    private final ExecutorService executor;

    RefreshCustody(ConnectionStore store, TokenSeals seals, WhoopOAuth oauth, Duration timeout, Clock clock) {
        this.store = store;
        this.seals = seals;
        this.oauth = oauth;
        this.timeout = timeout;
        this.lockWait = timeout.compareTo(LONGEST_LOCK_WAIT) < 0 ? timeout : LONGEST_LOCK_WAIT;
        this.clock = clock;
        this.flights = new SingleFlight<>(flight -> oauth.shared());
        AtomicInteger count = new AtomicInteger();
        this.executor = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "whoop-refresh-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** A pair that works as far as we know, and its number. */
    record Usable(TokenPair pair, long version) {}

    private record Flight(UserId who, long version) {}

    /**
     * The pair after pair {@code version}: from the store if somebody was faster, else from WHOOP. The caller may stop
     * waiting at its deadline; the refresh goes on.
     */
    Usable next(UserId who, long version, Deadline deadline) {
        Flight flight = new Flight(who, version);
        return await(flights.begin(flight, result -> launch(flight, result)), deadline);
    }

    /** Lets refreshes that are under way finish. */
    void stop() {
        executor.shutdown();
        try {
            if (!executor.awaitTermination(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                log.warn("event=refresh_left_behind count={}", flights.underWay().size());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void launch(Flight flight, CompletableFuture<Usable> result) {
        try {
            executor.execute(RequestContext.wrap(() -> {
                try {
                    result.complete(refreshed(flight.who(), flight.version()));
                } catch (RuntimeException | Error e) {
                    result.completeExceptionally(e);
                }
            }));
        } catch (RejectedExecutionException e) { // stopping
            result.completeExceptionally(new SourceUnavailable(WHOOP, RETRY_AFTER, e));
        }
    }

    private static Usable await(CompletableFuture<Usable> result, Deadline deadline) {
        try {
            return deadline.await(result);
        } catch (NotInTime e) {
            throw new SourceUnavailable(WHOOP, RETRY_AFTER, e);
        }
    }

    private Usable refreshed(UserId who, long version) {
        Held held = announced(who, version);
        if (held.version() != version) {
            return usable(who, held); // somebody was faster
        }
        return traded(who, version, refreshTokenOf(who, held));
    }

    /** Opened before anything is sent: should that fail, nothing was spent, and the connection is as it was. */
    private String refreshTokenOf(UserId who, Held held) {
        try {
            return seals.open(who, held).refreshToken();
        } catch (SourceUnavailable ours) {
            store.inTransaction(lockWait, handle -> {
                store.endRefresh(handle, who, held.version(), clock.instant());
                return true;
            });
            throw ours;
        }
    }

    /** Says durably that pair {@code version} is about to be spent, unless it is the past already. */
    private Held announced(UserId who, long version) {
        Optional<Held> begun = store.beginRefresh(who, version, lockWait, clock.instant());
        if (begun.isEmpty()) {
            return require(store.find(who));
        }
        if (begun.get().refreshStartedAt() != null) {
            log.warn("event=refresh_resumed member={} version={}", seals.inLogs(who), version);
        }
        return begun.get();
    }

    private Usable traded(UserId who, long version, String refreshToken) {
        AtomicReference<@Nullable TokenPair> gained = new AtomicReference<>();
        Attempt attempt;
        try {
            attempt = store.inTransaction(handle -> {
                Attempt made = attempt(handle, who, version, refreshToken);
                if (made.answer() instanceof Granted granted) {
                    TokenPair pair = pairOf(granted, refreshToken);
                    gained.set(pair);
                    store.rotate(handle, who, version, seals.seal(who, pair), clock.instant());
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
            return new Usable(pair, version + 1);
        }
        return concluded(who, version, attempt.answer());
    }

    /** @param answer null when pair {@code version} had been replaced meanwhile */
    private record Attempt(@Nullable TokenAnswer answer) {}

    /** Asks WHOOP under the row's lock, and once more when the reply is lost: the pair may be spent or not. */
    private Attempt attempt(Handle handle, UserId who, long version, String refreshToken) {
        if (require(store.lock(handle, who, lockWait)).version() != version) {
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
            if (require(store.lock(handle, who)).version() != version) {
                return new Attempt(null);
            }
            return new Attempt(oauth.refresh(who, refreshToken, Deadline.after(timeout)));
        }
    }

    /** What no new pair means; read again first, since somebody who lost this lock may have saved one. */
    private Usable concluded(UserId who, long version, @Nullable TokenAnswer answer) {
        Held held = store.inTransaction(handle -> {
            Held current = require(store.lock(handle, who, lockWait));
            if (current.version() == version) {
                if (answer instanceof Refused refused) {
                    Instant consented =
                            current.connection().connectedAt(); // this very consent, whatever the clocks say
                    store.needsConsent(handle, who, "refresh_refused_" + refused.error(), consented, clock.instant());
                } else {
                    store.endRefresh(handle, who, version, clock.instant());
                }
            }
            return current;
        });
        if (held.version() != version) {
            return usable(who, held);
        }
        if (answer instanceof Refused refused) {
            log.info(
                    "event=connection_needs_consent provider=whoop member={} error={}",
                    seals.inLogs(who),
                    refused.error());
            throw new ReauthorizationRequired(WHOOP);
        }
        throw new SourceUnavailable(WHOOP, WhoopOAuth.UNTIL_AN_OPERATOR_ACTED);
    }

    /** Somebody else's pair, if this worker lost its lock and then the race. Else the failure stands. */
    private Usable afterFailure(UserId who, long version, RuntimeException failure) {
        if (failure instanceof SourceThrottled) { // WHOOP did not look at the token: the mark goes
            store.inTransaction(lockWait, handle -> {
                store.endRefresh(handle, who, version, clock.instant());
                return true;
            });
        }
        Held held = require(store.find(who));
        if (held.version() != version) {
            return usable(who, held);
        }
        throw failure;
    }

    private Usable savedAgain(UserId who, long version, TokenPair pair) {
        boolean saved = Retry.of("whoop-token-pair", SAVING).executeSupplier(() -> {
            ConnectionStore.Sealed sealed = seals.seal(who, pair); // may need the database, too
            return store.inTransaction(lockWait, handle -> store.rotate(handle, who, version, sealed, clock.instant()));
        });
        if (saved) {
            return new Usable(pair, version + 1);
        }
        return usable(who, require(store.find(who))); // it had been saved after all, or the member left
    }

    private Usable usable(UserId who, Held held) {
        requireTokens(held);
        return new Usable(seals.open(who, held), held.version());
    }

    private TokenPair pairOf(Granted granted, String refreshToken) {
        String next = granted.refreshToken();
        Instant expiresAt = clock.instant().plusSeconds(granted.expiresInSeconds());
        return new TokenPair(granted.accessToken(), next == null ? refreshToken : next, expiresAt);
    }

    private static Held require(Optional<Held> row) {
        Held held = row.orElseThrow(() -> new ConnectionNotFound(WHOOP));
        requireTokens(held);
        return held;
    }

    /** @throws HealthError unless there are tokens to be kept fresh */
    private static void requireTokens(Held held) {
        switch (held.connection().state()) {
            case ACTIVE, REFRESHING, AWAITING_PROFILE, AWAITING_CONFIRMATION -> {}
            case REAUTHORIZATION_REQUIRED -> throw new ReauthorizationRequired(WHOOP);
            case REVOKED -> throw new ConnectionNotFound(WHOOP);
        }
    }
}
