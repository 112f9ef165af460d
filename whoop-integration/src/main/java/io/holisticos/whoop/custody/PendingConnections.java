package io.holisticos.whoop.custody;

import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.holisticos.database.Database;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.UserId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/**
 * From a consent to a connection: its tokens are kept, then WHOOP tells the account that they are of, then the member
 * confirms it where it is another account than before. Thread-safe.
 */
public final class PendingConnections {

    /** The reason in the history of a consent that nobody confirmed in time. */
    public static final String NOT_CONFIRMED = "not_confirmed";

    /** How long the page at the end of a consent can be answered. */
    public static final Duration ANSWERABLE = Duration.ofHours(1);

    /** The most attempts to keep tokens; the deadline is over before. */
    private static final int MOST_ATTEMPTS = 50;

    private static final IntervalFunction BETWEEN_ATTEMPTS = IntervalFunction.of(Duration.ofMillis(250));

    private final ConnectionStore store;
    private final ConsentProgressStore progress;
    private final TokenSeals seals;
    private final Clock clock;

    PendingConnections(Jdbi database, ConnectionStore store, TokenSeals seals, Clock clock) {
        this.store = store;
        this.progress = new ConsentProgressStore(database);
        this.seals = seals;
        this.clock = clock;
    }

    /** What came of tokens that were to be kept. */
    public enum Keeping {
        KEPT,
        /** A connection that works is not given up before the account of the new tokens is known. */
        ALREADY_CONNECTED,
        MEMBER_LIMIT_REACHED
    }

    /**
     * A consent for which a page, or a service, can answer.
     *
     * @param arriving the account that the member has to confirm; null when there is none
     */
    public record Answerable(
            Connection connection, @Nullable Long arriving) {}

    /**
     * Keeps tokens at once, before the account that they are of is known. A database that cannot be reached is asked again
     * until the deadline, since the code that brought the tokens is spent.
     */
    public Keeping keep(UserId who, ConsentedTokens tokens, OptionalInt memberLimit, Deadline deadline) {
        RetryConfig untilDeadline = RetryConfig.custom()
                .maxAttempts(MOST_ATTEMPTS)
                .intervalFunction(BETWEEN_ATTEMPTS)
                .retryOnException(e -> e instanceof SourceUnavailable && !deadline.isExpired())
                .build();
        return Retry.of("whoop-consent", untilDeadline).executeSupplier(() -> keep(who, tokens, memberLimit));
    }

    /** As {@link #keep(UserId, ConsentedTokens, OptionalInt, Deadline)}, in one attempt. */
    Keeping keep(UserId who, ConsentedTokens tokens, OptionalInt memberLimit) {
        SealedTokens sealed = seals.seal(who, tokens.pair());
        Connection pending =
                new Connection(who, null, Connection.State.AWAITING_PROFILE, tokens.scopes(), clock.instant());
        return store.inTransaction(handle -> {
            store.lockMemberCount(handle);
            Optional<ConnectionRow> before = store.lock(handle, who);
            if (before.filter(row -> row.connection().isUsable()).isPresent()) {
                return Keeping.ALREADY_CONNECTED;
            }
            if (before.isEmpty()
                    && memberLimit.isPresent()
                    && store.count(handle).connected() >= memberLimit.getAsInt()) {
                return Keeping.MEMBER_LIMIT_REACHED;
            }
            store.keepTokens(handle, pending, sealed, tokens.answerHash(), tokens.replaceAccount());
            return Keeping.KEPT;
        });
    }

    /**
     * Gives the member's pending consent the WHOOP account that its tokens are of.
     *
     * @param confirmed whether the member has said that it may be another account than before
     */
    public AccountAssignment assignAccount(UserId who, long whoopUserId, boolean confirmed) {
        AccountAssignment assignment = assigning(handle -> assignAccount(handle, who, whoopUserId, confirmed));
        if (assignment instanceof AccountAssignment.AccountOfAnotherUser) {
            dismiss(who, "account_of_another_user");
        }
        return assignment;
    }

    private AccountAssignment assignAccount(Handle handle, UserId who, long whoopUserId, boolean confirmed) {
        Optional<ConnectionRow> pending =
                store.lock(handle, who).filter(row -> row.connection().isPending());
        if (pending.isEmpty()) {
            return new AccountAssignment.Gone();
        }
        if (isOfAnother(handle, who, whoopUserId)) {
            return new AccountAssignment.AccountOfAnotherUser();
        }
        ConnectionRow.AccountChange change = pending.get().accountChange();
        Long former = change.former();
        boolean another = former != null && former != whoopUserId;
        if (another && !confirmed && !change.confirmedBeforehand()) {
            store.awaitConfirmation(handle, who, whoopUserId, clock.instant());
            return new AccountAssignment.ToBeConfirmed();
        }
        boolean isNew = !store.hadAccount(handle, who, whoopUserId);
        store.assignAccount(handle, who, whoopUserId, clock.instant());
        return new AccountAssignment.Connected(whoopUserId, isNew);
    }

