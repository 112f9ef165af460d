package io.holisticos.whoop;

import io.holisticos.health.UserId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** Connections a test decides about. */
final class KnownConnections implements MemberConnections {

    private final Map<UserId, MemberConnection> connections = new ConcurrentHashMap<>();

    private final @Nullable Jdbi database;

    /** Known to readers that ask for a connection alone. */
    KnownConnections() {
        this(null);
    }

    /** @param database where they are written, too, for readers of all that is held */
    KnownConnections(@Nullable Jdbi database) {
        this.database = database;
    }

    void put(UserId who, MemberConnection connection) {
        connections.put(who, connection);
        if (database != null) {
            database.useHandle(handle -> handle.createUpdate("""
                            insert into whoop_connection (user_id, whoop_user_id, state, scopes, access_token,
                                refresh_token, access_expires_at, token_version, connected_at, recorded_at)
                            values (:who, :account, :state, '', 'a', 'b', :at, 1, :at, :at)
                            on conflict (user_id) do update set state = excluded.state, connected_at = excluded.connected_at,
                                whoop_user_id = excluded.whoop_user_id""")
                    .bind("who", who.value())
                    .bind("account", who.value().hashCode())
                    .bind("state", word(connection.status()))
                    .bind("at", connection.connectedAt().atOffset(ZoneOffset.UTC))
                    .execute());
        }
    }

    private static String word(ConnectionStatus status) {
        return switch (status) {
            case USABLE -> "active";
            case NEEDS_CONSENT -> "reauthorization_required";
            case AWAITS_PROFILE -> "awaiting_profile";
            case AWAITS_CONFIRMATION -> "awaiting_confirmation";
        };
    }

    @Override
    public Optional<MemberConnection> find(UserId who) {
        return Optional.ofNullable(connections.get(who));
    }
}
