package io.holisticos.whoop.connect;

import static io.holisticos.whoop.api.WhoopApi.WHOOP;

import io.holisticos.database.Database;
import io.holisticos.health.UserId;
import java.net.URI;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** Tables {@code whoop_authorization} and {@code whoop_press}: consents that have begun. Secrets are hashed before they come here. */
final class ConsentStore {

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private static final String INSERT = """
            insert into whoop_authorization
                (state_hash, link_hash, user_id, initiated_by, return_to, account_label_sealed, code_verifier_sealed,
                created_at, expires_at)
            values (:state, :link, :who, :initiatedBy, :returnTo, :label, :verifier, :now, :expiresAt)""";
    private static final String DELETE_OLD = """
            delete from whoop_authorization where link_hash in (
                select link_hash from whoop_authorization where expires_at < :before
                order by expires_at limit 1000 for update skip locked)""";
    private static final String TAKE_TURN =
            "select pg_advisory_xact_lock(hashtextextended('whoop_authorization/' || :who, 0))";
    private static final String END_OLDEST = """
            update whoop_authorization set expires_at = :now where link_hash in (
                select a.link_hash from whoop_authorization a
                where a.user_id = :who and a.used_at is null and a.expires_at > :now
                order by exists (select from whoop_press p where p.link_hash = a.link_hash) desc, a.created_at desc, a.link_hash
                offset :kept)""";
    private static final String FORGET_OLDEST = """
            delete from whoop_authorization where link_hash in (
                select link_hash from whoop_authorization where user_id = :who
                order by used_at is null and expires_at > :now desc, created_at desc, link_hash
                offset :kept)
            and not exists (select from whoop_press p where p.link_hash = whoop_authorization.link_hash and p.used_at > :since)""";
    private static final String COLUMNS = """
            select a.state_hash, a.link_hash, a.user_id, a.initiated_by, a.return_to, a.account_label_sealed,
                a.code_verifier_sealed, a.expires_at, a.used_at
            """;
    private static final String BY_LINK = COLUMNS + "from whoop_authorization a where a.link_hash = :hash";
    private static final String LOCK_BY_LINK = BY_LINK + " for update";
    private static final String COUNT_PRESSES = "select count(*) from whoop_press where link_hash = :link";
    private static final String COUNT_RETURNS = """
            select count(*) from whoop_press p join whoop_authorization a on a.link_hash = p.link_hash
            where a.user_id = :who and p.used_at > :since""";
    private static final String LOCK_BY_STATE =
            COLUMNS + "from whoop_authorization a where a.state_hash = :hash for update";
    private static final String LOCK_PRESS = COLUMNS + """
            , p.state_hash as press_hash, p.browser_hash, p.used_at as press_used_at,
                p.code_verifier_sealed as press_code_verifier_sealed
            from whoop_press p join whoop_authorization a on a.link_hash = p.link_hash
            where p.state_hash = :hash for update""";
    private static final String BY_ANSWER = COLUMNS + """
            from whoop_press p join whoop_authorization a on a.link_hash = p.link_hash
            where p.answer_hash = :hash""";
    private static final String BROWSER_OF_ANSWER = "select browser_hash from whoop_press where answer_hash = :hash";
    private static final String PRESS = """
            insert into whoop_press (state_hash, link_hash, browser_hash, answer_hash, code_verifier_sealed, created_at)
            values (:state, :link, :browser, :answer, :verifier, :now)""";
    private static final String USE_PRESS =
            "update whoop_press set used_at = :now, answer_hash = :answer where state_hash = :state";
    private static final String USE_UP =
            "update whoop_authorization set used_at = :now where link_hash = :link and used_at is null";
    private static final String RELEASE = "update whoop_authorization set used_at = null where link_hash = :link";

    private final Database database;

    ConsentStore(Jdbi jdbi) {
        this.database = new Database(jdbi, WHOOP, RETRY_AFTER);
    }

    /**
     * A consent that has begun.
     *
     * @param stateHash hash of the state for the service that began
     * @param sealedVerifier PKCE verifier of the state by which it was found
     * @param usedAt when it led to a connection
     */
    record BegunConsent(
            byte[] stateHash,
            byte[] linkHash,
            UserId who,
            String initiatedBy,
            @Nullable URI returnTo,
            byte @Nullable [] accountLabel,
            byte @Nullable [] sealedVerifier,
            Instant expiresAt,
            @Nullable Instant usedAt) {
        @Override
        public String toString() {
            return "BegunConsent[" + who + ", until " + expiresAt + "]";
        }
    }

    /** A press of the button behind a link. The browser that comes back has to have the cookie of which this is the hash. */
    record Press(
            BegunConsent consent,
            byte[] browserHash,
            @Nullable Instant usedAt) {
        @Override
        public String toString() {
            return "Press[" + consent + "]";
        }
    }

    /**
     * A press that is new.
     *
     * @param answerHash hash of the secret by which the page at its end answers
     */
    record NewPress(byte[] stateHash, byte[] browserHash, byte[] answerHash, byte @Nullable [] sealedVerifier) {}

    /** @throws io.holisticos.health.HealthError.SourceUnavailable when the database cannot do it for now */
    <T> T inTransaction(HandleCallback<T, RuntimeException> work) {
        return database.inTransaction(work);
    }

    void insert(Handle handle, BegunConsent consent, Instant now) {
        URI returnTo = consent.returnTo();
        handle.createUpdate(INSERT)
                .bind("state", consent.stateHash())
                .bind("link", consent.linkHash())
                .bind("who", consent.who().value())
                .bind("initiatedBy", consent.initiatedBy())
                .bind("returnTo", returnTo == null ? null : returnTo.toString())
                .bind("label", consent.accountLabel())
                .bind("verifier", consent.sealedVerifier())
                .bind("now", utc(now))
                .bind("expiresAt", utc(consent.expiresAt()))
                .execute();
    }

