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

/** Table {@code whoop_authorization}: consents under way. Secrets come hashed. */
final class ConsentStore {

    private static final String INSERT = """
            insert into whoop_authorization
                (state_hash, link_hash, user_id, initiated_by, return_to, created_at, expires_at)
            values (:state, :link, :who, :initiatedBy, :returnTo, :now, :expiresAt)""";
    private static final String DELETE_OLD = "delete from whoop_authorization where expires_at < :before";
    private static final String COLUMNS = """
            select state_hash, browser_hash, user_id, initiated_by, return_to, expires_at, used_at
            from whoop_authorization
            """;
    private static final String LOCK_BY_LINK = COLUMNS + "where link_hash = :hash for update";
    private static final String LOCK_BY_STATE = COLUMNS + "where state_hash = :hash for update";
    private static final String BIND =
            "update whoop_authorization set browser_hash = :browser where state_hash = :state";
    private static final String USE = "update whoop_authorization set used_at = :now where state_hash = :state";

    private final Jdbi jdbi;

    ConsentStore(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** One consent under way. */
    record Pending(
            byte[] stateHash,
            byte @Nullable [] browserHash,
            UserId who,
            String initiatedBy,
            @Nullable URI returnTo,
            Instant expiresAt,
            @Nullable Instant usedAt) {
        @Override
        public String toString() {
            return "Pending[" + who + ", until " + expiresAt + "]";
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

    void insert(Handle handle, Pending pending, byte[] linkHash, Instant now) {
        URI returnTo = pending.returnTo();
        handle.createUpdate(INSERT)
                .bind("state", pending.stateHash())
                .bind("link", linkHash)
                .bind("who", pending.who().value())
                .bind("initiatedBy", pending.initiatedBy())
                .bind("returnTo", returnTo == null ? null : returnTo.toString())
                .bind("now", ConnectionStore.utc(now))
                .bind("expiresAt", ConnectionStore.utc(pending.expiresAt()))
                .execute();
    }

    void deleteExpiredBefore(Handle handle, Instant before) {
        handle.createUpdate(DELETE_OLD)
                .bind("before", ConnectionStore.utc(before))
                .execute();
    }

    Optional<Pending> lockByLink(Handle handle, byte[] linkHash) {
        return lock(handle, LOCK_BY_LINK, linkHash);
    }

    Optional<Pending> lockByState(Handle handle, byte[] stateHash) {
        return lock(handle, LOCK_BY_STATE, stateHash);
    }

    /** From now on only this browser may come back with the state. */
    void bind(Handle handle, Pending pending, byte[] browserHash) {
        handle.createUpdate(BIND)
                .bind("browser", browserHash)
                .bind("state", pending.stateHash())
                .execute();
    }

    void use(Handle handle, Pending pending, Instant now) {
        handle.createUpdate(USE)
                .bind("now", ConnectionStore.utc(now))
                .bind("state", pending.stateHash())
                .execute();
    }

    int erase(Handle handle, UserId who) {
        return handle.execute("delete from whoop_authorization where user_id = ?", who.value());
    }

    private static Optional<Pending> lock(Handle handle, String sql, byte[] hash) {
        return handle.createQuery(sql)
                .bind("hash", hash)
                .map((row, context) -> pending(row))
                .findOne();
    }

    private static Pending pending(ResultSet row) throws SQLException {
        String returnTo = row.getString("return_to");
        OffsetDateTime usedAt = row.getObject("used_at", OffsetDateTime.class);
        return new Pending(
                row.getBytes("state_hash"),
                row.getBytes("browser_hash"),
                new UserId(row.getString("user_id")),
                row.getString("initiated_by"),
                returnTo == null ? null : URI.create(returnTo),
                row.getObject("expires_at", OffsetDateTime.class).toInstant(),
                usedAt == null ? null : usedAt.toInstant());
    }
}
