package io.holisticos.whoop.custody;

import static io.holisticos.whoop.api.WhoopApi.WHOOP;

import com.codahale.metrics.MetricRegistry;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import io.dropwizard.lifecycle.Managed;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError.ConnectionNotFound;
import io.holisticos.health.HealthError.ReauthorizationRequired;
import io.holisticos.health.HealthError.SourceThrottled;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.UserId;
import io.holisticos.jobs.TakeOver;
import io.holisticos.vault.Vault;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jdbi.v3.core.Jdbi;

/**
 * Members' connections to WHOOP, and access tokens that work. Every method may throw {@link SourceUnavailable} when the
 * database cannot be reached. Thread-safe; {@link #stop} lets refreshes under way finish.
 */
public final class Connections implements Managed {

    /** An access token is replaced this long before it expires, so that none expires on its way. */
    private static final Duration BEFORE_EXPIRY = Duration.ofSeconds(60);

    /** How often connections are looked for that nobody uses. */
    private static final Duration KEEP_ALIVE = Duration.ofHours(1);

    /** The reason in the history of a connection of which WHOOP refused the token and a fresh one. */
    static final String REFUSED_FRESH_TOKEN = "refused_with_fresh_token";

    private final ConnectionStore store;
    private final TokenSeals seals;
    private final RefreshCustody custody;
    private final KeepAlive keepAlive;
    private final PendingConnections pending;
    private final Clock clock;

    public Connections(Jdbi database, Vault vault, WhoopOAuth oauth, CustodyTerms terms, Clock clock) {
        this.store = new ConnectionStore(database);
        this.seals = new TokenSeals(vault, store, clock);
        this.custody = new RefreshCustody(store, seals, oauth, terms.refreshTimeout(), clock);
        this.keepAlive = new KeepAlive(store, custody, terms, clock);
        this.pending = new PendingConnections(database, store, seals, clock);
        this.clock = clock;
    }

    private Connections(Jdbi pool, Vault vault, Connections other) {
        this.store = new ConnectionStore(pool);
        this.seals = new TokenSeals(vault, store, other.clock);
        this.custody = other.custody;
        this.keepAlive = other.keepAlive;
        this.pending = new PendingConnections(pool, store, seals, other.clock);
        this.clock = other.clock;
    }

    /**
     * The same connections by another pool, with the time limits of callers who wait for an answer. Refreshes still use the
     * first pool: they may take longer than any caller waits.
     */
    public Connections through(Jdbi pool, Vault vault) {
        return new Connections(pool, vault, this);
    }

    /**
     * The recurring jobs of custody; to be given to {@link io.holisticos.jobs.Jobs}.
     *
     * @param enabled the members for whom WHOOP may be called
     */
    public List<RecurringTask<?>> recurringTasks(Predicate<UserId> enabled) {
        return List.of(Tasks.recurring("whoop-keep-alive", FixedDelay.of(KEEP_ALIVE))
                .onDeadExecution(new TakeOver<>(clock))
                .execute((instance, context) -> keepAlive.round(enabled)));
    }

    /** Counter {@code whoop.consents.lost}. */
    public void register(MetricRegistry metrics) {
        custody.lost().register(metrics);
    }

    /** Connections of members whose consent waits for its account or for an answer. */
    public PendingConnections pending() {
        return pending;
    }

    /** The member's connection, whatever its state; empty for a member who never had one. */
    public Optional<Connection> find(UserId who) {
        return store.find(who).map(ConnectionRow::connection);
    }

    /** The connection of this WHOOP account, while it lasts. */
    public Optional<Connection> findByAccount(long whoopUserId) {
        return store.findByAccount(whoopUserId).map(ConnectionRow::connection);
    }

    /** The name of the member in log lines. */
    public String inLogs(UserId who) {
        return seals.inLogs(who);
    }

    /**
     * WHOOP refused a call with 401, and again with a fresh token.
     *
     * @param begun when the call began
     */
    public void refusedWithFreshToken(UserId who, Instant begun) {
        markReauthorizationRequired(who, REFUSED_FRESH_TOKEN, begun);
    }

    /**
     * WHOOP refused something that only a new consent can cure. Does nothing where there is no usable connection, nor where
     * the member consented after the refused call began.
     *
     * @param begun when the refused call began
     */
    void markReauthorizationRequired(UserId who, String reason, Instant begun) {
        boolean changed =
                store.inTransaction(handle -> store.requireConsent(handle, who, reason, begun, clock.instant()));
        if (changed) {
            custody.lost().note(inLogs(who), reason);
        }
    }

    /** A pair that lives for another minute at least; fetched where there is none. */
    public CurrentTokens current(UserId who, Deadline deadline) {
        ConnectionRow row = store.find(who).orElseThrow(() -> new ConnectionNotFound(WHOOP));
        requireUsable(row);
        return fresh(who, row, deadline);
    }

