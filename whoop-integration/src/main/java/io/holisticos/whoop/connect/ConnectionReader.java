package io.holisticos.whoop.connect;

import io.holisticos.health.UserId;
import io.holisticos.whoop.connect.ConnectionStore.Held;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/** Who is connected, for readers: no tokens, and within a reader's limits of time. Thread-safe. */
public final class ConnectionReader {

    private final ConnectionStore store;

    public ConnectionReader(Jdbi database) {
        this.store = new ConnectionStore(database);
    }

    /**
     * The member's connection, whatever its state; empty for who never had one.
     *
     * @throws io.holisticos.health.HealthError.SourceUnavailable when the database cannot be reached
     */
    public Optional<Connection> find(UserId who) {
        return store.find(who).map(Held::connection);
    }

    /** How many members there are. */
    ConnectionStore.Count count() {
        return store.count();
    }
}
