package io.holisticos.whoop.custody;

import io.holisticos.health.UserId;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jdbi.v3.core.Jdbi;

/** Members' connections for readers: without tokens, and within the time limits of a reader. Thread-safe. */
public final class ConnectionReader {

    private final ConnectionStore store;

    public ConnectionReader(Jdbi database) {
        this.store = new ConnectionStore(database);
    }

    /**
     * The member's connection, whatever its state; empty for a member who never had one.
     *
     * @throws io.holisticos.health.HealthError.SourceUnavailable when the database cannot be reached
     */
    public Optional<Connection> find(UserId who) {
        return store.find(who).map(ConnectionRow::connection);
    }

    /** How many members there are. */
    public MemberCount count() {
        return store.count();
    }

    /** Members by state and either id, in the order of their ids, for operators. */
    public ConnectedMembers members(ConnectedMembers.Wanted wanted) {
        return store.members(wanted);
    }

    /** How many connections are in each state that there is, as {@link Connection#status} names it. */
    public Map<String, Long> countByState() {
        Map<String, Long> counts = new TreeMap<>();
        store.countByState(null).forEach((word, count) -> counts.merge(Connection.statusOf(word), count, Long::sum));
        return counts;
    }
}
