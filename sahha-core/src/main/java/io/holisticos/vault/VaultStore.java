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
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/**
 * Tables {@code member_key}, {@code member_key_destroyed}, {@code vault_key} and {@code vault_canary}. Every method may throw
 * {@link SourceUnavailable} when the database cannot be reached.
 */
final class VaultStore {

    /** The topic of notices that a member's key was destroyed; their key is the member's id. */
    static final String TOPIC = "member_key";

    /** Whether a row was not written by the current transaction, nor by one nested in it. */
    private static final String IS_COMMITTED =
            "coalesce(age(xmin) > age(cast(pg_current_xact_id_if_assigned() as xid)), true)";

    private static final String MEMBER_KEY =
            "select wrapped_by, wrapped_key, " + IS_COMMITTED + " from member_key where user_id = :who";
    private static final String MEMBER_KEYS = "select wrapped_by, wrapped_key, " + IS_COMMITTED
            + ", user_id from member_key where user_id = any (:members)";
    private static final String SAVE_MEMBER_KEY = """
            with begun_anew as (
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
    private static final String IS_DESTROYED = "select exists (select from member_key_destroyed where user_id = :who)";
    private static final String COUNT_BY_WRAPPING_KEY =
            "select wrapped_by, count(*) from member_key group by wrapped_by";
    private static final String OLDEST = """
            select user_id, wrapped_by, wrapped_key from member_key where wrapped_by = :wrappedBy
            order by recorded_at, user_id limit :most""";
    private static final String NAMED_KEY =
            "select wrapped_by, wrapped_key, " + IS_COMMITTED + " from vault_key where name = :name";
    private static final String SAVE_NAMED_KEY = """
            insert into vault_key (name, wrapped_by, wrapped_key, recorded_at) values (:name, :wrappedBy, :bytes, :now)
            on conflict (name) do nothing""";
    private static final String WRAPPING_KEYS_BY_NAME = "select name, wrapped_by from vault_key";
    private static final String CANARIES = "select wrapped_by, sealed from vault_canary";
    private static final String SAVE_CANARY = """
            insert into vault_canary (wrapped_by, sealed, recorded_at) values (:wrappedBy, :sealed, :now)
            on conflict (wrapped_by) do nothing""";

    private final Jdbi jdbi;

    VaultStore(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /**
     * A key as the database holds it.
     *
     * @param wrappedBy the id of the wrapping key
     */
    record WrappedKey(String wrappedBy, byte[] bytes) {
        @Override
        public String toString() {
            return "WrappedKey[" + wrappedBy + "]";
        }
    }

    /**
     * A key that was looked up.
     *
     * @param committed whether it stays in the database however the current transaction ends
     */
    record StoredKey(WrappedKey key, boolean committed) {}

    /** A member's key. */
    record MemberKey(UserId who, WrappedKey key) {}

    Optional<StoredKey> findMemberKey(UserId who) {
        return withHandle(handle -> handle.createQuery(MEMBER_KEY)
                .bind("who", who.value())
                .map((row, context) -> storedKey(row))
                .findOne());
    }

    /** The keys of those of these members who have one. */
    Map<UserId, StoredKey> findMemberKeys(List<UserId> members) {
        return withHandle(handle -> {
            Map<UserId, StoredKey> keys = new HashMap<>();
            handle.createQuery(MEMBER_KEYS)
                    .bindArray(
                            "members",
                            String.class,
                            members.stream().map(UserId::value).toList())
                    .map((row, context) -> keys.put(new UserId(row.getString(4)), storedKey(row)))
                    .list();
            return keys;
        });
    }

    /** Saves a member's key. If their key had been destroyed, the member begins anew. */
    void saveMemberKeyIfAbsent(UserId who, WrappedKey key, Instant now) {
        int unused = withHandle(handle -> handle.createUpdate(SAVE_MEMBER_KEY)
                .bind("who", who.value())
                .bind("wrappedBy", key.wrappedBy())
                .bind("bytes", key.bytes())
                .bind("now", utc(now))
                .execute());
    }

    /** Destroys a member's key, records that for good, and notifies all replicas. */
    void destroyMemberKey(UserId who, Instant now) {
        int unused = withHandle(handle -> handle.inTransaction(transaction -> {
            ChangeNoticeStore.write(transaction, new Notice(TOPIC, who.value()), now);
            return transaction
                    .createUpdate(DESTROY)
                    .bind("who", who.value())
                    .bind("now", utc(now))
                    .execute();
        }));
    }

    boolean isDestroyed(UserId who) {
        return withHandle(handle -> handle.createQuery(IS_DESTROYED)
                .bind("who", who.value())
                .mapTo(Boolean.class)
                .one());
    }

    /** The number of members' keys by the id of their wrapping key. */
    Map<String, Long> countByWrappingKey() {
        return withHandle(handle -> {
            Map<String, Long> counts = new HashMap<>();
            handle.createQuery(COUNT_BY_WRAPPING_KEY)
                    .map((row, context) -> counts.put(row.getString(1), row.getLong(2)))
                    .list();
            return counts;
        });
    }

    /** The oldest members' keys that this key wraps. */
    List<MemberKey> oldest(String wrappedBy, int most) {
        return withHandle(handle -> handle.createQuery(OLDEST)
                .bind("wrappedBy", wrappedBy)
                .bind("most", most)
                .map((row, context) ->
                        new MemberKey(new UserId(row.getString(1)), new WrappedKey(row.getString(2), row.getBytes(3))))
                .list());
    }

    /** A key of the database's own. */
    Optional<StoredKey> findNamedKey(String name) {
        return withHandle(handle -> handle.createQuery(NAMED_KEY)
                .bind("name", name)
                .map((row, context) -> storedKey(row))
                .findOne());
    }

    void saveNamedKeyIfAbsent(String name, WrappedKey key, Instant now) {
        int unused = withHandle(handle -> handle.createUpdate(SAVE_NAMED_KEY)
                .bind("name", name)
                .bind("wrappedBy", key.wrappedBy())
                .bind("bytes", key.bytes())
                .bind("now", utc(now))
                .execute());
    }

    /** The id of the wrapping key by the name of the key that it wraps. */
    Map<String, String> wrappingKeysByName() {
        return withHandle(handle -> {
            Map<String, String> ids = new TreeMap<>();
            handle.createQuery(WRAPPING_KEYS_BY_NAME)
                    .map((row, context) -> ids.put(row.getString(1), row.getString(2)))
                    .list();
            return ids;
        });
    }

    /** The sealed canaries by the id of their wrapping key. */
    Map<String, byte[]> canaries() {
        return withHandle(handle -> {
            Map<String, byte[]> canaries = new HashMap<>();
            handle.createQuery(CANARIES)
                    .map((row, context) -> canaries.put(row.getString(1), row.getBytes(2)))
                    .list();
            return canaries;
        });
    }

    void saveCanaryIfAbsent(String wrappedBy, byte[] sealed, Instant now) {
        int unused = withHandle(handle -> handle.createUpdate(SAVE_CANARY)
                .bind("wrappedBy", wrappedBy)
                .bind("sealed", sealed)
                .bind("now", utc(now))
                .execute());
    }

    /** Whether a transaction is open, so that what is written and read here may still be rolled back. */
    boolean isInTransaction() {
        return withHandle(Handle::isInTransaction);
    }

    private static StoredKey storedKey(ResultSet row) throws SQLException {
        return new StoredKey(new WrappedKey(row.getString(1), row.getBytes(2)), row.getBoolean(3));
    }

    private <T> T withHandle(HandleCallback<T, RuntimeException> work) {
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
