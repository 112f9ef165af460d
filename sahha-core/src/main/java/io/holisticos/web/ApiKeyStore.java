package io.holisticos.web;

import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.SourceName;
import io.holisticos.notice.ChangeNoticeStore;
import io.holisticos.notice.Notice;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/** Table {@code api_key}: service keys, held only as the SHA-256 of their whole text. */
public final class ApiKeyStore {

    private static final String SELECT = "select name, scopes from api_key where key_sha256 = :hash";
    private static final String UPSERT = """
            insert into api_key (key_sha256, name, prefix, scopes, recorded_at)
            values (:hash, :name, :prefix, :scopes, :now)
            on conflict (key_sha256) do update set name = excluded.name, scopes = excluded.scopes
            where api_key.name <> excluded.name or api_key.scopes <> excluded.scopes""";

    /** How our own store of keys is named when it cannot be reached. */
    private static final SourceName OURS = new SourceName("access");

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    /** What people see of a key to tell it from others. */
    private static final int PREFIX = 6;

    private static final String WITHDRAW =
            "delete from api_key where name = :name and key_sha256 <> :hash returning key_sha256";

    /** What replicas tell each other of keys; the key of a notice is the hash. */
    static final String TOPIC = "api_key";

    private final Jdbi jdbi;

    public ApiKeyStore(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** @throws SourceUnavailable when the database cannot be asked */
    Optional<Caller> find(Hash key) {
        try {
            return select(key);
        } catch (JdbiException e) {
            throw new SourceUnavailable(OURS, RETRY_AFTER, e);
        }
    }

    private Optional<Caller> select(Hash key) {
        return jdbi.withHandle(handle -> handle.createQuery(SELECT)
                .bind("hash", key.bytes())
                .map((row, context) -> new Caller(
                        row.getString("name"),
                        Set.copyOf(Arrays.asList(row.getString("scopes").split(" ")))))
                .findOne());
    }

    /** Withdraws every key of this name but this one, on every replica; an empty key withdraws them all. */
    public void withdrawOthers(String key, String name, Instant now) {
        jdbi.useTransaction(handle -> handle.createQuery(WITHDRAW)
                .bind("hash", Hash.of(key).bytes())
                .bind("name", name)
                .mapTo(byte[].class)
                .list()
                .forEach(withdrawn -> tell(handle, Hash.in(withdrawn), now)));
    }

    /** Lets {@code key} in with these scopes from now on. */
    public void save(String key, String name, Set<String> scopes, Instant now) {
        Hash hash = Hash.of(key);
        jdbi.useTransaction(handle -> {
            int changed = handle.createUpdate(UPSERT)
                    .bind("hash", hash.bytes())
                    .bind("name", name)
                    .bind("prefix", key.substring(0, Math.min(PREFIX, key.length())))
                    .bind("scopes", String.join(" ", scopes.stream().sorted().toList()))
                    .bind("now", now.atOffset(ZoneOffset.UTC))
                    .execute();
            if (changed > 0) {
                tell(handle, hash, now);
            }
        });
    }

    private static void tell(Handle handle, Hash key, Instant now) {
        ChangeNoticeStore.write(handle, new Notice(TOPIC, key.hex()), now);
    }

    /** All that is ever held of a key, in the table and in memory. */
    record Hash(String hex) {

        static Hash of(String key) {
            try {
                return in(MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java platform has SHA-256", e);
            }
        }

        private static Hash in(byte[] bytes) {
            return new Hash(HexFormat.of().formatHex(bytes));
        }

        byte[] bytes() {
            return HexFormat.of().parseHex(hex);
        }
    }
}