    int deleteExpiredBefore(Handle handle, Instant before) {
        return handle.createUpdate(DELETE_OLD).bind("before", utc(before)).execute();
    }

    /** Until the transaction ends, nothing else begins for this member. */
    void takeTurn(Handle handle, UserId who) {
        handle.createQuery(TAKE_TURN)
                .bind("who", who.value())
                .map((row, context) -> true)
                .one();
    }

    /** Ends the member's links beyond these: first those that nobody pressed, the oldest first. */
    void endAllBut(Handle handle, UserId who, int kept, Instant now) {
        handle.createUpdate(END_OLDEST)
                .bind("who", who.value())
                .bind("kept", kept)
                .bind("now", utc(now))
                .execute();
    }

    /**
     * Deletes the member's consents beyond these: first those that are over, the oldest first.
     *
     * @param since what browsers brought a code for since then stays, for {@link #countReturns}
     */
    void forgetAllBut(Handle handle, UserId who, int kept, Instant now, Instant since) {
        handle.createUpdate(FORGET_OLDEST)
                .bind("who", who.value())
                .bind("kept", kept)
                .bind("now", utc(now))
                .bind("since", utc(since))
                .execute();
    }

    Optional<BegunConsent> findByLink(Handle handle, byte[] linkHash) {
        return find(handle, BY_LINK, linkHash);
    }

    Optional<BegunConsent> lockByLink(Handle handle, byte[] linkHash) {
        return find(handle, LOCK_BY_LINK, linkHash);
    }

    int countPresses(Handle handle, byte[] linkHash) {
        return handle.createQuery(COUNT_PRESSES)
                .bind("link", linkHash)
                .mapTo(Integer.class)
                .one();
    }

    /** How often browsers came back with a code for the member since then. */
    int countReturns(Handle handle, UserId who, Instant since) {
        return handle.createQuery(COUNT_RETURNS)
                .bind("who", who.value())
                .bind("since", utc(since))
                .mapTo(Integer.class)
                .one();
    }

    Optional<BegunConsent> lockByState(Handle handle, byte[] stateHash) {
        return find(handle, LOCK_BY_STATE, stateHash);
    }

    Optional<BegunConsent> findByAnswer(Handle handle, byte[] answerHash) {
        return find(handle, BY_ANSWER, answerHash);
    }

    /** The hash of the cookie of the browser whose page answers by this secret. */
    Optional<byte[]> findBrowserOfAnswer(Handle handle, byte[] answerHash) {
        return handle.createQuery(BROWSER_OF_ANSWER)
                .bind("hash", answerHash)
                .mapTo(byte[].class)
                .findOne();
    }

    Optional<Press> lockPress(Handle handle, byte[] stateHash) {
        return handle.createQuery(LOCK_PRESS)
                .bind("hash", stateHash)
                .map((row, context) -> new Press(
                        begunConsent(row, "press_code_verifier_sealed"),
                        row.getBytes("browser_hash"),
                        instantOrNull(row, "press_used_at")))
                .findOne();
    }

    void insertPress(Handle handle, BegunConsent consent, NewPress press, Instant now) {
        handle.createUpdate(PRESS)
                .bind("state", press.stateHash())
                .bind("link", consent.linkHash())
                .bind("browser", press.browserHash())
                .bind("answer", press.answerHash())
                .bind("verifier", press.sealedVerifier())
                .bind("now", utc(now))
                .execute();
    }

    void usePress(Handle handle, byte[] stateHash, byte[] answerHash, Instant now) {
        handle.createUpdate(USE_PRESS)
                .bind("answer", answerHash)
                .bind("now", utc(now))
                .bind("state", stateHash)
                .execute();
    }

    /** The link led to a connection. Returns whether it is the first that it led to. */
    boolean useUp(Handle handle, byte[] linkHash, Instant now) {
        return handle.createUpdate(USE_UP)
                        .bind("now", utc(now))
                        .bind("link", linkHash)
                        .execute()
                == 1;
    }

    /** The link did not lead to a connection after all. */
    void release(Handle handle, byte[] linkHash) {
        handle.createUpdate(RELEASE).bind("link", linkHash).execute();
    }

    int erase(Handle handle, UserId who) {
        return handle.execute("delete from whoop_authorization where user_id = ?", who.value());
    }

    private static Optional<BegunConsent> find(Handle handle, String sql, byte[] hash) {
        return handle.createQuery(sql)
                .bind("hash", hash)
                .map((row, context) -> begunConsent(row, "code_verifier_sealed"))
                .findOne();
    }

    private static BegunConsent begunConsent(ResultSet row, String verifier) throws SQLException {
        String returnTo = row.getString("return_to");
        return new BegunConsent(
                row.getBytes("state_hash"),
                row.getBytes("link_hash"),
                new UserId(row.getString("user_id")),
                row.getString("initiated_by"),
                returnTo == null ? null : URI.create(returnTo),
                row.getBytes("account_label_sealed"),
                row.getBytes(verifier),
                row.getObject("expires_at", OffsetDateTime.class).toInstant(),
                instantOrNull(row, "used_at"));
    }

    private static OffsetDateTime utc(Instant time) {
        return time.atOffset(ZoneOffset.UTC);
    }

    private static @Nullable Instant instantOrNull(ResultSet row, String column) throws SQLException {
        OffsetDateTime moment = row.getObject(column, OffsetDateTime.class);
        return moment == null ? null : moment.toInstant();
    }
}
