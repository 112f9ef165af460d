package io.holisticos.vault;

import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.UserId;
import io.holisticos.notice.ChangeNoticeStore;
import io.holisticos.notice.Notice;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/**
 * Tables {@code member_key}, {@code member_key_destroyed} and {@code vault_canary}. Every method may throw
 * {@link SourceUnavailable} when the database cannot be asked.
 */
final class MemberKeyStore {

    /** What replicas tell each other of members' keys; the key of a notice is the member's id. */
    static final String TOPIC = "member_key";

    /** Whether nothing that the transaction under way wrote: it, and what is nested in it, have ids from its own on. */
    static final String STAYS = "coalesce(age(xmin) > age(cast(pg_current_xact_id_if_assigned() as xid)), true)";

    private static final String SELECT =
            "select wrapped_by, wrapped_key, " + STAYS + " from member_key where user_id = :who";
    private static final String INSERT = """
            with alive as (
                delete from member_key_destroyed where user_id = :who
            )
            insert into member_key (user_id, wrapped_by, wrapped_key, recorded_at)
            values (:who, :wrappedBy, :bytes, :now)
            on conflict (user_id) do nothing""";
    private static final String DESTROY = """
            with destroyed as (
                delete from member_key where user_id = :who
            )
            insert into member_key_destroyed (user_id, recorded_at) values (:who, :now)
            on conflict (user_id) do nothing""";
    private static final String DESTROYED = "select exists (select from member_key_destroyed where user_id = :who)";
    private static final String WRAPPED_BY = "select wrapped_by, count(*) from member_key group by wrapped_by";
    private static final String OLDEST = """
            select user_id, wrapped_by, wrapped_key from member_key where wrapped_by = :wrappedBy
            order by recorded_at, user_id limit :most""";
    private static final String CANARIES = "select wrapped_by, sealed from vault_canary";
    private static final String SAVE_CANARY = """
            insert into vault_canary (wrapped_by, sealed, recorded_at) values (:wrappedBy, :sealed, :now)
            on conflict (wrapped_by) do nothing""";

    private final Jdbi jdbi;

    MemberKeyStore(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** A member's key as it lies in the database. */
    record Wrapped(String wrappedBy, byte[] bytes) {
        @Override
        public String toString() {
            return "Wrapped[" + wrappedBy + "]";
        }
    }

    /**
     * A key that was looked up.
     *
     * @param stays whether it is there however the transaction under way ends
     */
    record Found(Wrapped key, boolean stays) {}

    /** A key, and whose it is. */
    record OfMember(UserId who, Wrapped key) {}

    static Found found(ResultSet row) throws SQLException {
        return new Found(new Wrapped(row.getString(1), row.getBytes(2)), row.getBoolean(3));
    }

    Optional<Found> find(UserId who) {
        return ask(handle -> handle.createQuery(SELECT)
                .bind("who", who.value())
                .map((row, context) -> found(row))
                .findOne());
    }

    /** The member begins anew if their key had been destroyed. */
    void saveIfAbsent(UserId who, Wrapped key, Instant now) {
        int unused = ask(handle -> handle.createUpdate(INSERT)
                .bind("who", who.value())
                .bind("wrappedBy", key.wrappedBy())
                .bind("bytes", key.bytes())
                .bind("now", utc(now))
                .execute());
    }

    /** Destroys the key, says so for good, and tells all replicas. */
    void destroy(UserId who, Instant now) {
        int unused = ask(handle -> handle.inTransaction(transaction -> {
            ChangeNoticeStore.write(transaction, new Notice(TOPIC, who.value()), now);
            return transaction
                    .createUpdate(DESTROY)
                    .bind("who", who.value())
                    .bind("now", utc(now))
                    .execute();
        }));
    }

    boolean isDestroyed(UserId who) {
        return ask(handle -> handle.createQuery(DESTROYED)
                .bind("who", who.value())
                .mapTo(Boolean.class)
                .one());
    }

    /** How many members' keys each wrapping key holds. */
    Map<String, Long> countByWrapper() {
        return ask(handle -> {
            Map<String, Long> counts = new HashMap<>();
            handle.createQuery(WRAPPED_BY)
                    .map((row, context) -> counts.put(row.getString(1), row.getLong(2)))
                    .list();
            return counts;
        });
    }

    /** The first that were wrapped by this key. */
    List<OfMember> oldest(String wrappedBy, int most) {
        return ask(handle -> handle.createQuery(OLDEST)
                .bind("wrappedBy", wrappedBy)
                .bind("most", most)
                .map((row, context) ->
                        new OfMember(new UserId(row.getString(1)), new Wrapped(row.getString(2), row.getBytes(3))))
                .list());
    }

    /** By wrapping key. */
    Map<String, byte[]> canaries() {
        return ask(handle -> {
            Map<String, byte[]> canaries = new HashMap<>();
            handle.createQuery(CANARIES)
                    .map((row, context) -> canaries.put(row.getString(1), row.getBytes(2)))
                    .list();
            return canaries;
        });
    }

    void saveCanaryIfAbsent(String wrappedBy, byte[] sealed, Instant now) {
        int unused = ask(handle -> handle.createUpdate(SAVE_CANARY)
                .bind("wrappedBy", wrappedBy)
                .bind("sealed", sealed)
                .bind("now", utc(now))
                .execute());
    }

    /** Whether what is written and seen here may be undone yet. */
    boolean isInTransaction() {
        return ask(Handle::isInTransaction);
    }

    private <T> T ask(HandleCallback<T, RuntimeException> work) {
        try {
            return jdbi.withHandle(work);
        } catch (JdbiException e) {
            throw new SourceUnavailable(Vault.NAME, Vault.RETRY_AFTER, e);
        }
    }

    private static OffsetDateTime utc(Instant time) {
        return time.atOffset(ZoneOffset.UTC);
    }
}
