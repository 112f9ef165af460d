package io.holisticos.web;

import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.SourceName;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/** Table {@code api_key}: service keys, held only as the SHA-256 of their whole text. */
public final class ApiKeyStore {

    private static final String SELECT = "select name, scopes from api_key where key_sha256 = :hash";
    private static final String UPSERT = """
            insert into api_key (key_sha256, name, prefix, scopes, recorded_at)
            values (:hash, :name, :prefix, :scopes, :now)
            on conflict (key_sha256) do update set name = excluded.name, scopes = excluded.scopes""";

    /** How our own store of keys is named when it cannot be reached. */
    private static final SourceName OURS = new SourceName("access");

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    /** What people see of a key to tell it from others. */
    private static final int PREFIX = 6;

    private static final String WITHDRAW = "delete from api_key where name = :name and key_sha256 <> :hash";

    private final Jdbi jdbi;

    public ApiKeyStore(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** @throws SourceUnavailable when the database cannot be asked */
    Optional<Caller> find(String key) {
        try {
            return select(key);
        } catch (JdbiException e) {
            throw new SourceUnavailable(OURS, RETRY_AFTER, e);
        }
    }

    private Optional<Caller> select(String key) {
        return jdbi.withHandle(handle -> handle.createQuery(SELECT)
                .bind("hash", hash(key))
                .map((row, context) -> new Caller(
                        row.getString("name"),
                        Set.copyOf(Arrays.asList(row.getString("scopes").split(" ")))))
                .findOne());
    }

    /** Withdraws every key of this name but this one; an empty key withdraws them all. */
    public void withdrawOthers(String key, String name) {
        jdbi.useHandle(handle -> handle.createUpdate(WITHDRAW)
                .bind("hash", hash(key))
                .bind("name", name)
                .execute());
    }

    /** Lets {@code key} in with these scopes from now on. */
    public void save(String key, String name, Set<String> scopes, Instant now) {
        jdbi.useHandle(handle -> handle.createUpdate(UPSERT)
                .bind("hash", hash(key))
                .bind("name", name)
                .bind("prefix", key.substring(0, Math.min(PREFIX, key.length())))
                .bind("scopes", String.join(" ", scopes))
                .bind("now", now.atOffset(ZoneOffset.UTC))
                .execute());
    }

    private static byte[] hash(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
