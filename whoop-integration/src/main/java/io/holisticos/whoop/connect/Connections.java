package io.holisticos.whoop.connect;

import static io.holisticos.whoop.api.WhoopApi.WHOOP;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import io.dropwizard.lifecycle.Managed;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError.ConnectionNotFound;
import io.holisticos.health.HealthError.ReauthorizationRequired;
import io.holisticos.health.HealthError.SourceThrottled;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.UserId;
import io.holisticos.jobs.TakeOver;
import io.holisticos.vault.Vault;
import io.holisticos.whoop.connect.ConnectionStore.Held;
import io.holisticos.whoop.connect.RefreshCustody.Usable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
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

    /** Why a connection ended, in its history: WHOOP took neither the token nor a fresh one. */
    static final String REFUSED_FRESH_TOKEN = "refused_with_fresh_token";

    /** Of keeping tokens that came; the deadline is over before. */
    private static final int MOST_TRIES = 50;

    private static final IntervalFunction BETWEEN_TRIES = IntervalFunction.of(Duration.ofMillis(250));

    private final ConnectionStore store;
    private final TokenSeals seals;
    private final RefreshCustody custody;
    private final KeepAlive keepAlive;
    private final Waiting waiting;
    private final Clock clock;

    public Connections(Jdbi database, Vault vault, WhoopOAuth oauth, ConnectConfiguration configuration, Clock clock) {
        this.store = new ConnectionStore(database);
        this.seals = new TokenSeals(vault, store, clock);
        this.custody = new RefreshCustody(store, seals, oauth, configuration.refreshTimeout.toJavaDuration(), clock);
        this.keepAlive = new KeepAlive(store, custody, configuration, clock);
        this.waiting = new Waiting(database, store, clock);
        this.clock = clock;
    }

    private Connections(Jdbi pool, Vault vault, Connections other) {
        this.store = new ConnectionStore(pool);
        this.seals = new TokenSeals(vault, store, other.clock);
        this.custody = other.custody;
        this.keepAlive = other.keepAlive;
        this.waiting = new Waiting(pool, store, other.clock);
        this.clock = other.clock;
    }

    /**
     * The same connections by another way into the same database, with the limits of whoever waits for an answer.
     * Refreshes go on as before: they may take longer than anybody waits for them.
     */
    public Connections through(Jdbi pool, Vault vault) {
        return new Connections(pool, vault, this);
    }

    /**
     * What is done by the clock; to be given to {@link io.holisticos.jobs.Jobs}.
     *
     * @param enabled for whom WHOOP may be called
     */
    public List<RecurringTask<?>> recurringTasks(Predicate<UserId> enabled) {
        return List.of(Tasks.recurring("whoop-keep-alive", FixedDelay.of(KEEP_ALIVE))
                .onDeadExecution(new TakeOver<>(clock))
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
     * WHOOP refused a call with 401, and again with a fresh token.
     *
     * @param begun when the call was begun
     */
    public void refusedWithFreshToken(UserId who, Instant begun) {
        markReauthorizationRequired(who, REFUSED_FRESH_TOKEN, begun);
    }

    /**
     * WHOOP refused what only a new consent can cure. Does nothing where there is no usable connection, nor where the
     * member gave that consent meanwhile.
     *
     * @param begun when what was refused was begun
     */
    void markReauthorizationRequired(UserId who, String reason, Instant begun) {
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
        requireUsable(held);
        return fresh(who, held, deadline);
    }

    private Usable fresh(UserId who, Held held, Deadline deadline) {
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
        requireUsable(held);
        if (seals.open(who, held).accessToken().equals(refusedAccessToken)) {
            custody.next(who, held.version(), deadline);
        }
    }

    /** @throws SourceUnavailable when a token of this member could not be kept: sealed, or written */
    void requireKeeping(UserId who) {
        seals.require(who);
        store.inTransaction(handle -> store.lock(handle, who));
    }

    /** How a consent stands at our side. */
    sealed interface Joined {
        /** @param isNew whether the member never had this WHOOP account before */
        record Connected(long whoopUserId, boolean isNew) implements Joined {}

        /** It is another account than before: the member has to confirm it. */
        record ToBeConfirmed() implements Joined {}

        /** The WHOOP account belongs to another user of ours. */
        record AccountOfAnotherUser() implements Joined {}

        /** This user is connected with another WHOOP account. */
        record UserHasAnotherAccount() implements Joined {}

        /** There is no such consent any more. */
        record Gone() implements Joined {}
    }

    /**
     * What a consent brought.
     *
     * @param answerHash who answers by it answers for this consent
     * @param replaceAccount whether it was said beforehand that it may be another account than before
     */
    record Consented(TokenPair pair, Set<String> scopes, byte[] answerHash, boolean replaceAccount) {
        @Override
        public String toString() {
            return "Consented" + scopes;
        }
    }

    /** What became of tokens that came. */
    enum Holding {
        HELD,
        /** A connection that works is not given up before it is known whose account this is. */
        HAS_A_WORKING_ONE,
        MEMBER_LIMIT_REACHED
    }

    /**
     * Keeps tokens at once, before anything is known of whose they are: a database that cannot be had is asked again
     * until the deadline, for the code that brought them is spent.
     */
    Holding hold(UserId who, Consented consented, OptionalInt memberLimit, Deadline deadline) {
        RetryConfig patient = RetryConfig.custom()
                .maxAttempts(MOST_TRIES)
                .intervalFunction(BETWEEN_TRIES)
                .retryOnException(e -> e instanceof SourceUnavailable && !deadline.isExpired())
                .build();
        return Retry.of("whoop-consent", patient).executeSupplier(() -> hold(who, consented, memberLimit));
    }

    /** As {@link #hold(UserId, Consented, OptionalInt, Deadline)}, in one try. */
    Holding hold(UserId who, Consented consented, OptionalInt memberLimit) {
        ConnectionStore.Sealed sealed = seals.seal(who, consented.pair());
        Connection holding =
                new Connection(who, null, Connection.State.AWAITING_PROFILE, consented.scopes(), clock.instant());
        return store.inTransaction(handle -> {
            store.takeTurnAsMember(handle);
            Optional<Held> mine = store.lock(handle, who);
            if (mine.filter(held -> held.connection().isUsable()).isPresent()) {
                return Holding.HAS_A_WORKING_ONE;
            }
            if (mine.isEmpty()
                    && memberLimit.isPresent()
                    && ConnectionStore.count(handle).connected() >= memberLimit.getAsInt()) {
                return Holding.MEMBER_LIMIT_REACHED;
            }
            store.hold(handle, holding, sealed, consented.answerHash(), consented.replaceAccount());
            return Holding.HELD;
        });
    }

    /**
     * It is known whose tokens are held for the member.
     *
     * @param confirmed whether the member has said that it may be another account than before
     */
    Joined settle(UserId who, long whoopUserId, boolean confirmed) {
        Joined joined = joining(handle -> settle(handle, who, whoopUserId, confirmed));
        if (joined instanceof Joined.AccountOfAnotherUser) {
            dismiss(who, "account_of_another_user");
        }
        return joined;
    }

    private Joined settle(Handle handle, UserId who, long whoopUserId, boolean confirmed) {
        Optional<Held> waiting =
                store.lock(handle, who).filter(row -> row.connection().isAwaiting());
        if (waiting.isEmpty()) {
            return new Joined.Gone();
        }
        if (isOfAnother(handle, who, whoopUserId)) {
            return new Joined.AccountOfAnotherUser();
        }
        ConnectionStore.Accounts accounts = waiting.get().accounts();
        Long former = accounts.former();
        boolean another = former != null && former != whoopUserId;
        if (another && !confirmed && !accounts.replace()) {
            store.ask(handle, who, whoopUserId, clock.instant());
            return new Joined.ToBeConfirmed();
        }
        boolean isNew = !store.wasTheirs(handle, who, whoopUserId);
        store.settle(handle, who, whoopUserId, clock.instant());
        return new Joined.Connected(whoopUserId, isNew);
    }

    /** The member gave consent once more, to a connection that works. */
    Joined renew(UserId who, long whoopUserId, Consented consented) {
        ConnectionStore.Sealed sealed = seals.seal(who, consented.pair());
        return joining(handle -> {
            Optional<Held> mine = store.lock(handle, who).filter(Connections::isLive);
            if (mine.isEmpty()) {
                return new Joined.Gone();
            }
            if (!mine.get().connection().isOf(whoopUserId)) {
                return isOfAnother(handle, who, whoopUserId)
                        ? new Joined.AccountOfAnotherUser()
                        : new Joined.UserHasAnotherAccount();
            }
            Connection renewed =
                    new Connection(who, whoopUserId, Connection.State.ACTIVE, consented.scopes(), clock.instant());
            store.connect(handle, renewed, sealed, consented.answerHash());
            return new Joined.Connected(whoopUserId, false);
        });
    }

    private Joined joining(HandleCallback<Joined, RuntimeException> work) {
        try {
            return store.inTransaction(work);
        } catch (UnableToExecuteStatementException e) {
            if (ConnectionStore.isDuplicate(e)) { // two users at the same moment
                return new Joined.AccountOfAnotherUser();
            }
            throw e;
        }
    }

    private boolean isOfAnother(Handle handle, UserId who, long whoopUserId) {
        return store.findByAccount(handle, whoopUserId)
                .filter(held -> !held.connection().who().equals(who))
                .isPresent();
    }

    /** Nothing can be done with the consent that is held for the member: all is as before it. */
    void dismiss(UserId who, String reason) {
        store.inTransaction(handle -> {
            boolean waits = store.lock(handle, who)
                    .filter(held -> held.connection().isAwaiting())
                    .isPresent();
            if (waits) {
                store.dismiss(handle, who, reason, clock.instant());
            }
            return waits;
        });
    }

    /** Consents that wait for something. */
    Waiting waiting() {
        return waiting;
    }

    /** A token of a consent that is not settled; empty when there is none, or no more. */
    Optional<String> arrivingToken(UserId who, Deadline deadline) {
        return store.find(who)
                .filter(held -> held.connection().isAwaiting())
                .map(held -> fresh(who, held, deadline).pair().accessToken());
    }

    /** WHOOP refused this token of a consent that is not settled with 401. Afterwards another one is in the store. */
    void replaceArriving(UserId who, String refusedAccessToken, Deadline deadline) {
        Held held = store.find(who)
                .filter(row -> row.connection().isAwaiting())
                .orElseThrow(() -> new ConnectionNotFound(WHOOP));
        if (seals.open(who, held).accessToken().equals(refusedAccessToken)) {
            custody.next(who, held.version(), deadline);
        }
    }

    /** How many members there are. */
    ConnectionStore.Count count() {
        return store.count();
    }

    /** Ends a connection here and erases its tokens. Returns whether there was one. */
    boolean end(UserId who) {
        return store.inTransaction(handle -> store.revoke(handle, who, "disconnected", clock.instant()));
    }

    /** As {@link #end}; and the account was never the member's. Returns it; empty when it was not in use. */
    Optional<Long> disown(UserId who) {
        return store.inTransaction(handle -> {
            Optional<Held> mine = store.lock(handle, who).filter(Connections::isLive);
            if (mine.isEmpty()) {
                return Optional.empty();
            }
            Connection connection = mine.get().connection();
            boolean waits = connection.isAwaiting();
            store.revoke(handle, who, waits ? "disconnected" : "disowned", clock.instant());
            if (!waits) {
                store.disown(handle, who);
            }
            return Optional.ofNullable(connection.whoopUserId());
        });
    }

    /** An access token that may still work, to say good-bye with. */
    Optional<String> lastAccessToken(UserId who, Deadline deadline) {
        Optional<Held> held = store.find(who).filter(Connections::isLive);
        if (held.isEmpty()) {
            return Optional.empty();
        }
        if (held.get().connection().isUsable() || held.get().connection().isAwaiting()) {
            return Optional.of(fresh(who, held.get(), deadline).pair().accessToken());
        }
        return held.filter(row -> row.accessToken() != null)
                .map(row -> seals.open(who, row).accessToken());
    }

    /**
     * What is not settled is not connected: nothing is read by it.
     *
     * @throws ConnectionNotFound unless calls can be made, now or after the member's consent
     * @throws ReauthorizationRequired when only a new consent can cure it
     */
    private static void requireUsable(Held held) {
        switch (held.connection().state()) {
            case ACTIVE, REFRESHING -> {}
            case REAUTHORIZATION_REQUIRED -> throw new ReauthorizationRequired(WHOOP);
            case AWAITING_PROFILE, AWAITING_CONFIRMATION, REVOKED -> throw new ConnectionNotFound(WHOOP);
        }
    }

    private static boolean isLive(Held held) {
        return held.connection().state() != Connection.State.REVOKED;
    }
}
