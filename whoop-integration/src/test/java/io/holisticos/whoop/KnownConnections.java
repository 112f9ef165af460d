package io.holisticos.whoop;

import io.holisticos.health.UserId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Connections a test decides about. */
final class KnownConnections implements MemberConnections {

    private final Map<UserId, MemberConnection> connections = new ConcurrentHashMap<>();

    void put(UserId who, MemberConnection connection) {
        connections.put(who, connection);
    }

    @Override
    public Optional<MemberConnection> find(UserId who) {
        return Optional.ofNullable(connections.get(who));
    }
}