    /** The member consented once more, and has a connection that works. */
    public AccountAssignment renew(UserId who, long whoopUserId, ConsentedTokens tokens) {
        SealedTokens sealed = seals.seal(who, tokens.pair());
        return assigning(handle -> {
            Optional<ConnectionRow> before = store.lock(handle, who).filter(Connections::isLive);
            if (before.isEmpty()) {
                return new AccountAssignment.Gone();
            }
            if (!before.get().connection().isOf(whoopUserId)) {
                return isOfAnother(handle, who, whoopUserId)
                        ? new AccountAssignment.AccountOfAnotherUser()
                        : new AccountAssignment.UserHasAnotherAccount();
            }
            Connection renewed =
                    new Connection(who, whoopUserId, Connection.State.ACTIVE, tokens.scopes(), clock.instant());
            store.connect(handle, renewed, sealed, tokens.answerHash());
            return new AccountAssignment.Connected(whoopUserId, false);
        });
    }

    /**
     * Connects a made-up member to this account, and ends the consent at once. For a warm-up, whose database keeps nothing. No
     * member is counted, since those who connect meanwhile would wait for that.
     */
    public void rehearse(UserId who, long whoopUserId) {
        Instant now = clock.instant();
        SealedTokens sealed = seals.seal(who, new TokenPair("none", "none", now));
        Connection pending = new Connection(who, null, Connection.State.AWAITING_PROFILE, Set.of("offline"), now);
        boolean unused = store.inTransaction(handle -> {
            store.keepTokens(handle, pending, sealed, new byte[0], false);
            store.assignAccount(handle, who, whoopUserId, now);
            return store.requireConsent(handle, who, "rehearsed", now, now);
        });
    }

    private AccountAssignment assigning(HandleCallback<AccountAssignment, RuntimeException> work) {
        try {
            return store.inTransaction(work);
        } catch (JdbiException e) { // of a statement, or of the commit
            if (Database.isDuplicate(e)) { // two users at the same moment
                return new AccountAssignment.AccountOfAnotherUser();
            }
            throw e;
        }
    }

    private boolean isOfAnother(Handle handle, UserId who, long whoopUserId) {
        return store.findByAccount(handle, whoopUserId)
                .filter(row -> !row.connection().who().equals(who))
                .isPresent();
    }

    /** The pending consent cannot be used: all is as before it. */
    public void dismiss(UserId who, String reason) {
        store.inTransaction(handle -> {
            boolean isPending = store.lock(handle, who)
                    .filter(row -> row.connection().isPending())
                    .isPresent();
            if (isPending) {
                store.dismissConsent(handle, who, reason, clock.instant());
            }
            return isPending;
        });
    }

    /** Some of the members whose account is not known yet. */
    public List<UserId> awaitingProfile(int most) {
        return progress.awaitingProfile(most);
    }

    /** Writes into the history that the member's consent waits for its profile. */
    public void rememberAwaitingProfile(UserId who) {
        store.rememberAwaitingProfile(who, clock.instant());
    }

    /** Counts a failure to find out the account. Returns how many times in a row it was this one. */
    public int countFailure(UserId who, String failure) {
        return progress.countFailure(who, failure);
    }

    /** For each failure, how many members' accounts it kept unknown that many times in a row or more. */
    public Map<String, Integer> failures(int times) {
        return progress.failures(times);
    }

    /** The consent that this answers for; empty when a later consent has replaced it, it has ended, or it is too old. */
    public Optional<Answerable> answerable(byte[] answerHash) {
        return store.findByAnswer(answerHash, clock.instant().minus(ANSWERABLE))
                .map(row -> new Answerable(row.connection(), row.accountChange().arriving()));
    }

    /** Whether the consent that this answers for waits to be confirmed, or ended because nobody confirmed it. */
    public boolean isUnconfirmed(byte[] answerHash) {
        return progress.wasUnconfirmed(answerHash, NOT_CONFIRMED);
    }

    /** Nobody can answer for this consent any more. */
    public void forgetAnswer(byte[] answerHash) {
        progress.forgetAnswer(answerHash);
    }

    /** Some of the members who did not confirm another account in time. */
    public List<UserId> unconfirmed(int most) {
        return progress.unconfirmed(tooLate(), most);
    }

    /** Ends a consent that was not confirmed in time: all is as before it. Returns false when somebody confirmed it after all. */
    public boolean endUnconfirmed(UserId who) {
        return store.inTransaction(handle -> {
            Optional<ConnectionRow> row = store.lock(handle, who);
            boolean late = row.isPresent() && progress.isUnconfirmed(handle, who, tooLate());
            if (late) {
                store.dismissConsent(handle, who, NOT_CONFIRMED, clock.instant());
            }
            return late;
        });
    }

    private Instant tooLate() {
        return clock.instant().minus(ANSWERABLE);
    }
}
