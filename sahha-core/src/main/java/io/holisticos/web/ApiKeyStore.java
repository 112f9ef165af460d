package io.holisticos.web;

import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.SourceName;
import io.holisticos.notice.ChangeNoticeStore;
import io.holisticos.notice.Notice;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/**
 * Owns table {@code api_key}: service keys, stored only as the SHA-256 of their text. A key ends when it is revoked, when it
 * expires, or when its lease ends.
 */
public final class ApiKeyStore {

    /** The name of the key that is configured as {@code SERVICE_KEY}. */
    static final String LESSEE = "configured service key";

    /** Stored instead of the name above: an older version revokes other keys of that name when it starts. */
    private static final String NAME_OF_LEASES = "leased service key";

    private static final String SELECT = """
            select public_id, name, scopes, expires_at, leased_until from api_key
            where key_sha256 = :hash and revoked_at is null""";
    private static final String UPSERT = """
            insert into api_key (key_sha256, name, scopes, recorded_at) values (:hash, :name, :scopes, :now)
            on conflict (key_sha256) do update
            set name = excluded.name, scopes = excluded.scopes, leased_until = null
            where api_key.name <> excluded.name or api_key.scopes <> excluded.scopes or api_key.leased_until is not null""";
    private static final String REVOKE = """
            update api_key set revoked_at = :now where public_id = :id and revoked_at is null returning key_sha256""";

    /** A key with a name of its own is not the configured one, and gets no lease. */
    private static final String BEGIN_LEASE = """
            insert into api_key (key_sha256, name, scopes, recorded_at, leased_until)
            values (:hash, :leases, :scopes, :now, :until)
            on conflict (key_sha256) do update
            set name = excluded.name, scopes = excluded.scopes,
                leased_until = greatest(api_key.leased_until, excluded.leased_until)
            where api_key.leased_until is not null or api_key.name = :lessee""";

    private static final String RENEW_LEASE = """
            update api_key set leased_until = greatest(leased_until, :until)
            where key_sha256 = :hash and leased_until is not null""";
    private static final String END_FORMER = """
            update api_key set leased_until = :until where name = :lessee and leased_until is null""";
    private static final String ROW =
            "public_id, name, scopes, recorded_at, expires_at, leased_until, revoked_at, last_used_at";
    private static final String LIST = "select " + ROW + " from api_key order by recorded_at desc, public_id";
    private static final String INSERT = """
            insert into api_key (key_sha256, name, scopes, recorded_at, expires_at)
            values (:hash, :name, :scopes, :now, :expires)
            returning\s""" + ROW;
    private static final String IS_TAKEN = """
            select exists (select from api_key where name = :name and revoked_at is null
                and (expires_at is null or expires_at > :now))""";
    private static final String END_ROTATED = """
            update api_key set expires_at = least(expires_at, :ends)
            where public_id = :id and revoked_at is null and leased_until is null
            returning key_sha256""";
    private static final String USED =
            "update api_key set last_used_at = greatest(last_used_at, :at) where key_sha256 = :hash";

    /** Two operators who choose the same name wait for each other. */
    private static final String ONE_CHANGE_OF_A_NAME =
            "select pg_advisory_xact_lock(hashtextextended('api_key/' || :name, 0))";

    private static final String EMPTY_PREFIXES = "update api_key set prefix = '' where prefix <> ''";

    /** Names that mean something to this store. */
    static final List<String> RESERVED = List.of(LESSEE, NAME_OF_LEASES);

    /** Names this store in the error when it cannot be reached. */
    private static final SourceName OURS = new SourceName("access");

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    /** The topic of notices between replicas about keys; the key of a notice is the hash. */
    static final String TOPIC = "api_key";

    private final Jdbi jdbi;

