package io.holisticos.whoop.connect;

import static io.holisticos.whoop.api.WhoopApi.WHOOP;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import io.dropwizard.lifecycle.Managed;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError.ConnectionNotFound;
import io.holisticos.health.HealthError.SourceThrottled;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.UserId;
import io.holisticos.vault.Vault;
import io.holisticos.whoop.connect.ConnectionStore.Held;
import io.holisticos.whoop.connect.RefreshCustody.Usable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is connected to WHOOP, and the custody of their tokens. Every method may throw {@link SourceUnavailable} when the
 * database cannot be reached. Thread-safe; {@link #stop} lets refreshes under way finish.
 */
public final class Connections implements Managed {

    private static final Logger log = LoggerFactory.getLogger(Connections.class);

    /** An access token is replaced this long before it expires, so that none expires on its way. */
    private static final Duration BEFORE_EXPIRY = Duration.ofSeconds(60);

    /** How often connections are looked for that nobody uses. */
    private static final Duration KEEP_ALIVE = Duration.ofHours(1);

    private final ConnectionStore store;
    private final TokenSeals seals;
    private final RefreshCustody custody;
    private final KeepAlive keepAlive;
    private final Clock clock;

    public Connections(Jdbi database, Vault vault, WhoopOAuth oauth, ConnectConfiguration configuration, Clock clock) {
        this.store = new ConnectionStore(database);
        this.seals = new TokenSeals(vault, store, clock);
        this.custody = new RefreshCustody(store, seals, oauth, configuration.refreshTimeout.toJavaDuration(), clock);
        this.keepAlive = new KeepAlive(store, custody, configuration, clock);
        this.clock = clock;
    }

    /**
     * What is done by the clock; to be given to {@link io.holisticos.jobs.Jobs}.
     *
     * @param enabled for whom WHOOP may be called
     */
    public List<RecurringTask<?>> recurringTasks(Predicate<UserId> enabled) {
        return List.of(Tasks.recurring("whoop-keep-alive", FixedDelay.of(KEEP_ALIVE))
                .execute((instance, context) -> keepAlive.round(enabled)));
    }

    /** The member's connection, whatever its state; empty for who never had one. */
    public Optional<Connection> find(UserId who) {
        return store.find(who).map(Held::connection);
    }

    /** Whose WHOOP account this is, while it is connected. */
    public Optional<Connection> findByAccount(long whoopUserId) {
        return store.findByAccount(whoopUserId).map(Held::connection);
    }

    /** Everybody for whom calls can be made. */
    public List<Connection> usable() {
        return store.usable().stream().map(Held::connection).toList();
    }

    /**
     * WHOOP refused what only a new consent can cure. Does nothing where there is no usable connection, nor where the
     * member gave that consent meanwhile.
     *
     * @param begun when what was refused was begun
     */
    public void markReauthorizationRequired(UserId who, String reason, Instant begun) {
        boolean changed =
                store.inTransaction(handle -> store.needsConsent(handle, who, reason, begun, clock.instant()));
        if (changed) {
            log.info("event=connection_needs_consent provider=whoop member={} reason={}", inLogs(who), reason);
        }
    }

    /** How log lines name the member. */
    String inLogs(UserId who) {
        return seals.inLogs(who);
    }

    /** Forgets that there ever was a connection, history included; tells WHOOP nothing. Returns the rows that went. */
    public int erase(UserId who) {
        return store.inTransaction(handle -> store.erase(handle, who));
    }

    @Override
    public void stop() {
        custody.stop();
    }

    /** A pair that will live for another minute at least; fetched anew where needed. */
    Usable current(UserId who, Deadline deadline) {
        Held held = store.find(who).orElseThrow(() -> new ConnectionNotFound(WHOOP));
        RefreshCustody.requireUsable(held);
        Usable usable = new Usable(seals.open(who, held), held.version());
        Instant expiresAt = usable.pair().accessExpiresAt();
        Instant now = clock.instant();
        if (now.isBefore(expiresAt.minus(BEFORE_EXPIRY))) {
            return usable;
        }
        try {
            return custody.next(who, held.version(), deadline);
        } catch (SourceUnavailable | SourceThrottled e) {
            boolean untouched = store.find(who)
                    .filter(after -> after.version() == held.version() && after.refreshStartedAt() == null)
                    .isPresent();
            if (untouched && now.isBefore(expiresAt)) {
                return usable; // good for some seconds more
            }
            throw e;
        }
    }

    /** WHOOP refused this access token with 401. Afterwards another one is in the store. */
    void replace(UserId who, String refusedAccessToken, Deadline deadline) {
        Held held = store.find(who).orElseThrow(() -> new ConnectionNotFound(WHOOP));
        RefreshCustody.requireUsable(held);
        if (seals.open(who, held).accessToken().equals(refusedAccessToken)) {
            custody.next(who, held.version(), deadline);
        }
    }

    /** @throws SourceUnavailable when a token of this member could not be kept */
    void requireSeals(UserId who) {
        seals.require(who);
    }

    /** How a consent ended at our side. */
    enum Joined {
        CONNECTED,
        /** The WHOOP account belongs to another user of ours. */
        ACCOUNT_OF_ANOTHER_USER,
        /** This user is connected with another WHOOP account. */
        USER_HAS_ANOTHER_ACCOUNT
    }

    /** Keeps a new connection, or the next consent of one that there is. */
    Joined join(UserId who, long whoopUserId, TokenAnswer.Granted granted, String refreshToken) {
        Instant now = clock.instant();
        TokenPair pair =
                new TokenPair(granted.accessToken(), refreshToken, now.plusSeconds(granted.expiresInSeconds()));
        ConnectionStore.Sealed sealed = seals.seal(who, pair);
        Connection joining = new Connection(who, whoopUserId, Connection.State.ACTIVE, granted.scopes(), now);
        try {
            return store.inTransaction(handle -> {
                Optional<Held> mine = store.lock(handle, who);
                if (mine.filter(held -> isLive(held) && held.connection().whoopUserId() != whoopUserId)
                        .isPresent()) {
                    return Joined.USER_HAS_ANOTHER_ACCOUNT;
                }
                if (store.findByAccount(handle, whoopUserId)
                        .filter(held -> !held.connection().who().equals(who))
                        .isPresent()) {
                    return Joined.ACCOUNT_OF_ANOTHER_USER;
                }
                store.connect(handle, joining, sealed);
                return Joined.CONNECTED;
            });
        } catch (UnableToExecuteStatementException e) {
            if (ConnectionStore.isDuplicate(e)) { // two users at the same moment
                return Joined.ACCOUNT_OF_ANOTHER_USER;
            }
            throw e;
        }
    }

    /** Ends a connection here and erases its tokens. Returns whether there was one. */
    boolean end(UserId who) {
        return store.inTransaction(handle -> store.revoke(handle, who, "disconnected", clock.instant()));
    }

    /** An access token that may still work, to say good-bye with. */
    Optional<String> lastAccessToken(UserId who, Deadline deadline) {
        Optional<Held> held = store.find(who).filter(Connections::isLive);
        if (held.isEmpty()) {
            return Optional.empty();
        }
        if (held.get().connection().isUsable()) {
            return Optional.of(current(who, deadline).pair().accessToken());
        }
        return held.filter(row -> row.accessToken() != null)
                .map(row -> seals.open(who, row).accessToken());
    }

    private static boolean isLive(Held held) {
        return held.connection().state() != Connection.State.REVOKED;
    }
}
