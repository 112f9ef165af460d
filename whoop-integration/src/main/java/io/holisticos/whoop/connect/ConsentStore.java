package io.holisticos.whoop.connect;

import io.holisticos.health.UserId;
import java.net.URI;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/** Tables {@code whoop_authorization} and {@code whoop_press}: consents under way. Secrets come hashed. */
final class ConsentStore {

    private static final String INSERT = """
            insert into whoop_authorization
                (state_hash, link_hash, user_id, initiated_by, return_to, account_label_sealed, created_at, expires_at)
            values (:state, :link, :who, :initiatedBy, :returnTo, :label, :now, :expiresAt)""";
    private static final String DELETE_OLD = "delete from whoop_authorization where expires_at < :before";
    private static final String COLUMNS = """
            select a.state_hash, a.link_hash, a.user_id, a.initiated_by, a.return_to, a.account_label_sealed,
                a.expires_at, a.used_at
            """;
    private static final String BY_LINK = COLUMNS + "from whoop_authorization a where a.link_hash = :hash";
    private static final String LOCK_BY_LINK = BY_LINK + " for update";
    private static final String COUNT_PRESSES = "select count(*) from whoop_press where link_hash = :link";
    private static final String LOCK_BY_STATE =
            COLUMNS + "from whoop_authorization a where a.state_hash = :hash for update";
    private static final String LOCK_PRESS = COLUMNS + """
            , p.state_hash as press_hash, p.browser_hash, p.used_at as press_used_at
            from whoop_press p join whoop_authorization a on a.link_hash = p.link_hash
            where p.state_hash = :hash for update""";
    private static final String BY_ANSWER = COLUMNS + """
            from whoop_press p join whoop_authorization a on a.link_hash = p.link_hash
            where p.answer_hash = :hash""";
    private static final String PRESS = """
            insert into whoop_press (state_hash, link_hash, browser_hash, answer_hash, created_at)
            values (:state, :link, :browser, :answer, :now)""";
    private static final String USE_PRESS = "update whoop_press set used_at = :now where state_hash = :state";
    private static final String USE_UP =
            "update whoop_authorization set used_at = :now where link_hash = :link and used_at is null";
    private static final String RELEASE = "update whoop_authorization set used_at = null where link_hash = :link";

    private final Jdbi jdbi;

    ConsentStore(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /**
     * One consent under way.
     *
     * @param stateHash of the state for the service that began
     * @param usedAt when it led to a connection
     */
    record Pending(
            byte[] stateHash,
            byte[] linkHash,
            UserId who,
            String initiatedBy,
            @Nullable URI returnTo,
            byte @Nullable [] accountLabel,
            Instant expiresAt,
            @Nullable Instant usedAt) {
        @Override
        public String toString() {
            return "Pending[" + who + ", until " + expiresAt + "]";
        }
    }

    /** A press of the button behind a link, as the browser that comes back has to prove it. */
    record Press(
            Pending pending, byte[] browserHash, @Nullable Instant usedAt) {
        @Override
        public String toString() {
            return "Press[" + pending + "]";
        }
    }

    /** @throws io.holisticos.health.HealthError.SourceUnavailable when the database cannot be reached */
    <T> T inTransaction(HandleCallback<T, RuntimeException> work) {
        try {
            return jdbi.inTransaction(work);
        } catch (JdbiException e) {
            throw ConnectionStore.translated(e);
        }
    }

    void insert(Handle handle, Pending pending, Instant now) {
        URI returnTo = pending.returnTo();
        handle.createUpdate(INSERT)
                .bind("state", pending.stateHash())
                .bind("link", pending.linkHash())
                .bind("who", pending.who().value())
                .bind("initiatedBy", pending.initiatedBy())
                .bind("returnTo", returnTo == null ? null : returnTo.toString())
                .bind("label", pending.accountLabel())
                .bind("now", ConnectionStore.utc(now))
                .bind("expiresAt", ConnectionStore.utc(pending.expiresAt()))
                .execute();
    }

    void deleteExpiredBefore(Handle handle, Instant before) {
        handle.createUpdate(DELETE_OLD)
                .bind("before", ConnectionStore.utc(before))
                .execute();
    }

    Optional<Pending> findByLink(Handle handle, byte[] linkHash) {
        return find(handle, BY_LINK, linkHash);
    }

    Optional<Pending> lockByLink(Handle handle, byte[] linkHash) {
        return find(handle, LOCK_BY_LINK, linkHash);
    }

    int countPresses(Handle handle, byte[] linkHash) {
        return handle.createQuery(COUNT_PRESSES)
                .bind("link", linkHash)
                .mapTo(Integer.class)
                .one();
    }

    Optional<Pending> lockByState(Handle handle, byte[] stateHash) {
        return find(handle, LOCK_BY_STATE, stateHash);
    }

    Optional<Pending> findByAnswer(Handle handle, byte[] answerHash) {
        return find(handle, BY_ANSWER, answerHash);
    }

    Optional<Press> lockPress(Handle handle, byte[] stateHash) {
        return handle.createQuery(LOCK_PRESS)
                .bind("hash", stateHash)
                .map((row, context) ->
                        new Press(pending(row), row.getBytes("browser_hash"), instantOrNull(row, "press_used_at")))
                .findOne();
    }

    void insertPress(Handle handle, Pending pending, Consents.Secret secret, Instant now) {
        handle.createUpdate(PRESS)
                .bind("state", Secrets.hash(secret.state()))
                .bind("link", pending.linkHash())
                .bind("browser", Secrets.hash(secret.browser()))
                .bind("answer", Consents.answerHash(secret.state()))
                .bind("now", ConnectionStore.utc(now))
                .execute();
    }

    void usePress(Handle handle, byte[] stateHash, Instant now) {
        handle.createUpdate(USE_PRESS)
                .bind("now", ConnectionStore.utc(now))
                .bind("state", stateHash)
                .execute();
    }

    /** The link led to a connection. Returns whether it is the first that it led to. */
    boolean useUp(Handle handle, byte[] linkHash, Instant now) {
        return handle.createUpdate(USE_UP)
                        .bind("now", ConnectionStore.utc(now))
                        .bind("link", linkHash)
                        .execute()
                == 1;
    }

    /** It did not after all. */
    void release(Handle handle, byte[] linkHash) {
        handle.createUpdate(RELEASE).bind("link", linkHash).execute();
    }

    int erase(Handle handle, UserId who) {
        return handle.execute("delete from whoop_authorization where user_id = ?", who.value());
    }

    private static Optional<Pending> find(Handle handle, String sql, byte[] hash) {
        return handle.createQuery(sql)
                .bind("hash", hash)
                .map((row, context) -> pending(row))
                .findOne();
    }

    private static Pending pending(ResultSet row) throws SQLException {
        String returnTo = row.getString("return_to");
        return new Pending(
                row.getBytes("state_hash"),
                row.getBytes("link_hash"),
                new UserId(row.getString("user_id")),
                row.getString("initiated_by"),
                returnTo == null ? null : URI.create(returnTo),
                row.getBytes("account_label_sealed"),
                row.getObject("expires_at", OffsetDateTime.class).toInstant(),
                instantOrNull(row, "used_at"));
    }

    private static @Nullable Instant instantOrNull(ResultSet row, String column) throws SQLException {
        OffsetDateTime moment = row.getObject(column, OffsetDateTime.class);
        return moment == null ? null : moment.toInstant();
    }
}
