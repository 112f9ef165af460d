package io.holisticos.vault;

import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.vault.MemberKeyStore.Found;
import io.holisticos.vault.MemberKeyStore.Wrapped;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/** Table {@code vault_key}. Every method may throw {@link SourceUnavailable} when the database cannot be asked. */
final class NamedKeyStore {

    private static final String SELECT =
            "select wrapped_by, wrapped_key, " + MemberKeyStore.STAYS + " from vault_key where name = :name";
    private static final String INSERT = """
            insert into vault_key (name, wrapped_by, wrapped_key, recorded_at) values (:name, :wrappedBy, :bytes, :now)
            on conflict (name) do nothing""";
    private static final String WRAPPERS = "select name, wrapped_by from vault_key";

    private final Jdbi jdbi;

    NamedKeyStore(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    Optional<Found> find(String name) {
        return ask(handle -> handle.createQuery(SELECT)
                .bind("name", name)
                .map((row, context) -> MemberKeyStore.found(row))
                .findOne());
    }

    void saveIfAbsent(String name, Wrapped key, Instant now) {
        int unused = ask(handle -> handle.createUpdate(INSERT)
                .bind("name", name)
                .bind("wrappedBy", key.wrappedBy())
                .bind("bytes", key.bytes())
                .bind("now", now.atOffset(ZoneOffset.UTC))
                .execute());
    }

    /** Which wrapping key holds which, by their names. */
    Map<String, String> wrappers() {
        return ask(handle -> {
            Map<String, String> wrappers = new TreeMap<>();
            handle.createQuery(WRAPPERS)
                    .map((row, context) -> wrappers.put(row.getString(1), row.getString(2)))
                    .list();
            return wrappers;
        });
    }

    private <T> T ask(HandleCallback<T, RuntimeException> work) {
        try {
            return jdbi.withHandle(work);
        } catch (JdbiException e) {
            throw new SourceUnavailable(Vault.NAME, Vault.RETRY_AFTER, e);
        }
    }
}
