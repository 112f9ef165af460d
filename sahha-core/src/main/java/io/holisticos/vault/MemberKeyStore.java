package io.holisticos.vault;

import io.holisticos.health.UserId;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/** Table {@code member_key}: one wrapped data key per member. */
final class MemberKeyStore {

    private static final String SELECT = "select wrapped_by, wrapped_key from member_key where user_id = :who";
    private static final String INSERT = """
            insert into member_key (user_id, wrapped_by, wrapped_key, recorded_at)
            values (:who, :wrappedBy, :bytes, :now)
            on conflict (user_id) do nothing""";
    private static final String DELETE = "delete from member_key where user_id = :who";

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

    Optional<Wrapped> find(UserId who) {
        return jdbi.withHandle(handle -> handle.createQuery(SELECT)
                .bind("who", who.value())
                .map((row, context) -> new Wrapped(row.getString(1), row.getBytes(2)))
                .findOne());
    }

    void saveIfAbsent(UserId who, Wrapped key, Instant now) {
        jdbi.useHandle(handle -> handle.createUpdate(INSERT)
                .bind("who", who.value())
                .bind("wrappedBy", key.wrappedBy())
                .bind("bytes", key.bytes())
                .bind("now", now.atOffset(ZoneOffset.UTC))
                .execute());
    }

    void delete(UserId who) {
        jdbi.useHandle(
                handle -> handle.createUpdate(DELETE).bind("who", who.value()).execute());
    }
}