    private CurrentTokens fresh(UserId who, ConnectionRow row, Deadline deadline) {
        CurrentTokens tokens = new CurrentTokens(seals.open(who, row), row.tokenVersion());
        Instant expiresAt = tokens.pair().accessExpiresAt();
        Instant now = clock.instant();
        if (now.isBefore(expiresAt.minus(BEFORE_EXPIRY))) {
            return tokens;
        }
        try {
            return custody.next(who, row.tokenVersion(), deadline);
        } catch (SourceUnavailable | SourceThrottled e) {
            boolean untouched = store.find(who)
                    .filter(after -> after.tokenVersion() == row.tokenVersion() && after.refreshStartedAt() == null)
                    .isPresent();
            if (untouched && now.isBefore(expiresAt)) {
                return tokens; // they work for some seconds more
            }
            throw e;
        }
    }

    /** WHOOP refused this access token with 401. Afterwards another one is in the database. */
    public void replace(UserId who, String refusedAccessToken, Deadline deadline) {
        ConnectionRow row = store.find(who).orElseThrow(() -> new ConnectionNotFound(WHOOP));
        requireUsable(row);
        replace(who, row, refusedAccessToken, deadline);
    }

    private void replace(UserId who, ConnectionRow row, String refusedAccessToken, Deadline deadline) {
        if (seals.open(who, row).accessToken().equals(refusedAccessToken)) {
            custody.next(who, row.tokenVersion(), deadline);
        }
    }

    /** An access token of a consent that is still pending; empty where there is none any more. */
    public Optional<String> pendingToken(UserId who, Deadline deadline) {
        return store.find(who)
                .filter(row -> row.connection().isPending())
                .map(row -> fresh(who, row, deadline).pair().accessToken());
    }

    /** As {@link #replace}, of a consent that is still pending. */
    public void replacePendingToken(UserId who, String refusedAccessToken, Deadline deadline) {
        ConnectionRow row = store.find(who)
                .filter(found -> found.connection().isPending())
                .orElseThrow(() -> new ConnectionNotFound(WHOOP));
        replace(who, row, refusedAccessToken, deadline);
    }

    /** An access token that may still work, to revoke the grant with before the connection ends. */
    public Optional<String> lastAccessToken(UserId who, Deadline deadline) {
        Optional<ConnectionRow> found = store.find(who).filter(Connections::isLive);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Connection connection = found.get().connection();
        if (connection.isUsable() || connection.isPending()) {
            return Optional.of(fresh(who, found.get(), deadline).pair().accessToken());
        }
        return found.filter(row -> row.accessToken() != null)
                .map(row -> seals.open(who, row).accessToken());
    }

    /** @throws SourceUnavailable when a token of this member could not be kept: neither sealed nor written */
    public void requireKeeping(UserId who) {
        seals.require(who);
        store.inTransaction(handle -> store.lock(handle, who));
    }

    /** Ends a connection and erases its tokens. Returns whether there was one. */
    public boolean end(UserId who) {
        return store.inTransaction(handle -> store.revoke(handle, who, "disconnected", clock.instant()));
    }

    /** Ends a connection to an account that never was the member's. Returns the account; empty when it was not in use. */
    public Optional<Long> disown(UserId who) {
        return store.inTransaction(handle -> {
            Optional<ConnectionRow> row = store.lock(handle, who).filter(Connections::isLive);
            if (row.isEmpty()) {
                return Optional.empty();
            }
            Connection connection = row.get().connection();
            boolean wasPending = connection.isPending();
            store.revoke(handle, who, wasPending ? "disconnected" : "disowned", clock.instant());
            if (!wasPending) {
                store.disown(handle, who);
            }
            return Optional.ofNullable(connection.whoopUserId());
        });
    }

    /** Deletes the member's connection with its history, and tells WHOOP nothing. Returns the number of rows. */
    public int erase(UserId who) {
        return store.inTransaction(handle -> store.erase(handle, who));
    }

    @Override
    public void stop() {
        custody.stop();
    }

    /**
     * A pending connection counts as none: nothing is read by it.
     *
     * @throws ConnectionNotFound unless calls can be made, now or after a new consent
     * @throws ReauthorizationRequired when only a new consent helps
     */
    private static void requireUsable(ConnectionRow row) {
        switch (row.connection().state()) {
            case ACTIVE, REFRESHING -> {}
            case REAUTHORIZATION_REQUIRED -> throw new ReauthorizationRequired(WHOOP);
            case AWAITING_PROFILE, AWAITING_CONFIRMATION, REVOKED -> throw new ConnectionNotFound(WHOOP);
        }
    }

    static boolean isLive(ConnectionRow row) {
        return row.connection().state() != Connection.State.REVOKED;
    }
}