    public ApiKeyStore(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    record Found(Caller caller, KeyEnds ends) {}

    /** @throws SourceUnavailable when the database does not answer */
    Optional<Found> find(Hash key) {
        try {
            return select(key);
        } catch (JdbiException e) {
            throw new SourceUnavailable(OURS, RETRY_AFTER, e);
        }
    }

    private Optional<Found> select(Hash key) {
        return jdbi.withHandle(handle -> handle.createQuery(SELECT)
                .bind("hash", key.bytes())
                .map((row, context) -> found(row))
                .findOne());
    }

    /** A leased key has every scope, also those that the version that began its lease does not have. */
    private static Found found(ResultSet row) throws SQLException {
        KeyEnds ends = new KeyEnds(instant(row, "expires_at"), instant(row, "leased_until"));
        return new Found(
                ends.leasedUntil() == null
                        ? Caller.ofKey(row.getString("public_id"), row.getString("name"), scopes(row))
                        : Caller.ofKey(row.getString("public_id"), LESSEE, Scope.ALL),
                ends);
    }

    private static Set<String> scopes(ResultSet row) throws SQLException {
        return Set.copyOf(Arrays.asList(row.getString("scopes").split(" ")));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    /** Accepts {@code key} with these scopes from now on, unless it was revoked. */
    public void save(String key, String name, Set<String> scopes, Instant now) {
        Hash hash = Hash.of(key);
        jdbi.useTransaction(handle -> {
            int changed = handle.createUpdate(UPSERT)
                    .bind("hash", hash.bytes())
                    .bind("name", name)
                    .bind("scopes", words(scopes))
                    .bind("now", utc(now))
                    .execute();
            if (changed > 0) {
                notifyReplicas(handle, hash, now);
            }
        });
    }

    /** Revokes the key with this public id on every replica. Returns whether there was such a key. */
    public boolean revoke(String publicId, Instant now) {
        return jdbi.inTransaction(handle -> {
            Optional<byte[]> revoked = handle.createQuery(REVOKE)
                    .bind("id", publicId)
                    .bind("now", utc(now))
                    .mapTo(byte[].class)
                    .findOne();
            revoked.ifPresent(hash -> notifyReplicas(handle, Hash.in(hash), now));
            return revoked.isPresent();
        });
    }

    /** Accepts another {@code key} from now on; empty when an active key has this name. */
    Optional<ApiKeyRow> create(String key, String name, Set<String> scopes, @Nullable Instant expiresAt, Instant now) {
        return jdbi.inTransaction(handle -> {
            handle.createQuery(ONE_CHANGE_OF_A_NAME)
                    .bind("name", name)
                    .map((row, context) -> 0)
                    .list();
            boolean taken = handle.createQuery(IS_TAKEN)
                    .bind("name", name)
                    .bind("now", utc(now))
                    .mapTo(Boolean.class)
                    .one();
            return taken ? Optional.empty() : Optional.of(insert(handle, key, name, scopes, expiresAt, now));
        });
    }

    /** Accepts {@code key} beside the former one, which ends then if not before. Empty when that one was revoked. */
    Optional<ApiKeyRow> rotate(
            ApiKeyRow former, String key, @Nullable Instant expiresAt, Instant formerEnds, Instant now) {
        return jdbi.inTransaction(handle -> {
            Optional<byte[]> ending = handle.createQuery(END_ROTATED)
                    .bind("id", former.id())
                    .bind("ends", utc(formerEnds))
                    .mapTo(byte[].class)
                    .findOne();
            ending.ifPresent(hash -> notifyReplicas(handle, Hash.in(hash), now));
            return ending.map(hash -> insert(handle, key, former.name(), former.scopes(), expiresAt, now));
        });
    }

    private static ApiKeyRow insert(
            Handle handle, String key, String name, Set<String> scopes, @Nullable Instant expiresAt, Instant now) {
        Hash hash = Hash.of(key);
        ApiKeyRow inserted = handle.createQuery(INSERT)
                .bind("hash", hash.bytes())
                .bind("name", name)
                .bind("scopes", words(scopes))
                .bind("now", utc(now))
                .bind("expires", expiresAt == null ? null : utc(expiresAt))
                .map((row, context) -> row(row))
                .one();
        notifyReplicas(handle, hash, now);
        return inserted;
    }

    /** All keys, the newest first. */
    public List<ApiKeyRow> list() {
        return jdbi.withHandle(handle ->
                handle.createQuery(LIST).map((row, context) -> row(row)).list());
    }

    private static ApiKeyRow row(ResultSet row) throws SQLException {
        boolean leased = instant(row, "leased_until") != null;
        return new ApiKeyRow(
                row.getString("public_id"),
                leased ? LESSEE : row.getString("name"),
                leased ? Scope.ALL : scopes(row),
                row.getObject("recorded_at", OffsetDateTime.class).toInstant(),
                instant(row, "expires_at"),
                instant(row, "leased_until"),
                instant(row, "revoked_at"),
                instant(row, "last_used_at"));
    }

    /** When these keys were used. */
    void used(SortedMap<Hash, Instant> uses) {
        jdbi.useTransaction(handle -> {
            PreparedBatch batch = handle.prepareBatch(USED);
            uses.forEach((key, at) ->
                    batch.bind("hash", key.bytes()).bind("at", utc(at)).add());
            batch.execute();
        });
    }

    /** Accepts a configured {@code key} with every scope until then. A revoked key stays revoked. */
    public void beginLease(String key, Instant now, Instant until) {
        jdbi.useHandle(handle -> handle.createUpdate(BEGIN_LEASE)
                .bind("hash", Hash.of(key).bytes())
                .bind("leases", NAME_OF_LEASES)
                .bind("lessee", LESSEE)
                .bind("scopes", words(Scope.ALL))
                .bind("now", utc(now))
                .bind("until", utc(until))
                .execute());
    }

    /** Extends the lease of a key whose row still exists; a deleted row is not restored. */
    public void renewLease(String key, Instant until) {
        jdbi.useHandle(handle -> handle.createUpdate(RENEW_LEASE)
                .bind("hash", Hash.of(key).bytes())
                .bind("until", utc(until))
                .execute());
    }

    /** Corrects what an older version writes when it starts: configured keys without an end, and parts of keys. */
    public void correctOlderVersion(Instant until) {
        jdbi.useTransaction(handle -> {
            handle.createUpdate(END_FORMER)
                    .bind("lessee", LESSEE)
                    .bind("until", utc(until))
                    .execute();
            handle.execute(EMPTY_PREFIXES);
        });
    }

    private static String words(Set<String> scopes) {
        return String.join(" ", scopes.stream().sorted().toList());
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private static void notifyReplicas(Handle handle, Hash key, Instant now) {
        ChangeNoticeStore.write(handle, new Notice(TOPIC, key.hex()), now);
    }

    /** The only form in which a key is kept, in the table and in memory. */
    record Hash(String hex) {

        static Hash of(String key) {
            try {
                return in(MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java platform has SHA-256", e);
            }
        }

        static Hash in(byte[] bytes) {
            return new Hash(HexFormat.of().formatHex(bytes));
        }

        byte[] bytes() {
            return HexFormat.of().parseHex(hex);
        }
    }
}
